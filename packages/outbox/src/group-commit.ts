import { eventIdToBytes } from '@swarmledger/protocol';
import { PermanentError, TransientError } from '@swarmledger/runtime';
import type { Appended, EntryInput } from './contract.ts';
import { reviveError } from './errors.ts';
import { outboxLimits } from './limits.ts';
import type { PackedEntry, PackedWrite, WriteResult } from './worker/messages.ts';
import type { StoreThread } from './worker/store-thread.ts';

type OtherWrite = Exclude<PackedWrite, { kind: 'append' }>;
type Done = Extract<WriteResult, { kind: 'done' }>;

interface QueuedWrite {
  readonly write:
    { readonly kind: 'append'; readonly entries: readonly EntryInput[]; readonly nowMs: number } | OtherWrite;
  readonly bytes: number;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: Error) => void;
}

const eventIdBytes = 16;

/**
 * Gathers writes while the one before is on its way to the disk: the first of a quiet time goes at once, and under load many callers
 * share one fsync. Nothing waits for a timer.
 */
export class GroupCommit {
  readonly #thread: StoreThread;
  readonly #onWritten: () => void;
  #queue: QueuedWrite[] = [];
  #bytes = 0;
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(thread: StoreThread, onWritten: () => void) {
    this.#thread = thread;
    this.#onWritten = onWritten;
  }

  /** All of them or none. @throws TransientError buffer_full; PermanentError closed */
  async append(entries: readonly EntryInput[], nowMs: number): Promise<readonly Appended[]> {
    const events = entries.flatMap((entry) => entry.events);
    const bytes = events.reduce((sum, { raw }) => sum + raw.length + eventIdBytes, 0);
    if (this.#queue.length >= outboxLimits.waitingCallsMax || this.#bytes >= outboxLimits.waitingBytesMax) {
      throw new TransientError(
        'buffer_full',
        `${this.#queue.length} records wait for the disk already: await each record, or slow down`,
      );
    }
    const { appended } = await this.#add({ kind: 'append', entries, nowMs }, bytes);
    if (appended === undefined) throw new RangeError('an append was not answered');
    return appended;
  }

  write(write: OtherWrite): Promise<Done> {
    return this.#add(write, 0);
  }

  /** Resolves when everything queued so far is written or refused. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
  }

  #add(write: QueuedWrite['write'], bytes: number): Promise<Done> {
    if (this.#isClosed) throw new PermanentError('closed', 'the outbox is closed');
    const done = new Promise<Done>((resolve, reject) => this.#queue.push({ write, bytes, resolve, reject }));
    this.#bytes += bytes;
    this.#running ??= this.#run();
    return done;
  }

  async #run(): Promise<void> {
    // Calls of the same tick belong together.
    await Promise.resolve();
    while (this.#queue.length > 0) await this.#writeGroup(this.#takeGroup());
    this.#running = undefined;
  }

  #takeGroup(): readonly QueuedWrite[] {
    let count = 0;
    let bytes = 0;
    for (const queued of this.#queue) {
      if (count > 0 && (count >= outboxLimits.groupCallsMax || bytes + queued.bytes > outboxLimits.groupBytesMax))
        break;
      count += 1;
      bytes += queued.bytes;
    }
    this.#bytes -= bytes;
    return this.#queue.splice(0, count);
  }

  async #writeGroup(group: readonly QueuedWrite[]): Promise<void> {
    try {
      const { writes, buffer } = pack(group);
      const results = await this.#thread.call<readonly WriteResult[]>({ kind: 'write', writes, buffer }, [buffer]);
      group.forEach(({ resolve, reject }, index) => {
        const result = results[index];
        if (result?.kind === 'done') resolve(result);
        else reject(result === undefined ? new RangeError('a write was not answered') : reviveError(result.error));
      });
      this.#onWritten();
    } catch (error) {
      for (const { reject } of group) reject(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

function pack(group: readonly QueuedWrite[]): {
  readonly writes: readonly PackedWrite[];
  readonly buffer: ArrayBuffer;
} {
  const buffer = new ArrayBuffer(group.reduce((sum, { bytes }) => sum + bytes, 0));
  const packer = new Packer(buffer);
  const writes = group.map(({ write }): PackedWrite => {
    if (write.kind !== 'append') return write;
    return { kind: 'append', entries: write.entries.map((entry) => packer.pack(entry, write.nowMs)) };
  });
  return { writes, buffer };
}

class Packer {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(buffer: ArrayBuffer) {
    this.#bytes = new Uint8Array(buffer);
  }

  pack({ events, ...rest }: EntryInput, nowMs: number): PackedEntry {
    const offset = this.#at;
    for (const { eventId } of events) this.#put(eventIdToBytes(eventId));
    for (const { raw } of events) this.#put(raw);
    return { ...rest, nowMs, offset, lengths: events.map(({ raw }) => raw.length) };
  }

  #put(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }
}
