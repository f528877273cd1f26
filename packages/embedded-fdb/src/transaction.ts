import type { KVList, NativeTransaction } from 'foundationdb/dist/lib/native.js';
import { isPlainAtomicOp, mutationTypes } from './atomic-ops.ts';
import type { CommitQueue } from './commit/commit-queue.ts';
import { isRetryable, type ErrorFactory, type FdbError, type FdbErrorName } from './errors.ts';
import type { EventLoop } from './event-loop.ts';
import { KeySet } from './key-set.ts';
import { engineLimits, fdbLimits } from './limits.ts';
import { TransactionOptions } from './options.ts';
import {
  readRange,
  resolveSelector,
  type Direction,
  type RangeResult,
  type ReadView,
  type Selector,
} from './range-reader.ts';
import { fromKey, pointRange, toKey, type Key, type Range } from './ranges.ts';
import { rangeRead, selectorRange, withoutOrEqual } from './read-conflicts.ts';
import type { Snapshot, SnapshotPool } from './snapshots.ts';
import type { Watch, WatchRegistry } from './watches.ts';
import { WriteSet } from './write-set.ts';

export interface Engine {
  readonly errors: ErrorFactory;
  readonly snapshots: SnapshotPool;
  readonly commits: CommitQueue;
  readonly watches: WatchRegistry;
  readonly eventLoop: EventLoop;
  /** The database's defaults. */
  readonly createOptions: () => TransactionOptions;
}

type Value = string | Buffer;
type Callback<T> = (error: FdbError | null, result?: T) => void;

/** Keys of users end here; keys of the system, which the embedded ledger has none of, at `\xff\xff`. */
const userKeysEnd: Key = '\xff';
const allKeysEnd: Key = '\xff\xff';
/** Bytes that FoundationDB returns at most for each streaming mode; index is the mode. */
const modeBytes: readonly number[] = [Infinity, 256, 1_000, 4_096, 80_000];
const iteratorBytes: readonly number[] = [4_096, 6_144, 9_216, 13_824, 20_736, 31_104, 46_656, 69_984, 80_000, 120_000];
const streamingModes = { wantAll: -2, iterator: -1 } as const;
const conflictRangeBytes = 28;

/** What one attempt has read and written; `onError` and `reset` begin a new one. */
class Attempt {
  snapshot: Snapshot | undefined;
  readVersion: number | undefined;
  readonly reads = new KeySet();
  readonly writes = new WriteSet();
  readonly conflicts = new KeySet();
  conflictBytes = 0;
  readonly watches: Watch[] = [];
  readonly stampWaiters: { readonly resolve: (stamp: Buffer) => void; readonly reject: (error: Error) => void }[] = [];
  committed: { readonly version: number; readonly stamp: Buffer | undefined } | undefined;
  state: 'active' | 'committing' | 'committed' | 'cancelled' = 'active';
  startedMs = 0;
  failedRead: FdbError | undefined;
}

/** The native module's transaction: https://apple.github.io/foundationdb/api-c.html#transaction */
export class EmbeddedTransaction implements NativeTransaction {
  readonly #engine: Engine;
  #options: TransactionOptions;
  #createdMs = performance.now();
  #attempt = new Attempt();
  #retries = 0;
  #delayMs: number = engineLimits.retryDelayInitialMs;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#options = engine.createOptions();
  }

  setOption(code: number, param: string | number | Buffer | null): void {
    this.#options.set(code, param, this.#engine.errors);
  }

  commit(): Promise<void>;
  commit(callback: Callback<void>): void;
  commit(callback?: Callback<void>): Promise<void> | void {
    return settle(this.#commit(), callback);
  }

  /** As if it were destroyed and created again, options included. */
  reset(): void {
    this.#end('transaction_cancelled');
    this.#attempt = new Attempt();
    this.#options = this.#engine.createOptions();
    this.#createdMs = performance.now();
    this.#retries = 0;
    this.#delayMs = engineLimits.retryDelayInitialMs;
  }

  cancel(): void {
    this.#end('transaction_cancelled');
    this.#attempt.state = 'cancelled';
  }

  onError(code: number, callback: Callback<void>): void;
  onError(code: number): Promise<void>;
  onError(code: number, callback?: Callback<void>): Promise<void> | void {
    return settle(this.#onError(code), callback);
  }

  async getApproximateSize(): Promise<number> {
    return this.#attempt.writes.bytes + this.#attempt.conflictBytes;
  }

  get(key: Value, isSnapshot: boolean): Promise<Buffer | undefined>;
  get(key: Value, isSnapshot: boolean, callback: Callback<Buffer | undefined>): void;
  get(key: Value, isSnapshot: boolean, callback?: Callback<Buffer | undefined>): Promise<Buffer | undefined> | void {
    return settle(
      this.#run(() => this.#get(asBuffer(key), isSnapshot)),
      callback,
    );
  }

  getKey(key: Value, orEqual: boolean, offset: number, isSnapshot: boolean): Promise<Buffer>;
  getKey(key: Value, orEqual: boolean, offset: number, isSnapshot: boolean, callback: Callback<Buffer>): void;
  getKey(
    key: Value,
    orEqual: boolean,
    offset: number,
    isSnapshot: boolean,
    callback?: Callback<Buffer>,
  ): Promise<Buffer> | void {
    const selector = { key: toKey(key), orEqual, offset };
    return settle(
      this.#run(() => this.#getKey(selector, isSnapshot)),
      callback,
    );
  }

  getRange(
    start: Value,
    beginOrEq: boolean,
    beginOffset: number,
    end: Value,
    endOrEq: boolean,
    endOffset: number,
    limit: number,
    targetBytes: number,
    mode: number,
    iteration: number,
    isSnapshot: boolean,
    reverse: boolean,
    callback?: Callback<KVList>,
  ): Promise<KVList> {
    const begin = { key: toKey(start), orEqual: beginOrEq, offset: beginOffset };
    const finish = { key: toKey(end), orEqual: endOrEq, offset: endOffset };
    const result = this.#run(() => {
      if (limit < 0 || targetBytes < 0) throw this.#error('range_limits_invalid');
      const bytesTarget = Math.min(targetBytes === 0 ? Infinity : targetBytes, bytesOfMode(mode, iteration));
      // A read that is bounded by bytes gets one reply of a storage server, however many it asked for.
      const bytesMax = bytesTarget === Infinity ? Infinity : Math.min(bytesTarget, fdbLimits.replyBytesMax);
      const rowsMax = limit === 0 ? Infinity : limit;
      const direction: Direction = reverse ? 'reverse' : 'forward';
      const { rows, more } = this.#getRange(begin, finish, { rowsMax, bytesMax, direction }, isSnapshot);
      return { results: rows, more };
    });
    if (callback !== undefined) void settle(result, callback);
    return result;
  }

  async getEstimatedRangeSizeBytes(start: Value, end: Value): Promise<number> {
    return this.#run(() => this.#snapshot().measure(toBuffer(start), toBuffer(end)));
  }

  async getRangeSplitPoints(start: Value, end: Value, chunkSize: number): Promise<Buffer[]> {
    return this.#run(() => {
      const range = this.#legalRange(toKey(start), toKey(end));
      const points = [toBuffer(start)];
      let bytes = 0;
      const bounds = { range, direction: 'forward', rowsMax: Infinity, bytesMax: Infinity } as const;
      for (const [key, value] of readRange(this.#snapshot(), undefined, bounds, () => undefined).rows) {
        bytes += key.length + value.length;
        if (bytes < chunkSize) continue;
        points.push(key);
        bytes = 0;
      }
      return [...points, toBuffer(end)];
    });
  }

  set(key: Value, value: Value): void {
    const raw = toBuffer(key);
    const data = toBuffer(value);
    const text = this.#writable(raw);
    if (data.length > fdbLimits.valueBytesMax) throw this.#error('value_too_large');
    this.#attempt.writes.set(text, raw, data);
    this.#addWriteConflict(text);
  }

  clear(key: Value): void {
    const raw = toBuffer(key);
    const text = this.#writable(raw);
    this.#attempt.writes.clear(text, raw);
    this.#addWriteConflict(text);
  }

  clearRange(start: Value, end: Value): void {
    this.#assertUsable();
    const range = this.#legalRange(toKey(start), toKey(end));
    if (range.begin === range.end) {
      // No mutation: a transaction of nothing else is read-only.
      this.#options.skipNextWriteConflict = false;
      return;
    }
    this.#attempt.writes.clearRange(range, toBuffer(start), toBuffer(end));
    this.#addWriteConflict(range);
  }

  atomicOp(type: number, key: Value, operand: Value): void {
    const raw = toBuffer(key);
    const data = toBuffer(operand);
    if (data.length > fdbLimits.valueBytesMax + 4) throw this.#error('value_too_large');
    if (type === mutationTypes.setVersionstampedKey) {
      this.#stampKey(raw, data);
      return;
    }
    const text = this.#writable(raw);
    if (type === mutationTypes.setVersionstampedValue) {
      const { bytes, offset } = this.#splitStampOffset(data);
      this.#attempt.writes.stampedValue(text, raw, bytes, offset);
    } else if (isPlainAtomicOp(type)) {
      if (data.length > fdbLimits.valueBytesMax) throw this.#error('value_too_large');
      this.#attempt.writes.atomic(type, text, raw, data);
    } else {
      throw this.#error('invalid_mutation_type');
    }
    this.#addWriteConflict(text);
  }

  watch(key: Value, ignoreStandardErrors: boolean): Watch {
    this.#assertUsable();
    if (!this.#options.readYourWrites) throw this.#error('watches_disabled');
    const raw = toBuffer(key);
    const watch = this.#engine.watches.create(raw, ignoreStandardErrors ? 'ignore_standard_errors' : 'all_errors');
    this.#attempt.watches.push(watch);
    try {
      watch.expect(this.#get(raw, true));
    } catch (error) {
      watch.fail(asError(error));
    }
    return watch;
  }

  addReadConflictRange(start: Value, end: Value): void {
    this.#assertUsable();
    this.#addReadConflict(this.#legalRange(toKey(start), toKey(end)));
  }

  addWriteConflictRange(start: Value, end: Value): void {
    this.#assertUsable();
    this.#pushWriteConflict(this.#legalRange(toKey(start), toKey(end)));
  }

  setReadVersion(version: Buffer): void {
    if (this.#attempt.readVersion !== undefined) throw this.#error('read_version_already_set');
    this.#attempt.readVersion = Number(version.readBigInt64BE());
  }

  getReadVersion(): Promise<Buffer>;
  getReadVersion(callback: Callback<Buffer>): void;
  getReadVersion(callback?: Callback<Buffer>): Promise<Buffer> | void {
    const version = this.#run(() => formatVersion(this.#attempt.readVersion ?? this.#snapshot().version));
    return settle(version, callback);
  }

  getCommittedVersion(): Buffer {
    return formatVersion(this.#attempt.committed?.version ?? -1);
  }

  getVersionstamp(): Promise<Buffer>;
  getVersionstamp(callback: Callback<Buffer>): void;
  getVersionstamp(callback?: Callback<Buffer>): Promise<Buffer> | void {
    const attempt = this.#attempt;
    const stamp = new Promise<Buffer>((resolve, reject) => {
      if (attempt.state === 'cancelled') reject(this.#error('transaction_cancelled'));
      else if (attempt.committed === undefined) attempt.stampWaiters.push({ resolve, reject });
      else if (attempt.committed.stamp === undefined) reject(this.#error('no_commit_version'));
      else resolve(attempt.committed.stamp);
    });
    return settle(stamp, callback);
  }

  getAddressesForKey(): string[] {
    return ['127.0.0.1'];
  }

  async #commit(): Promise<void> {
    this.#assertUsable();
    const attempt = this.#attempt;
    const { writes, conflicts } = attempt;
    if (attempt.failedRead !== undefined) throw attempt.failedRead;
    if (writes.bytes + attempt.conflictBytes > this.#options.sizeLimitBytes) throw this.#error('transaction_too_large');
    if (writes.isEmpty && conflicts.isEmpty) {
      this.#finish(attempt, -1, undefined);
      return;
    }
    attempt.state = 'committing';
    const readVersion = attempt.snapshot?.version ?? attempt.readVersion ?? this.#snapshot().version;
    this.#releaseSnapshot(attempt);
    if (this.#isTooOld(attempt)) {
      attempt.state = 'active';
      throw this.#error('transaction_too_old');
    }
    try {
      const { mutations, bytes } = writes;
      const request = { readVersion, reads: attempt.reads, writes: conflicts, mutations, bytes };
      const { version, stamp } = await this.#engine.commits.commit(request);
      this.#finish(attempt, version, stamp);
    } catch (error) {
      if (attempt.state === 'committing') attempt.state = 'active';
      throw error;
    }
  }

  #finish(attempt: Attempt, version: number, stamp: Buffer | undefined): void {
    this.#releaseSnapshot(attempt);
    attempt.state = 'committed';
    attempt.committed = { version, stamp };
    for (const waiter of attempt.stampWaiters.splice(0)) {
      if (stamp === undefined) waiter.reject(this.#error('no_commit_version'));
      else waiter.resolve(stamp);
    }
    for (const watch of attempt.watches.splice(0)) this.#engine.watches.arm(watch);
  }

  async #onError(code: number): Promise<void> {
    if (this.#attempt.state === 'cancelled') throw this.#error('transaction_cancelled');
    if (!isRetryable(code) || this.#retries >= this.#options.retryLimit) {
      const error = this.#engine.errors.fromCode(code);
      for (const watch of this.#attempt.watches.splice(0)) watch.fail(error);
      throw error;
    }
    this.#retries += 1;
    this.#end(code === 1020 ? 'not_committed' : 'transaction_cancelled');
    this.#attempt = new Attempt();
    this.#options = this.#options.afterRetry(this.#engine.createOptions());
    const delayMs = Math.min(this.#delayMs, this.#options.maxRetryDelayMs) * Math.random();
    this.#delayMs = Math.min(this.#delayMs * 2, this.#options.maxRetryDelayMs);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    this.#assertInTime();
  }

  /** Ends the attempt: what waits for it learns of it. */
  #end(reason: 'transaction_cancelled' | 'not_committed'): void {
    const attempt = this.#attempt;
    this.#releaseSnapshot(attempt);
    for (const waiter of attempt.stampWaiters.splice(0)) waiter.reject(this.#error(reason));
    for (const watch of attempt.watches.splice(0)) watch.end(reason);
  }

  #get(raw: Buffer, isSnapshot: boolean): Buffer | undefined {
    const key = this.#readable(raw);
    const snapshot = this.#snapshot();
    if (!isSnapshot) this.#addReadConflictKey(key);
    const overlay = this.#overlay(isSnapshot);
    if (overlay === undefined || overlay.isEmpty) return snapshot.get(raw);
    const overlaid = overlay.read(key, () => snapshot.get(raw));
    if (overlaid.kind === 'value') return overlaid.value;
    if (overlaid.kind === 'unreadable' && !this.#options.bypassUnreadable) throw this.#unreadable();
    return snapshot.get(raw);
  }

  #getKey(selector: Selector, isSnapshot: boolean): Buffer {
    const key = resolveSelector(this.#view(isSnapshot), selector, this.#keysEnd());
    if (!isSnapshot) this.#addReadConflict(selectorRange(selector, key));
    return fromKey(key);
  }

  #getRange(
    begin: Selector,
    end: Selector,
    bounds: { readonly rowsMax: number; readonly bytesMax: number; readonly direction: Direction },
    isSnapshot: boolean,
  ): RangeResult {
    const [from, to] = [withoutOrEqual(begin), withoutOrEqual(end)];
    // Whatever is stored, nothing lies between them: FoundationDB does not even look, and so has no read version yet.
    if (from.offset >= to.offset && from.key >= to.key) return { rows: [], more: false };
    const view = this.#view(isSnapshot);
    const range = { begin: this.#bound(from, view), end: this.#bound(to, view) };
    const result =
      range.begin >= range.end
        ? { rows: [], more: false }
        : readRange(view.snapshot, view.writes, { range, ...bounds }, view.onUnreadable);
    if (!isSnapshot) {
      const reached = { toBegin: range.begin === '', throughEnd: range.end >= this.#keysEnd() };
      this.#addReadConflict(
        rangeRead({ from, to, direction: bounds.direction, reached, end: this.#keysEnd() }, result),
      );
    }
    return result;
  }

  /** A commit waits for its transaction's reads, and fails as they did. */
  #unreadable(): FdbError {
    this.#attempt.failedRead ??= this.#error('accessed_unreadable');
    return this.#attempt.failedRead;
  }

  #view(isSnapshot: boolean): ReadView {
    const onUnreadable = (): void => {
      if (!this.#options.bypassUnreadable) throw this.#unreadable();
    };
    return { snapshot: this.#snapshot(), writes: this.#overlay(isSnapshot), onUnreadable };
  }

  /** Selectors with offset 1 name a place without any look at the data. */
  #bound(selector: Selector, view: ReadView): Key {
    const end = this.#keysEnd();
    if (selector.key > end) throw this.#error('key_outside_legal_range');
    return selector.offset === 1 ? selector.key : resolveSelector(view, selector, end);
  }

  #stampKey(raw: Buffer, value: Buffer): void {
    const { bytes: key, offset } = this.#splitStampOffset(raw);
    this.#writable(key);
    if (value.length > fdbLimits.valueBytesMax) throw this.#error('value_too_large');
    const readVersion = Math.max(0, this.#attempt.snapshot?.version ?? this.#attempt.readVersion ?? 0);
    this.#attempt.writes.stampedKey(key, offset, value, readVersion);
    // The commit adds the key's own conflict range, when it knows it.
    this.#options.skipNextWriteConflict = false;
  }

  /** The last 4 bytes say where the 10 bytes of stamp go (API version 520 and later). `bytes` shares `data`'s memory. */
  #splitStampOffset(data: Buffer): { readonly bytes: Buffer; readonly offset: number } {
    if (data.length < 4) throw this.#error('client_invalid_operation');
    const bytes = data.subarray(0, data.length - 4);
    const offset = data.readUInt32LE(data.length - 4);
    if (offset + 10 > bytes.length) throw this.#error('client_invalid_operation');
    return { bytes, offset };
  }

  #snapshot(): Snapshot {
    const attempt = this.#attempt;
    if (attempt.readVersion !== undefined && attempt.readVersion <= 0) throw this.#error('version_invalid');
    if (attempt.snapshot === undefined) {
      const snapshot = this.#reading(() => this.#engine.snapshots.acquire());
      attempt.snapshot = snapshot;
      attempt.startedMs = performance.now();
      const asked = attempt.readVersion;
      if (asked !== undefined && asked !== snapshot.version) {
        this.#releaseSnapshot(attempt);
        throw this.#error(asked > snapshot.version ? 'future_version' : 'transaction_too_old');
      }
    }
    if (attempt.snapshot.isExpired || this.#isTooOld(attempt)) throw this.#error('transaction_too_old');
    return attempt.snapshot;
  }

  #isTooOld(attempt: Attempt): boolean {
    return attempt.startedMs > 0 && performance.now() - attempt.startedMs > fdbLimits.transactionMs;
  }

  #releaseSnapshot(attempt: Attempt): void {
    if (attempt.snapshot === undefined) return;
    this.#engine.snapshots.release(attempt.snapshot);
    attempt.snapshot = undefined;
  }

  #overlay(isSnapshot: boolean): WriteSet | undefined {
    if (!this.#options.readYourWrites) return undefined;
    return isSnapshot && this.#options.snapshotReadYourWrites <= 0 ? undefined : this.#attempt.writes;
  }

  #addReadConflict(range: Range): void {
    const { reads, writes } = this.#attempt;
    if (!this.#options.readYourWrites || writes.isEmpty) reads.addRange(range);
    else if (range.begin < range.end) for (const part of writes.undetermined(range)) reads.addRange(part);
  }

  #addReadConflictKey(key: Key): void {
    const { reads, writes } = this.#attempt;
    if (!this.#options.readYourWrites || writes.isEmpty) reads.addKey(key);
    else this.#addReadConflict(pointRange(key));
  }

  #addWriteConflict(written: Key | Range): void {
    if (this.#options.skipNextWriteConflict) this.#options.skipNextWriteConflict = false;
    else if (typeof written === 'string') this.#pushWriteConflictKey(written);
    else this.#pushWriteConflict(written);
  }

  #pushWriteConflictKey(key: Key): void {
    this.#attempt.conflicts.addKey(key);
    this.#attempt.conflictBytes += 2 * key.length + 1 + conflictRangeBytes;
  }

  #pushWriteConflict(range: Range): void {
    if (range.begin === range.end) return;
    this.#attempt.conflicts.addRange(range);
    this.#attempt.conflictBytes += range.begin.length + range.end.length + conflictRangeBytes;
  }

  #writable(raw: Buffer): Key {
    this.#assertUsable();
    if (raw.length > fdbLimits.keyBytesMax) throw this.#error('key_too_large');
    const key = toKey(raw);
    const end = this.#options.systemKeys === 'write' ? allKeysEnd : userKeysEnd;
    if (key >= end) throw this.#error('key_outside_legal_range');
    return key;
  }

  #readable(raw: Buffer): Key {
    if (raw.length > fdbLimits.keyBytesMax) throw this.#error('key_too_large');
    const key = toKey(raw);
    if (key > this.#keysEnd()) throw this.#error('key_outside_legal_range');
    return key;
  }

  #legalRange(begin: Key, end: Key): Range {
    if (begin > end) throw this.#error('inverted_range');
    if (end > this.#keysEnd()) throw this.#error('key_outside_legal_range');
    return { begin, end };
  }

  #keysEnd(): Key {
    return this.#options.systemKeys === 'none' ? userKeysEnd : allKeysEnd;
  }

  /** Reads at once, so that writes which come after the call are not seen, and answers as soon as the event loop allows. */
  async #run<T>(body: () => T): Promise<T> {
    this.#assertUsable();
    const result = this.#reading(body);
    const turn = this.#engine.eventLoop.breathe();
    if (turn !== undefined) await turn;
    return result;
  }

  /** A file that cannot be read is an error of the database, as a storage server that fails is. */
  #reading<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw this.#engine.errors.translate(error);
    }
  }

  #assertUsable(): void {
    this.#assertInTime();
    if (this.#engine.commits.isClosed) throw this.#error('operation_cancelled');
    if (this.#attempt.state === 'cancelled') throw this.#error('transaction_cancelled');
    if (this.#attempt.state === 'committing') throw this.#error('used_during_commit');
    if (this.#attempt.state === 'committed') this.#attempt = new Attempt();
  }

  #assertInTime(): void {
    const { timeoutMs } = this.#options;
    if (timeoutMs === undefined || performance.now() - this.#createdMs <= timeoutMs) return;
    this.#end('transaction_cancelled');
    throw this.#error('transaction_timed_out');
  }

  #error(name: FdbErrorName): FdbError {
    return this.#engine.errors.create(name);
  }
}

function bytesOfMode(mode: number, iteration: number): number {
  if (mode === streamingModes.iterator) return iteratorBytes[Math.min(iteration, iteratorBytes.length) - 1] ?? 4_096;
  if (mode === streamingModes.wantAll) return 80_000;
  return modeBytes[mode] ?? 80_000;
}

function formatVersion(version: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt(version));
  return bytes;
}

function asBuffer(value: Value): Buffer {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
}

// A caller may use its buffer again; what is kept is a copy.
function toBuffer(value: Value): Buffer {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value);
}

// Everything that rejects here was made by the error factory.
function asError(error: unknown): FdbError {
  return error as FdbError;
}

function settle<T>(promise: Promise<T>, callback: Callback<T> | undefined): Promise<T> | void {
  if (callback === undefined) return promise;
  promise.then(
    (result) => callback(null, result),
    (error: unknown) => callback(asError(error)),
  );
}
