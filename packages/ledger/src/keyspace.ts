import { eventIdFromBytes, type BranchName, type EventId, type TagName, type Version } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import { foundationdb } from './fdb/package.ts';
import { keyAfter, type KeyRange } from './fdb/store.ts';
import { decodeStored } from './values.ts';

/*
 * Every key of the ledger, packed here and nowhere else. The bytes are FoundationDB tuples, as `tuple.pack` would make them:
 * the parts that stay the same are packed once per project and branch, and the part that changes (a versionstamp, a UUID, a
 * hash) is laid out by hand, because an append packs thousands of keys. keyspace.test.ts holds both against each other.
 *
 * project   ('h', branch, inc, vs)        event record
 *           ('i', event uuid)             version + branch
 *           ('t', branch, ms, inc, vs)    one per commit and branch
 *           ('p', branch, path, inc, vs)  change record: the path after this version
 *           ('s', branch, path)           version + change record of the newest change: one key per path that ever was
 *           ('c', sha256)                 content's state; ('c', sha256, n) its pieces
 *           ('br', name) ('tag', name) ('head', branch)
 * tenant    ('record') ('usage', day)
 * feed      ('c', partition, inc, vs) ('g', partition) ('n', partition) ('paused')
 * leases    (partition)
 * identity  ('identity') ('copy')
 */

/** Typecodes of the tuple encoding: https://github.com/apple/foundationdb/blob/main/design/tuple.md */
const tupleCode = { bytes: 0x01, text: 0x02, intZero: 0x14, uuid: 0x30, versionstamp: 0x33 } as const;
const stampBytes = 10;
const orderBytes = 2;
/** The position of the stamp, little-endian, at the end of a key or value that has one. */
const offsetBytes = 4;
const uuidBytes = 16;

/** Branches of one project whose packed prefixes are kept. */
const cachedBranchesMax = 16;

function pack(...items: readonly (string | number | Buffer)[]): Buffer {
  return foundationdb().tuple.pack([...items]);
}

/** `prefix` and one string item behind it. Paths are packed several times for every change. */
function packText(prefix: Buffer, text: string): Buffer {
  // A NUL would have to be escaped; no path has one.
  if (text.includes('\0')) throw new RangeError('text in a key has a NUL');
  const bytes = Buffer.byteLength(text);
  const key = Buffer.allocUnsafe(prefix.length + bytes + 2);
  prefix.copy(key);
  key[prefix.length] = tupleCode.text;
  key.write(text, prefix.length + 1);
  key[prefix.length + 1 + bytes] = 0x00;
  return key;
}

/** Every key that starts with a directory's prefix: directories' prefixes never start with one another. */
export function allOf(prefix: Buffer): KeyRange {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  if (length === 0) throw new RangeError('a directory has an impossible prefix');
  const end = Buffer.from(prefix.subarray(0, length));
  end[length - 1] = (end[length - 1] ?? 0) + 1;
  return { begin: prefix, end };
}

/** Everything below a prefix that was packed from whole tuple items. */
export function below(prefix: Buffer): KeyRange {
  return { begin: Buffer.concat([prefix, Buffer.of(0x00)]), end: Buffer.concat([prefix, Buffer.of(0xff)]) };
}

/** inc and vs of a bound version, as they stand at the end of a key. */
function packVersion(version: Version): Buffer {
  const incarnation = pack(Number.parseInt(version.slice(0, 4), 16));
  const suffix = Buffer.allocUnsafe(incarnation.length + 1 + stampBytes + orderBytes);
  incarnation.copy(suffix);
  suffix[incarnation.length] = tupleCode.versionstamp;
  suffix.write(version.slice(4), incarnation.length + 1, 'hex');
  return suffix;
}

/** @throws PermanentError corrupt_record */
function unpack(key: Buffer): readonly unknown[] {
  return decodeStored('key', () => foundationdb().tuple.unpack(key));
}

function corruptKey(how: string): PermanentError {
  return new PermanentError('corrupt_record', `a key of the ledger ${how}`);
}

/** The version at the end of a key. @throws PermanentError corrupt_record */
function unpackVersion(key: Buffer, position: number): Version {
  const intBytes = (key[position] ?? 0) - tupleCode.intZero;
  const stampAt = position + 1 + intBytes + 1;
  const wellFormed =
    intBytes >= 0 &&
    intBytes <= 2 &&
    key.length === stampAt + stampBytes + orderBytes &&
    key[stampAt - 1] === tupleCode.versionstamp;
  if (!wellFormed) throw corruptKey('does not end in a version');
  const incarnation = intBytes === 0 ? 0 : key.readUIntBE(position + 1, intBytes);
  return (incarnation.toString(16).padStart(4, '0') + key.toString('hex', stampAt)) as Version;
}

/** A key whose stamp FoundationDB fills in at commit: `prefix` ends in inc, then the versionstamp with our order. */
function packStampedKey(prefix: Buffer, order: number): Buffer {
  const stampAt = prefix.length + 1;
  const key = Buffer.allocUnsafe(stampAt + stampBytes + orderBytes + offsetBytes);
  prefix.copy(key);
  key[prefix.length] = tupleCode.versionstamp;
  key.fill(0xff, stampAt, stampAt + stampBytes);
  key.writeUInt16BE(order, stampAt + stampBytes);
  key.writeUInt32LE(stampAt, stampAt + stampBytes + orderBytes);
  return key;
}

/** A value that starts with its own version, 14 bytes, filled in at commit. */
export function packStampedValue(incarnation: number, order: number, tail: Uint8Array): Buffer {
  const headBytes = 2 + stampBytes + orderBytes;
  const value = Buffer.allocUnsafe(headBytes + tail.length + offsetBytes);
  value.writeUInt16BE(incarnation, 0);
  value.fill(0xff, 2, 2 + stampBytes);
  value.writeUInt16BE(order, 2 + stampBytes);
  value.set(tail, headBytes);
  value.writeUInt32LE(2, headBytes + tail.length);
  return value;
}

/** A value with a bare 10-byte stamp behind `head`: it changes with every write. */
export function packMarkedValue(head: Uint8Array): Buffer {
  const value = Buffer.allocUnsafe(head.length + stampBytes + offsetBytes);
  value.set(head);
  value.fill(0xff, head.length, head.length + stampBytes);
  value.writeUInt32LE(head.length, head.length + stampBytes);
  return value;
}

export interface VersionBounds {
  /** Exclusive. */
  readonly after?: Version | undefined;
  /** Inclusive. */
  readonly until?: Version | undefined;
}

/** Keys that end in a version, behind a packed prefix. */
class VersionedKeys {
  readonly #prefix: Buffer;
  readonly #stampedPrefix: Buffer;

  constructor(prefix: Buffer, incarnation: Buffer) {
    this.#prefix = prefix;
    this.#stampedPrefix = Buffer.concat([prefix, incarnation]);
  }

  next(order: number): Buffer {
    return packStampedKey(this.#stampedPrefix, order);
  }

  at(version: Version): Buffer {
    return Buffer.concat([this.#prefix, packVersion(version)]);
  }

  range(bounds: VersionBounds = {}): KeyRange {
    const all = below(this.#prefix);
    return {
      begin: bounds.after === undefined ? all.begin : keyAfter(this.at(bounds.after)),
      end: bounds.until === undefined ? all.end : keyAfter(this.at(bounds.until)),
    };
  }

  version(key: Buffer): Version {
    return unpackVersion(key, this.#prefix.length);
  }
}

/** Keys of one branch of one project. */
export class BranchKeys {
  readonly name: BranchName;
  readonly history: VersionedKeys;
  readonly head: Buffer;
  /** Packed. */
  readonly #incarnation: Buffer;
  readonly #time: Buffer;
  readonly #paths: Buffer;
  readonly #states: Buffer;

  constructor(project: Buffer, incarnation: number, name: BranchName) {
    const under = (kind: string): Buffer => Buffer.concat([project, pack(kind, name)]);
    this.name = name;
    this.#incarnation = pack(incarnation);
    this.history = new VersionedKeys(under('h'), this.#incarnation);
    this.head = under('head');
    this.#time = under('t');
    this.#paths = under('p');
    this.#states = under('s');
  }

  /** The commit's place in the time index; `order` is the branch's last one in the commit. */
  nextTime(commitTimeMs: number, order: number): Buffer {
    return packStampedKey(Buffer.concat([this.#time, pack(commitTimeMs), this.#incarnation]), order);
  }

  /** The commit's place in the time index, once its last version on the branch is known. */
  time(commitTimeMs: number, last: Version): Buffer {
    return Buffer.concat([this.#time, pack(commitTimeMs), packVersion(last)]);
  }

  /** The whole time index. */
  times(): KeyRange {
    return below(this.#time);
  }

  timesUntil(commitTimeMs: number): KeyRange {
    return { begin: below(this.#time).begin, end: below(Buffer.concat([this.#time, pack(commitTimeMs)])).end };
  }

  timeVersion(key: Buffer): Version {
    const intBytes = (key[this.#time.length] ?? 0) - tupleCode.intZero;
    return unpackVersion(key, this.#time.length + 1 + intBytes);
  }

  /** Changes of one path. */
  path(path: string): VersionedKeys {
    return new VersionedKeys(packText(this.#paths, path), this.#incarnation);
  }

  /** Changes of all paths, by path and then by version. */
  pathChanges(): KeyRange {
    return below(this.#paths);
  }

  /** Which change a key of `pathChanges` is. */
  pathChange(key: Buffer): { readonly path: string; readonly version: Version } {
    const start = this.#paths.length + 1;
    const end = key.indexOf(0x00, start);
    if (end < 0) throw corruptKey('does not hold a path');
    return { path: key.toString('utf8', start, end), version: unpackVersion(key, end + 1) };
  }

  state(path: string): Buffer {
    return packText(this.#states, path);
  }

  /** The newest state of every path that the branch itself ever had, in path order; of those behind `after`. */
  states(after?: string): KeyRange {
    const all = below(this.#states);
    return after === undefined ? all : { begin: keyAfter(this.state(after)), end: all.end };
  }

  statePath(key: Buffer): string {
    // One string item: typecode, UTF-8 without NUL (paths have none), terminator.
    return key.toString('utf8', this.#states.length + 1, key.length - 1);
  }
}

/** Keys of one project. */
export class ProjectKeys {
  readonly incarnation: number;
  readonly #prefix: Buffer;
  readonly #events: Buffer;
  readonly #contents: Buffer;
  readonly #branches = new Map<BranchName, BranchKeys>();

  constructor(prefix: Buffer, incarnation: number) {
    this.incarnation = incarnation;
    this.#prefix = prefix;
    this.#events = Buffer.concat([prefix, pack('i'), Buffer.of(tupleCode.uuid)]);
    this.#contents = Buffer.concat([prefix, pack('c'), Buffer.of(tupleCode.bytes)]);
  }

  branch(name: BranchName): BranchKeys {
    let keys = this.#branches.get(name);
    if (keys === undefined) {
      keys = new BranchKeys(this.#prefix, this.incarnation, name);
      if (this.#branches.size >= cachedBranchesMax) this.#branches.clear();
      this.#branches.set(name, keys);
    }
    return keys;
  }

  event(id: EventId): Buffer {
    const key = Buffer.allocUnsafe(this.#events.length + uuidBytes);
    this.#events.copy(key);
    key.write(id.replaceAll('-', ''), this.#events.length, 'hex');
    return key;
  }

  /** Of a key in `events()`. @throws PermanentError corrupt_record */
  eventId(key: Buffer): EventId {
    if (key.length !== this.#events.length + uuidBytes) throw corruptKey('does not end in an event’s id');
    return eventIdFromBytes(key.subarray(this.#events.length));
  }

  /** The index of all events. */
  events(): KeyRange {
    return below(Buffer.concat([this.#prefix, pack('i')]));
  }

  /** All contents: the state of each, then its pieces. */
  contents(): KeyRange {
    return below(Buffer.concat([this.#prefix, pack('c')]));
  }

  /** Which content a key of `contents` belongs to; `piece` is absent for its state. */
  contentOf(key: Buffer): { readonly sha256: Buffer; readonly piece?: number } {
    const [, sha256, piece] = unpack(key.subarray(this.#prefix.length));
    if (!Buffer.isBuffer(sha256)) throw corruptKey('does not hold a content');
    return typeof piece === 'number' ? { sha256, piece } : { sha256 };
  }

  content(sha256: Uint8Array): ContentKeys {
    return new ContentKeys(this.#contents, sha256);
  }

  branchRecord(name: BranchName): Buffer {
    return Buffer.concat([this.#prefix, pack('br', name)]);
  }

  branchRecords(): KeyRange {
    return below(Buffer.concat([this.#prefix, pack('br')]));
  }

  branchName(key: Buffer): string {
    return this.#name(key, 'br');
  }

  tag(name: TagName): Buffer {
    return Buffer.concat([this.#prefix, pack('tag', name)]);
  }

  tags(): KeyRange {
    return below(Buffer.concat([this.#prefix, pack('tag')]));
  }

  tagName(key: Buffer): string {
    return this.#name(key, 'tag');
  }

  #name(key: Buffer, kind: string): string {
    return key.toString('utf8', this.#prefix.length + pack(kind).length + 1, key.length - 1);
  }
}

/** Keys of one content. */
class ContentKeys {
  /** Its state: staged or verified. */
  readonly state: Buffer;

  constructor(contents: Buffer, sha256: Uint8Array) {
    let zeros = 0;
    for (const byte of sha256) if (byte === 0) zeros += 1;
    const key = Buffer.allocUnsafe(contents.length + sha256.length + zeros + 1);
    contents.copy(key);
    let at = contents.length;
    for (const byte of sha256) {
      key[at++] = byte;
      // The encoding escapes a zero, because one alone ends the item.
      if (byte === 0) key[at++] = 0xff;
    }
    key[at] = 0x00;
    this.state = key;
  }

  piece(index: number): Buffer {
    return Buffer.concat([this.state, pack(index)]);
  }

  /** Pieces from `first` on. */
  pieces(first = 0): KeyRange {
    return { begin: this.piece(first), end: below(this.state).end };
  }

  /** The state and all pieces. */
  all(): KeyRange {
    return { begin: this.state, end: below(this.state).end };
  }
}

export class TenantKeys {
  readonly record: Buffer;
  readonly #prefix: Buffer;

  constructor(prefix: Buffer) {
    this.#prefix = prefix;
    this.record = Buffer.concat([prefix, pack('record')]);
  }

  usage(day: string): Buffer {
    return Buffer.concat([this.#prefix, pack('usage', day)]);
  }

  document(kind: string, id: string): Buffer {
    return Buffer.concat([this.#prefix, pack('doc', kind, id)]);
  }

  /** Every document of a kind. */
  documents(kind: string): KeyRange {
    return below(Buffer.concat([this.#prefix, pack('doc', kind)]));
  }
}

/** Of a key in `TenantKeys.documents(kind)`. */
export function documentId(begin: Buffer, key: Buffer): string {
  const [id] = unpack(key.subarray(begin.length - 1));
  if (typeof id !== 'string') throw corruptKey('does not end in its document’s id');
  return id;
}

export class FeedKeys {
  readonly incarnation: number;
  readonly paused: Buffer;
  readonly #prefix: Buffer;
  readonly #commits: Buffer;

  constructor(prefix: Buffer, incarnation: number) {
    this.incarnation = incarnation;
    this.#prefix = prefix;
    this.#commits = Buffer.concat([prefix, pack('c')]);
    this.paused = Buffer.concat([prefix, pack('paused')]);
  }

  commits(partition: number): VersionedKeys {
    return new VersionedKeys(Buffer.concat([this.#commits, pack(partition)]), pack(this.incarnation));
  }

  /** Commits of this partition and all above it. */
  commitsFrom(partition: number): KeyRange {
    return { begin: Buffer.concat([this.#commits, pack(partition)]), end: below(this.#commits).end };
  }

  commitPartition(key: Buffer): number {
    const intBytes = (key[this.#commits.length] ?? 0) - tupleCode.intZero;
    return intBytes <= 0 ? 0 : key.readUIntBE(this.#commits.length + 1, intBytes);
  }

  group(partition: number): Buffer {
    return Buffer.concat([this.#prefix, pack('g', partition)]);
  }

  groups(): KeyRange {
    return below(Buffer.concat([this.#prefix, pack('g')]));
  }

  /** Changes with every commit of the partition: what its feeder watches. */
  news(partition: number): Buffer {
    return Buffer.concat([this.#prefix, pack('n', partition)]);
  }
}

export class LeaseKeys {
  readonly #prefix: Buffer;

  constructor(prefix: Buffer) {
    this.#prefix = prefix;
  }

  lease(partition: number): Buffer {
    return Buffer.concat([this.#prefix, pack(partition)]);
  }

  all(): KeyRange {
    return below(this.#prefix);
  }
}

/** Keys about the ledger as a whole. */
export class IdentityKeys {
  readonly identity: Buffer;
  /** How far a copy into this ledger has got. */
  readonly copyProgress: Buffer;

  constructor(prefix: Buffer) {
    this.identity = Buffer.concat([prefix, pack('identity')]);
    this.copyProgress = Buffer.concat([prefix, pack('copy')]);
  }
}

export type { ContentKeys, VersionedKeys };
