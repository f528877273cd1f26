import { resolve as resolvePath } from 'node:path';
import { amendedBytesMax, limits } from '@swarmledger/protocol';
import { PermanentError, TransientError, withDeadline, toDay } from '@swarmledger/runtime';
import type {
  Appended,
  BatchRequest,
  EntryInput,
  EntryProblem,
  Outbox,
  OutboxOptions,
  OutboxStats,
  ParkedEntry,
  ParkedFilter,
  PendingProject,
  ReadBatch,
  SentUsage,
  SyncLock,
} from './contract.ts';
import { GroupCommit } from './group-commit.ts';
import { outboxLimits } from './limits.ts';
import { StoreThread } from './worker/store-thread.ts';

const parkedListedMax = 1_000;
/** SwarmEventBatch: an event's field tag and length, what is added to it on its way, and the batch's own id. */
const framingBytesPerEvent = 5 + amendedBytesMax;
const framingBytesPerMessage = 64;

/**
 * Opens the outbox in a file of this machine's own disk (locks do not work on network shares).
 *
 * @throws PermanentError outbox_corrupt, outbox_foreign, outbox_newer, outbox_unwritable, invalid_config; TransientError
 *   outbox_busy, disk_full
 */
export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const bytesMax = options.bytesMax ?? outboxLimits.bytesMax;
  if (!Number.isSafeInteger(bytesMax) || bytesMax <= 0) {
    throw new PermanentError('invalid_config', 'the outbox’s bytesMax is not a whole number of bytes');
  }
  const file = resolvePath(options.file);
  const listeners = new Set<() => void>();
  const notify = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const limits = { bytesMax, whenFull: options.whenFull ?? 'fail' };
  const thread = await StoreThread.open({ file, limits }, notify);
  return new ThreadedOutbox(file, thread, { listeners, notify });
}

class ThreadedOutbox implements Outbox {
  readonly file: string;
  readonly #thread: StoreThread;
  readonly #commit: GroupCommit;
  readonly #listeners: Set<() => void>;
  #closing: Promise<void> | undefined;

  constructor(
    file: string,
    thread: StoreThread,
    changes: { readonly listeners: Set<() => void>; readonly notify: () => void },
  ) {
    this.file = file;
    this.#thread = thread;
    this.#listeners = changes.listeners;
    this.#commit = new GroupCommit(thread, changes.notify);
  }

  // Runs up to the queue at once: calls that are not awaited keep their order.
  async append(entry: EntryInput): Promise<Appended> {
    const [appended] = await this.appendAll([entry]);
    if (appended === undefined) throw new RangeError('an append was not answered');
    return appended;
  }

  async appendAll(entries: readonly EntryInput[]): Promise<readonly Appended[]> {
    for (const entry of entries) assertFitsOneMessage(entry);
    return this.#commit.append(entries, Date.now());
  }

  flush(): Promise<void> {
    return this.#commit.flush();
  }

  stats(nowMs: number = Date.now()): Promise<OutboxStats> {
    return this.#thread.call({ kind: 'stats', day: toDay(nowMs) });
  }

  nextSequence({ tenant, project, agentId }: Pick<EntryInput, 'tenant' | 'project' | 'agentId'>): Promise<number> {
    return this.#thread.call({ kind: 'next_sequence', tenant, project, agentId });
  }

  isSettled(project: number, entry: number): Promise<boolean> {
    return this.#thread.call({ kind: 'is_settled', project, entry });
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#watch(true);
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#watch(false);
    };
  }

  parked(filter: ParkedFilter = {}, limit: number = parkedListedMax): Promise<readonly ParkedEntry[]> {
    return this.#thread.call({ kind: 'parked', filter, limit });
  }

  parkedEvents(entry: number): Promise<readonly Uint8Array[] | undefined> {
    return this.#thread.call({ kind: 'parked_events', entry });
  }

  async retryParked(filter: ParkedFilter = {}): Promise<number> {
    return (await this.#commit.write({ kind: 'retry_parked', filter })).count ?? 0;
  }

  async dropParked(filter: ParkedFilter = {}): Promise<number> {
    return (await this.#commit.write({ kind: 'drop_parked', filter })).count ?? 0;
  }

  async lock(): Promise<SyncLock> {
    if (!(await this.#thread.call<boolean>({ kind: 'lock' }))) {
      throw new TransientError('syncer_running', `another syncer drains ${this.file}: one is enough`);
    }
    return new HeldLock(this.#thread, this.#commit);
  }

  isUnlocked(): Promise<boolean> {
    return this.#thread.call({ kind: 'is_unlocked' });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #watch(isWanted: boolean): void {
    // A thread that has ended has nothing more to tell.
    this.#thread.call({ kind: 'watch', isWanted }).catch(() => undefined);
  }

  async #close(): Promise<void> {
    try {
      const closed = this.#commit.close().then(() => this.#thread.close());
      await withDeadline(closed, outboxLimits.closeMs, `closing the outbox ${this.file}`);
    } finally {
      await this.#thread.terminate();
    }
  }
}

class HeldLock implements SyncLock {
  readonly #thread: StoreThread;
  readonly #commit: GroupCommit;
  #isReleased = false;

  constructor(thread: StoreThread, commit: GroupCommit) {
    this.#thread = thread;
    this.#commit = commit;
  }

  pending(): Promise<readonly PendingProject[]> {
    return this.#thread.call({ kind: 'pending' });
  }

  readBatch(request: BatchRequest): Promise<ReadBatch> {
    return this.#thread.call({ kind: 'read_batch', request });
  }

  async settle(entries: readonly number[], usage: SentUsage): Promise<void> {
    await this.#commit.write({ kind: 'settle', entries, usage });
  }

  async park(problems: readonly EntryProblem[], nowMs: number): Promise<void> {
    await this.#commit.write({ kind: 'park', problems, nowMs });
  }

  async countSent(usage: SentUsage): Promise<void> {
    await this.#commit.write({ kind: 'count_sent', usage });
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    // Pages that drained entries left go back to the disk, a few at a time: appends of this process wait in the same line.
    while (await this.#thread.call<boolean>({ kind: 'reclaim' }));
    await this.#thread.call({ kind: 'unlock' });
  }
}

function assertFitsOneMessage({ events }: EntryInput): void {
  const bytes = events.reduce((sum, { raw }) => sum + raw.length + framingBytesPerEvent, framingBytesPerMessage);
  if (events.length > 0 && events.length <= limits.batchEventsMax && bytes <= limits.messageBytesMax) return;
  throw new PermanentError(
    'group_too_large',
    `${events.length} event(s) of ${bytes} bytes are no message (1 to ${limits.batchEventsMax} events, ` +
      `${limits.messageBytesMax} bytes): record them one by one, or send their content ahead in chunks`,
  );
}
