import type {
  Appended,
  BatchRequest,
  EntryProblem,
  OutboxStats,
  ParkedEntry,
  ParkedFilter,
  PendingProject,
  ReadBatch,
  SentUsage,
} from '../contract.ts';
import { reportError, translateSqliteError, type ErrorReport } from '../errors.ts';
import { errorCode, TransientError } from '@swarmledger/runtime';
import { outboxLimits } from '../limits.ts';
import { Appender, type AppendLimits, type AppendRequest } from './append.ts';
import { DepthChanges } from './depth.ts';
import { DiskReserve } from './disk-reserve.ts';
import { openFile, type Connection } from './open-file.ts';
import { Queries } from './queries.ts';
import { BatchReader } from './read-batch.ts';
import { Settler } from './settle.ts';
import { SyncLockFile } from './sync-lock-file.ts';

/** One change of the outbox. */
export type WriteRequest =
  | { readonly kind: 'append'; readonly appends: readonly AppendRequest[] }
  | { readonly kind: 'settle'; readonly entries: readonly number[]; readonly usage: SentUsage }
  | { readonly kind: 'park'; readonly problems: readonly EntryProblem[]; readonly nowMs: number }
  | { readonly kind: 'count_sent'; readonly usage: SentUsage }
  | { readonly kind: 'retry_parked'; readonly filter: ParkedFilter }
  | { readonly kind: 'drop_parked'; readonly filter: ParkedFilter };

export type WriteResult =
  | { readonly kind: 'done'; readonly appended?: readonly Appended[]; readonly count?: number }
  | { readonly kind: 'failed'; readonly error: ErrorReport };

/** The outbox's file, synchronously: every write waits for the disk. Lives in a thread of its own (`worker/`). */
export class OutboxStore {
  readonly #file: string;
  readonly #limits: AppendLimits;
  readonly #connection: Connection;
  readonly #appender: Appender;
  readonly #settler: Settler;
  readonly #reader: BatchReader;
  readonly #queries: Queries;
  readonly #lock: SyncLockFile;
  readonly #reserve: DiskReserve;

  /** @throws as openFile */
  constructor(file: string, limits: AppendLimits) {
    this.#file = file;
    this.#limits = limits;
    this.#reserve = new DiskReserve(file);
    this.#connection = openInReserve(file, this.#reserve);
    this.#appender = new Appender(this.#connection, limits);
    this.#settler = new Settler(this.#connection);
    this.#reader = new BatchReader(this.#connection);
    this.#queries = new Queries(this.#connection);
    this.#lock = new SyncLockFile(file);
    // Made while there is room.
    this.#reserve.ensure();
  }

  /** Runs all of them in one transaction, with one fsync. One that is refused has written nothing, the others are written. */
  write(requests: readonly WriteRequest[]): readonly WriteResult[] {
    const failure = this.#hasRoomFor(requests) ? this.#tryWrite(requests) : diskFull(this.#file);
    if (!(failure instanceof Error)) return failure;
    const report = reportError(failure);
    const failed = requests.map((): WriteResult => ({ kind: 'failed', error: report }));
    if (report.code !== 'disk_full') return failed;
    // Appends are refused; what makes room is done in the room that was kept for it.
    const freeing = requests.flatMap((request, index) => (request.kind === 'append' ? [] : [{ request, index }]));
    if (freeing.length === 0) return failed;
    const results = this.#writeInReserve(freeing.map(({ request }) => request));
    freeing.forEach(({ index }, at) => {
      failed[index] = results[at] ?? { kind: 'failed', error: report };
    });
    return failed;
  }

  readBatch(request: BatchRequest): ReadBatch {
    return this.#translate(() => this.#reader.read(request));
  }

  pending(): readonly PendingProject[] {
    return this.#translate(() => this.#queries.pending());
  }

  stats(day: string): OutboxStats {
    return this.#translate(() => this.#queries.stats(day, this.#limits.bytesMax));
  }

  isSettled(project: number, entry: number): boolean {
    return this.#translate(() => this.#queries.isSettled(project, entry));
  }

  nextSequence(tenant: string, project: string, agentId: string): number {
    return this.#translate(() => this.#queries.nextSequence(tenant, project, agentId));
  }

  parked(filter: ParkedFilter, limit: number): readonly ParkedEntry[] {
    return this.#translate(() => this.#queries.parked(filter, limit));
  }

  parkedEvents(entry: number): readonly Uint8Array[] | undefined {
    return this.#translate(() => this.#queries.parkedEvents(entry));
  }

  /** A number that is another one after another connection has written. */
  dataVersion(): number {
    return Number(this.#connection.pragma('data_version', { simple: true }));
  }

  /** Gives some free pages back to the disk. True: there are more. */
  reclaim(): boolean {
    return this.#translate(() => {
      const free = Number(this.#connection.pragma('freelist_count', { simple: true }));
      if (free <= outboxLimits.freePagesKept) return false;
      this.#connection.pragma(`incremental_vacuum(${outboxLimits.freePagesStep})`);
      return free - outboxLimits.freePagesStep > outboxLimits.freePagesKept;
    });
  }

  /** False: somebody else drains. */
  lock(): boolean {
    return this.#lock.take();
  }

  unlock(): void {
    this.#lock.release();
  }

  isUnlocked(): boolean {
    if (this.#lock.isHeld || !this.#lock.take()) return false;
    this.#lock.release();
    return true;
  }

  close(): void {
    this.#lock.release();
    this.#connection.close();
  }

  #hasRoomFor(requests: readonly WriteRequest[]): boolean {
    return requests.every(({ kind }) => kind !== 'append') || this.#reserve.ensure();
  }

  #tryWrite(requests: readonly WriteRequest[]): readonly WriteResult[] | Error {
    try {
      return this.#connection.transaction(() => this.#writeAll(requests)).immediate();
    } catch (error) {
      this.#appender.forget();
      return translateSqliteError(error, this.#file);
    }
  }

  #writeInReserve(requests: readonly WriteRequest[]): readonly WriteResult[] {
    this.#reserve.release();
    // The WAL's own room first.
    this.#connection.pragma('wal_checkpoint(TRUNCATE)');
    const results = this.#tryWrite(requests);
    if (results instanceof Error) {
      const report = reportError(results);
      return requests.map(() => ({ kind: 'failed', error: report }));
    }
    this.#shrink();
    this.#reserve.ensure();
    return results;
  }

  /** Gives everything that is free back to the disk. */
  #shrink(): void {
    try {
      this.#connection.pragma('incremental_vacuum');
      this.#connection.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // There is less room than there could be; what was asked for is written.
      if (errorCode(error) !== 'SQLITE_FULL') throw translateSqliteError(error, this.#file);
    }
  }

  #writeAll(requests: readonly WriteRequest[]): readonly WriteResult[] {
    const depth = new DepthChanges();
    this.#appender.begin();
    const results = requests.map((request) => this.#writeOne(request, depth));
    depth.write(this.#connection);
    return results;
  }

  #writeOne(request: WriteRequest, depth: DepthChanges): WriteResult {
    switch (request.kind) {
      case 'append':
        return this.#append(request.appends, depth);
      case 'settle':
        this.#settler.settle(request.entries, request.usage, depth);
        return { kind: 'done' };
      case 'park':
        this.#settler.park(request.problems, request.nowMs, depth);
        return { kind: 'done' };
      case 'count_sent':
        this.#settler.countSent(request.usage);
        return { kind: 'done' };
      case 'retry_parked':
        return { kind: 'done', count: this.#settler.retryParked(request.filter, depth) };
      case 'drop_parked':
        return { kind: 'done', count: this.#settler.dropParked(request.filter, depth) };
      default:
        return request satisfies never;
    }
  }

  // Only its refusal, which has written nothing, is its own; anything else undoes the group.
  #append(requests: readonly AppendRequest[], depth: DepthChanges): WriteResult {
    try {
      return { kind: 'done', appended: this.#appender.append(requests, depth) };
    } catch (error) {
      const report = reportError(error);
      if (report.code !== 'outbox_full') throw error;
      return { kind: 'failed', error: report };
    }
  }

  #translate<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw translateSqliteError(error, this.#file);
    }
  }
}

function diskFull(file: string): TransientError {
  return new TransientError('disk_full', `the disk under ${file} is full: nothing was recorded`);
}

/** SQLite needs a little room to open a file: on a full disk what was recorded could not be sent by a process that starts then. */
function openInReserve(file: string, reserve: DiskReserve): Connection {
  try {
    return openFile(file);
  } catch (error) {
    const isFull = ['disk_full', 'disk_failed'].includes(errorCode(error));
    if (!isFull || reserve.bytes === 0) throw error;
    reserve.release();
    return openFile(file);
  }
}
