import { applyAtomicOp } from './atomic-ops.ts';
import type { ErrorFactory } from './errors.ts';
import { engineLimits } from './limits.ts';
import { RangeSet, type Range } from './ranges.ts';
import type { Connection, Statement } from './sqlite-file.ts';
import { mutatedRange, type Mutation } from './write-set.ts';

/** A transaction as it asks to be committed. */
export interface CommitRequest {
  /** The version of its reads; undefined when it read nothing. */
  readonly readVersion: number | undefined;
  readonly reads: RangeSet;
  readonly writes: readonly Range[];
  readonly mutations: readonly Mutation[];
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

interface LoggedCommit {
  readonly version: number;
  readonly atMs: number;
  readonly writes: RangeSet;
}

interface GroupOutcome {
  readonly settlements: readonly (() => void)[];
  readonly logged: readonly LoggedCommit[];
  readonly accepted: readonly CommitRequest[];
}

/** Versions have gaps, as a cluster's do: nobody may count on neighbours. */
const versionGapMax = 100;

/**
 * Writes transactions: those that wait together share one SQLite transaction and one fsync, each checked for conflicts in its
 * turn. The write ranges of recent commits are kept in memory; a commit by another process, whose ranges are not known here,
 * counts as a conflict with every read that came before it (the retry then sees it).
 */
export class CommitQueue {
  readonly #connection: Connection;
  readonly #errors: ErrorFactory;
  readonly #onCommitted: (commits: readonly CommitRequest[]) => void;
  readonly #statements: Statements;
  #queue: Queued[] = [];
  #log: LoggedCommit[] = [];
  /** Reads before this version may have missed a commit that the log does not know. */
  #knownFrom: number;
  #lastVersion: number;
  #scheduled = false;

  constructor(connection: Connection, errors: ErrorFactory, onCommitted: (commits: readonly CommitRequest[]) => void) {
    this.#connection = connection;
    this.#errors = errors;
    this.#onCommitted = onCommitted;
    this.#statements = prepare(connection);
    this.#lastVersion = this.#readVersion();
    this.#knownFrom = this.#lastVersion;
  }

  /** @throws not_committed, transaction_too_old, commit_unknown_result (another process held the file), io_error */
  commit(request: CommitRequest): Promise<Committed> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.#flush());
    });
  }

  /** The value as it is on the disk now, outside of any snapshot: what watches compare. */
  current(key: Buffer): Buffer | undefined {
    return this.#statements.get.get(key) as Buffer | undefined;
  }

  /** Writes what still waits, and ends. */
  close(): void {
    while (this.#queue.length > 0) this.#flush();
  }

  #flush(): void {
    const group = this.#queue.splice(0, engineLimits.groupCommitsMax);
    this.#scheduled = this.#queue.length > 0;
    if (this.#scheduled) setImmediate(() => this.#flush());
    if (group.length === 0) return;
    let outcome: GroupOutcome;
    try {
      outcome = this.#writeGroup(group);
    } catch (cause) {
      this.#rollBack();
      for (const queued of group) queued.reject(this.#errors.translate(cause));
      return;
    }
    this.#log.push(...outcome.logged);
    this.#prune();
    for (const settle of outcome.settlements) settle();
    this.#onCommitted(outcome.accepted);
  }

  #writeGroup(group: readonly Queued[]): GroupOutcome {
    this.#statements.begin.run();
    const before = this.#readVersion();
    if (before !== this.#lastVersion) this.#knownFrom = before;
    const version = before + 1 + Math.floor(Math.random() * versionGapMax);
    const settlements: (() => void)[] = [];
    const logged: LoggedCommit[] = [];
    const accepted: CommitRequest[] = [];
    const atMs = performance.now();
    for (const { request, resolve, reject } of group) {
      const refusal = this.#findConflict(request, logged);
      if (refusal !== undefined) {
        settlements.push(() => reject(refusal));
        continue;
      }
      const stamp = formatStamp(version, accepted.length);
      const stampedKeys = this.#apply(request.mutations, stamp);
      const writes = new RangeSet();
      for (const range of request.writes) writes.add(range);
      for (const range of stampedKeys) writes.add(range);
      logged.push({ version, atMs, writes });
      accepted.push(request);
      settlements.push(() => resolve({ version, stamp }));
    }
    if (accepted.length === 0) {
      this.#statements.rollback.run();
      return { settlements, logged, accepted };
    }
    this.#statements.setVersion.run(version);
    this.#statements.commit.run();
    this.#lastVersion = version;
    return { settlements, logged, accepted };
  }

  #findConflict(request: CommitRequest, group: readonly LoggedCommit[]): Error | undefined {
    const { readVersion, reads } = request;
    if (readVersion === undefined || reads.isEmpty) return undefined;
    if (readVersion < this.#knownFrom) return this.#errors.create('not_committed');
    const isHit = (commits: readonly LoggedCommit[]): boolean => {
      // From the newest back: the log holds seconds of commits, and a transaction missed the last few at most.
      for (let index = commits.length - 1; index >= 0; index--) {
        const commit = commits[index];
        if (commit === undefined || commit.version <= readVersion) return false;
        if (commit.writes.intersectsAny(reads)) return true;
      }
      return false;
    };
    return isHit(group) || isHit(this.#log) ? this.#errors.create('not_committed') : undefined;
  }

  /** Returns the ranges that depend on the versionstamp, and so could not be known before. */
  #apply(mutations: readonly Mutation[], stamp: Buffer): readonly Range[] {
    const { set, clear, clearRange, get } = this.#statements;
    const stamped: Range[] = [];
    for (const mutation of mutations) {
      switch (mutation.kind) {
        case 'set':
          set.run(mutation.key, mutation.value);
          break;
        case 'clear':
          clear.run(mutation.key);
          break;
        case 'clear_range':
          clearRange.run(mutation.begin, mutation.end);
          break;
        case 'atomic': {
          const value = applyAtomicOp(mutation.type, get.get(mutation.key) as Buffer | undefined, mutation.operand);
          if (value === undefined) clear.run(mutation.key);
          else set.run(mutation.key, value);
          break;
        }
        case 'stamped_key': {
          // In place: the bytes are the transaction's own, and nobody reads them after the commit was tried.
          stamp.copy(mutation.key, mutation.offset);
          set.run(mutation.key, mutation.value);
          stamped.push(mutatedRange(mutation));
          break;
        }
        case 'stamped_value': {
          stamp.copy(mutation.value, mutation.offset);
          set.run(mutation.key, mutation.value);
          break;
        }
        default:
          mutation satisfies never;
      }
    }
    return stamped;
  }

  #readVersion(): number {
    return Number(this.#statements.version.get());
  }

  #rollBack(): void {
    if (this.#connection.inTransaction) this.#statements.rollback.run();
  }

  #prune(): void {
    const oldest = performance.now() - engineLimits.conflictHistoryMs;
    const keep = this.#log.findIndex((commit) => commit.atMs >= oldest);
    const dropped = keep === -1 ? this.#log.length : keep;
    // In chunks: most flushes drop a few entries of thousands.
    if (dropped < 256 && dropped < this.#log.length) return;
    const last = this.#log[dropped - 1];
    if (last !== undefined) this.#knownFrom = Math.max(this.#knownFrom, last.version);
    this.#log = this.#log.slice(dropped);
  }
}

interface Statements {
  readonly begin: Statement;
  readonly commit: Statement;
  readonly rollback: Statement;
  readonly get: Statement;
  readonly set: Statement;
  readonly clear: Statement;
  readonly clearRange: Statement;
  readonly version: Statement;
  readonly setVersion: Statement;
}

function prepare(connection: Connection): Statements {
  return {
    begin: connection.prepare('BEGIN IMMEDIATE'),
    commit: connection.prepare('COMMIT'),
    rollback: connection.prepare('ROLLBACK'),
    get: connection.prepare('SELECT v FROM kv WHERE k = ?').pluck(),
    set: connection.prepare('INSERT INTO kv (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v'),
    clear: connection.prepare('DELETE FROM kv WHERE k = ?'),
    clearRange: connection.prepare('DELETE FROM kv WHERE k >= ? AND k < ?'),
    version: connection.prepare(`SELECT value FROM meta WHERE name = 'version'`).pluck(),
    setVersion: connection.prepare(`UPDATE meta SET value = ? WHERE name = 'version'`),
  };
}

function formatStamp(version: number, order: number): Buffer {
  const stamp = Buffer.allocUnsafe(10);
  stamp.writeBigUInt64BE(BigInt(version), 0);
  stamp.writeUInt16BE(order, 8);
  return stamp;
}
