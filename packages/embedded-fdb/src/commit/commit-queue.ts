import type { ErrorFactory } from '../errors.ts';
import { KeySet } from '../key-set.ts';
import { engineLimits } from '../limits.ts';
import { toKey } from '../ranges.ts';
import type { Mutation } from '../write-set.ts';
import { packMutations } from './packed-mutations.ts';
import { WriterThread, type ThreadAnswer } from './writer-thread.ts';

/** A transaction as it asks to be committed. */
export interface CommitRequest {
  /** The version of its reads; undefined when it read nothing. */
  readonly readVersion: number | undefined;
  readonly reads: KeySet;
  /** Without the keys that get their versionstamp with the commit. */
  readonly writes: KeySet;
  readonly mutations: readonly Mutation[];
  /** Of keys, values and ranges. */
  readonly bytes: number;
}

export interface Committed {
  readonly version: number;
  /** 8 bytes of version, 2 of the order within the group. */
  readonly stamp: Buffer;
}

interface Queued {
  readonly request: CommitRequest;
  readonly resolve: (committed: Committed) => void;
  readonly reject: (error: Error) => void;
}

/** A transaction of a group that may be written: it conflicts with nothing that is known. */
interface Accepted {
  readonly queued: Queued;
  readonly stamp: Buffer;
  readonly stamped: KeySet;
}

interface Group {
  readonly version: number;
  readonly accepted: readonly Accepted[];
}

interface LoggedCommit {
  readonly version: number;
  readonly atMs: number;
  readonly writes: KeySet;
  /** Keys with the commit's versionstamp. */
  readonly stamped: KeySet;
}

export interface CommitQueueOptions {
  readonly file: string;
  /** The file's version now. */
  readonly version: number;
  readonly errors: ErrorFactory;
  readonly onCommitted: (commits: readonly CommitRequest[]) => void;
}

/** Versions have gaps, as a cluster's do: nobody may count on neighbours. */
const versionGapMax = 100;

/**
 * Commits transactions: each is checked for conflicts in its turn, and those that wait together share one SQLite transaction and
 * one fsync, which a thread of its own waits for. While it writes one group, the next gathers. The write ranges of recent commits
 * are kept in memory; a commit by another process, whose ranges are not known here, counts as a conflict with every read that came
 * before it (the retry then sees it).
 */
export class CommitQueue {
  readonly #file: string;
  readonly #errors: ErrorFactory;
  readonly #onCommitted: (commits: readonly CommitRequest[]) => void;
  #thread: WriterThread | undefined;
  /** Of the last group, for the next one. */
  #spare: ArrayBuffer | undefined;
  #queue: Queued[] = [];
  #log: LoggedCommit[] = [];
  /** Reads before this version may have missed a commit that the log does not know. */
  #knownFrom: number;
  #lastVersion: number;
  #state: 'idle' | 'scheduled' | 'writing' = 'idle';
  #isClosed = false;

  constructor({ file, version, errors, onCommitted }: CommitQueueOptions) {
    this.#file = file;
    this.#errors = errors;
    this.#onCommitted = onCommitted;
    this.#lastVersion = version;
    this.#knownFrom = version;
  }

  /** Nothing more may be committed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws not_committed, process_behind (another process held the file), io_error, commit_unknown_result */
  commit(request: CommitRequest): Promise<Committed> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, resolve, reject });
      this.#schedule();
    });
  }

  /** Writes what still waits, and ends. Blocks: the real client's close does not answer later either. */
  close(): void {
    this.#isClosed = true;
    while (this.#queue.length > 0 || this.#state === 'writing') {
      if (this.#state === 'writing') this.#thread?.waitForAnswer();
      else this.#flush();
    }
    const thread = this.#thread;
    if (thread === undefined || thread.hasEnded) return;
    thread.ask({ kind: 'close' }, () => undefined);
    thread.waitForAnswer();
    this.#thread = undefined;
  }

  #schedule(): void {
    if (this.#state !== 'idle' || this.#queue.length === 0) return;
    this.#state = 'scheduled';
    setImmediate(() => {
      if (this.#state === 'scheduled') this.#flush();
    });
  }

  #flush(): void {
    this.#state = 'idle';
    this.#write(this.#plan(this.#take()), 'unlocked');
  }

  /** The next group: a first one however large it is. */
  #take(): readonly Queued[] {
    let count = 0;
    for (let bytes = 0; count < Math.min(this.#queue.length, engineLimits.groupCommitsMax); count++) {
      bytes += this.#queue[count]?.request.bytes ?? 0;
      if (count > 0 && bytes > engineLimits.groupBytesMax) break;
    }
    return this.#queue.splice(0, count);
  }

  /** Refuses what conflicts, and gives the others their version. */
  #plan(group: readonly Queued[]): Group {
    const version = this.#lastVersion + 1 + Math.floor(Math.random() * versionGapMax);
    const accepted: Accepted[] = [];
    const atMs = performance.now();
    const inGroup: LoggedCommit[] = [];
    for (const queued of group) {
      const { request, reject } = queued;
      if (this.#hasConflict(request, inGroup)) {
        reject(this.#errors.create('not_committed'));
        continue;
      }
      const stamp = formatStamp(version, accepted.length);
      const stamped = stampMutations(request.mutations, stamp);
      inGroup.push({ version, atMs, writes: request.writes, stamped });
      accepted.push({ queued, stamp, stamped });
    }
    return { version, accepted };
  }

  #write(group: Group, file: 'unlocked' | 'locked'): void {
    const { version, accepted } = group;
    if (accepted.length === 0 && file === 'unlocked') return this.#schedule();
    this.#state = 'writing';
    this.#thread = this.#thread?.hasEnded === false ? this.#thread : new WriterThread(this.#file);
    if (accepted.length === 0) {
      this.#thread.ask({ kind: 'release' }, () => this.#finish());
      return;
    }
    const mutations = packMutations(
      accepted.map(({ queued }) => queued.request.mutations),
      this.#spare,
    );
    this.#spare = undefined;
    const request = { kind: 'write', expected: this.#lastVersion, version, mutations } as const;
    this.#thread.ask(request, (answer) => this.#settle(group, answer));
  }

  #settle(group: Group, answer: ThreadAnswer): void {
    const { version, accepted } = group;
    switch (answer.kind) {
      case 'written':
        this.#lastVersion = version;
        if (answer.spare.byteLength <= engineLimits.spareBytesMax) this.#spare = answer.spare;
        this.#remember(group);
        for (const { queued, stamp } of accepted) queued.resolve({ version, stamp });
        this.#onCommitted(accepted.map(({ queued }) => queued.request));
        return this.#finish();
      case 'moved':
        // Another process has committed: what its commit touched is not known here.
        this.#lastVersion = answer.version;
        this.#knownFrom = answer.version;
        return this.#write(this.#plan(accepted.map(({ queued }) => queued)), 'locked');
      case 'failed': {
        const error = this.#errors.fromThread(answer.message, answer.code);
        for (const { queued } of accepted) queued.reject(error);
        return this.#finish();
      }
      case 'lost':
        for (const { queued } of accepted) queued.reject(this.#errors.create('commit_unknown_result', answer.cause));
        return this.#finish();
      case 'released':
      case 'closed':
        throw new RangeError(`the writer answered a group with ${answer.kind}`);
      default:
        answer satisfies never;
    }
  }

  #finish(): void {
    this.#state = 'idle';
    this.#schedule();
  }

  #remember({ version, accepted }: Group): void {
    const atMs = performance.now();
    for (const { queued, stamped } of accepted) {
      this.#log.push({ version, atMs, writes: queued.request.writes, stamped });
    }
    this.#prune(atMs);
  }

  #hasConflict({ readVersion, reads }: CommitRequest, group: readonly LoggedCommit[]): boolean {
    if (readVersion === undefined || reads.isEmpty) return false;
    if (readVersion < this.#knownFrom) return true;
    const isHit = (commits: readonly LoggedCommit[]): boolean => {
      // From the newest back: the log holds seconds of commits, and a transaction missed the last few at most.
      for (let index = commits.length - 1; index >= 0; index--) {
        const commit = commits[index];
        if (commit === undefined || commit.version <= readVersion) return false;
        if (commit.writes.intersects(reads) || commit.stamped.intersects(reads)) return true;
      }
      return false;
    };
    return isHit(group) || isHit(this.#log);
  }

  #prune(nowMs: number): void {
    const oldest = nowMs - engineLimits.conflictHistoryMs;
    const keep = this.#log.findIndex((commit) => commit.atMs >= oldest);
    const dropped = keep === -1 ? this.#log.length : keep;
    // In chunks: most flushes drop a few entries of thousands.
    if (dropped < 256 && dropped < this.#log.length) return;
    const last = this.#log[dropped - 1];
    if (last !== undefined) this.#knownFrom = Math.max(this.#knownFrom, last.version);
    this.#log = this.#log.slice(dropped);
  }
}

/**
 * Puts the versionstamp where it belongs, in place: the bytes are the transaction's own, and nobody reads them after the commit was
 * tried. Returns the keys that depend on it, and so could not be known before.
 */
function stampMutations(mutations: readonly Mutation[], stamp: Buffer): KeySet {
  const stamped = new KeySet();
  for (const mutation of mutations) {
    if (mutation.kind === 'stamped_value') stamp.copy(mutation.value, mutation.offset);
    if (mutation.kind !== 'stamped_key') continue;
    stamp.copy(mutation.key, mutation.offset);
    stamped.addKey(toKey(mutation.key));
  }
  return stamped;
}

function formatStamp(version: number, order: number): Buffer {
  const stamp = Buffer.allocUnsafe(10);
  stamp.writeBigUInt64BE(BigInt(version), 0);
  stamp.writeUInt16BE(order, 8);
  return stamp;
}
