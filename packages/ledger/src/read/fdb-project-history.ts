import {
  parseTagName,
  type BranchName,
  type EventId,
  type ProjectPath,
  type Receipt,
  type TagName,
  type Version,
} from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import { readContents, streamContent } from '../content/read-content.ts';
import type { Directories, ProjectPlace } from '../directories.ts';
import { readLast, type Store, type Transaction } from '../fdb/store.ts';
import { waitForChange } from '../fdb/watch.ts';
import type {
  Branch,
  BranchPoint,
  ContentRef,
  EventRange,
  Head,
  PathChange,
  ProjectHistory,
  ReadOptions,
  StoredEvent,
  Tag,
  TreeEntry,
  TreeReadOptions,
  WatchOptions,
  Why,
} from '../history.ts';
import { assertWritable } from '../identity.ts';
import { decodeBranchRecord, mainBranchRecord, narrow, type Level, type Lineage } from '../lineage.ts';
import { decodeTag, encodeTag } from '../tags.ts';
import { decodeEventPlace, decodePathChange } from '../values.ts';
import { createFork } from './create-fork.ts';
import { readHead, readLatest } from './heads.ts';
import { readPages } from './pages.ts';
import { readPathState } from './path-states.ts';
import { readEvents } from './read-events.ts';
import { unknownBranch, unknownVersion } from './read-errors.ts';
import { readTree, toPathChange, toTreeEntry } from './read-tree.ts';
import { loadStoredEvent } from './stored-events.ts';

/** Receipts looked up in one transaction. */
const receiptsPerRead = 1_000;
/** Tags or branches that fit into one answer in memory: every commit of the largest Git histories has a tag. */
const namesMax = 2_000_000;

export class FdbProjectHistory implements ProjectHistory {
  readonly #store: Store;
  readonly #directories: Directories;
  readonly #place: ProjectPlace;
  readonly #clock: () => number;

  constructor(store: Store, directories: Directories, place: ProjectPlace, clock: () => number) {
    this.#store = store;
    this.#directories = directories;
    this.#place = place;
    this.#clock = clock;
  }

  head(branch: BranchName, options: ReadOptions = {}): Promise<Head | undefined> {
    return this.#store.read(async (tn) => {
      const { levels } = await this.#lineage(tn, branch);
      return readHead(tn, levels[0].keys);
    }, options);
  }

  latest(branch: BranchName, options: ReadOptions = {}): Promise<Version | undefined> {
    return this.#store.read(async (tn) => readLatest(tn, (await this.#lineage(tn, branch)).levels), options);
  }

  async *events(range: EventRange, options: ReadOptions = {}): AsyncGenerator<StoredEvent> {
    const levels = await this.#store.read(async (tn) => {
      const lineage = await this.#lineage(tn, range.branch);
      const latest = await readLatest(tn, lineage.levels);
      if (latest === undefined) return [];
      const until = range.until === undefined || range.until > latest ? latest : range.until;
      return narrow(lineage.levels, until);
    }, options);
    const { after, limit, order = 'oldest_first' } = range;
    yield* readEvents(this.#store, this.#place.keys, { levels, after, order, limit, signal: options.signal });
  }

  async find(eventId: EventId, options: ReadOptions = {}): Promise<StoredEvent | undefined> {
    const found = await this.#store.read(async (tn) => {
      const value = await tn.get(this.#place.keys.event(eventId));
      if (value === undefined) return undefined;
      const { version, branch } = decodeEventPlace(value);
      return { version, record: await tn.get(this.#place.keys.branch(branch).history.at(version)) };
    }, options);
    if (found === undefined) return undefined;
    if (found.record === undefined) {
      throw new PermanentError(
        'corrupt_record',
        `event ${eventId} is at ${found.version}, but there is no record there`,
      );
    }
    return loadStoredEvent(this.#store, this.#place.keys, found.version, found.record, options);
  }

  async receipts(ids: readonly EventId[], options: ReadOptions = {}): Promise<readonly Receipt[]> {
    const receipts: Receipt[] = [];
    for (let at = 0; at < ids.length; at += receiptsPerRead) {
      const batch = ids.slice(at, at + receiptsPerRead);
      const values = await this.#store.read(
        (tn) => Promise.all(batch.map((id) => tn.get(this.#place.keys.event(id)))),
        options,
      );
      for (const [index, eventId] of batch.entries()) {
        const value = values[index];
        if (value === undefined) receipts.push({ kind: 'unknown', eventId });
        else receipts.push({ kind: 'committed', eventId, version: decodeEventPlace(value).version, duplicate: false });
      }
    }
    return receipts;
  }

  tree(branch: BranchName, at: Version, options: TreeReadOptions = {}): AsyncGenerator<TreeEntry> {
    return readTree(this.#store, (tn) => this.#levelsAt(tn, branch, at), options);
  }

  async pathState(
    branch: BranchName,
    path: ProjectPath,
    at: Version,
    options: ReadOptions = {},
  ): Promise<TreeEntry | undefined> {
    const state = await this.#store.read(
      async (tn) => readPathState(tn, await this.#levelsAt(tn, branch, at), path),
      options,
    );
    return state?.exists === true ? toTreeEntry(path, state) : undefined;
  }

  async *pathChanges(
    branch: BranchName,
    path: ProjectPath,
    at: Version,
    options: ReadOptions = {},
  ): AsyncGenerator<PathChange> {
    const levels = await this.#store.read((tn) => this.#levelsAt(tn, branch, at), options);
    for (const level of levels) {
      const keys = level.keys.path(path);
      const range = keys.range({ until: level.until });
      for await (const rows of readPages(this.#store, range, { ...options, reverse: 'reverse' })) {
        for (const [key, value] of rows) yield toPathChange(path, decodePathChange(keys.version(key), value));
      }
    }
  }

  content(sha256: Uint8Array, options: ReadOptions = {}): AsyncGenerator<Buffer> {
    return streamContent(this.#store, this.#place.keys.content(sha256), sha256, options);
  }

  contents(refs: readonly ContentRef[], options: ReadOptions = {}): Promise<readonly Buffer[]> {
    return readContents(this.#store, this.#place.keys, refs, options);
  }

  versionAtTime(branch: BranchName, commitTimeMs: number, options: ReadOptions = {}): Promise<Version | undefined> {
    if (commitTimeMs < 0) return Promise.resolve(undefined);
    const timeMs = Math.min(Math.floor(commitTimeMs), Number.MAX_SAFE_INTEGER);
    return this.#store.read(async (tn) => {
      const { levels } = await this.#lineage(tn, branch);
      for (const { keys, until } of levels) {
        const last = await readLast(tn, keys.timesUntil(timeMs));
        if (last === undefined) continue;
        const version = keys.timeVersion(last[0]);
        // Times rise with versions: when this commit is not too late, neither is the fork that came before it.
        return until === undefined || version < until ? version : until;
      }
      return undefined;
    }, options);
  }

  versionBefore(eventId: EventId, options: ReadOptions = {}): Promise<BranchPoint | undefined> {
    return this.#store.read(async (tn) => {
      const value = await tn.get(this.#place.keys.event(eventId));
      if (value === undefined)
        throw new PermanentError('unknown_event', `there is no event ${eventId} in this project`);
      const place = decodeEventPlace(value);
      const { levels } = await this.#lineage(tn, place.branch);
      for (const { keys, until } of levels) {
        const bound = until === undefined || place.version < until ? place.version : until;
        const range = keys.history.range({ until: bound });
        // The event itself is out of the range: the range ends right before its key.
        const end = bound === place.version ? keys.history.at(bound) : range.end;
        const last = await readLast(tn, { begin: range.begin, end });
        if (last !== undefined) return { branch: place.branch, version: keys.history.version(last[0]) };
      }
      return undefined;
    }, options);
  }

  async tags(options: ReadOptions = {}): Promise<readonly Tag[]> {
    const { keys } = this.#place;
    const tags: Tag[] = [];
    for await (const rows of readPages(this.#store, keys.tags(), options)) {
      for (const [key, value] of rows) tags.push(toTag(keys.tagName(key), value));
      assertNames(tags.length, 'tags');
    }
    return tags;
  }

  async tag(name: TagName, options: ReadOptions = {}): Promise<Tag | undefined> {
    const value = await this.#store.read((tn) => tn.get(this.#place.keys.tag(name)), options);
    return value === undefined ? undefined : toTag(name, value);
  }

  async setTag(name: TagName, point: BranchPoint): Promise<void> {
    const key = this.#place.keys.tag(name);
    const setAtMs = this.#clock();
    const { identity, incarnation } = this.#directories;
    await this.#store.transact(async (tn) => {
      await assertWritable(tn, identity, incarnation);
      await this.#levelsAt(tn, point.branch, point.version);
      const value = await tn.get(key);
      const old = value === undefined ? undefined : decodeTag(name, value);
      const movedFrom = old === undefined ? {} : { movedFrom: { branch: old.branch, version: old.version } };
      tn.set(key, encodeTag({ branch: point.branch, version: point.version, eventId: '', setAtMs, ...movedFrom }));
    });
  }

  async branches(options: ReadOptions = {}): Promise<readonly Branch[]> {
    const { keys } = this.#place;
    const branches = [mainBranchRecord];
    for await (const rows of readPages(this.#store, keys.branchRecords(), options)) {
      for (const [key, value] of rows) branches.push(decodeBranchRecord(keys.branchName(key), value).branch);
      assertNames(branches.length, 'branches');
    }
    return branches;
  }

  fork(name: BranchName, from: BranchPoint, why: Why): Promise<Branch> {
    const dependencies = { store: this.#store, directories: this.#directories };
    return createFork(dependencies, this.#place, { name, from, why, createdAtMs: this.#clock() });
  }

  watchHead(branch: BranchName, options: WatchOptions & { readonly after?: Version }): Promise<void> {
    return waitForChange(this.#store, options.signal, async (tn) => {
      const { levels } = await this.#lineage(tn, branch);
      const head = await readHead(tn, levels[0].keys);
      const moved = options.after !== undefined && head !== undefined && head.version !== options.after;
      return moved ? 'changed' : [levels[0].keys.head];
    });
  }

  async #lineage(tn: Transaction, branch: BranchName): Promise<Lineage> {
    const lineage = await this.#place.lineages.find(tn, branch);
    if (lineage === undefined) throw unknownBranch(branch);
    return lineage;
  }

  /** What a reader of the branch sees at a version. @throws PermanentError unknown_version: the branch has not got that far */
  async #levelsAt(tn: Transaction, branch: BranchName, at: Version): Promise<readonly Level[]> {
    const { levels } = await this.#lineage(tn, branch);
    const latest = await readLatest(tn, levels);
    if (latest === undefined || at > latest) throw unknownVersion(branch, at, latest);
    return narrow(levels, at);
  }
}

function assertNames(count: number, what: string): void {
  if (count > namesMax) throw new PermanentError('too_many_names', `the project has more than ${namesMax} ${what}`);
}

function toTag(name: string, value: Buffer): Tag {
  return { name: parseTagName(name), ...decodeTag(name, value) };
}
