import {
  priorities,
  type Appended,
  type EntryInput,
  type Outbox,
  type ParkedEntry,
  type PriorityName,
  type Syncer,
} from '@swarmledger/outbox';
import type { EventScope } from '@swarmledger/protocol';
import { Changes, PermanentError, TransientError } from '@swarmledger/runtime';
import { encodeGroup, type EventGroup } from '../encode-group.ts';
import type { EventSink } from '../event-sink.ts';
import type { EncodedEvent } from '../message-queue.ts';
import type { FlushOptions, PipelineCounts } from '../pipeline-contract.ts';
import { EventsRejectedError } from '../rejections.ts';

const flushTimeoutMs = 30_000;
/** The outbox is looked at this often while a flush waits, should no change be heard of. */
const lookMs = 500;

export interface OutboxSinkParts {
  readonly outbox: Outbox;
  /** Undefined: another process sends. */
  readonly syncer: Syncer | undefined;
  readonly eventScope: EventScope;
  readonly agentId: string;
  readonly nextSequence: number;
}

/** Events of one agent into an outbox: a record resolves once it is on the disk. */
export class OutboxSink implements EventSink {
  readonly #parts: OutboxSinkParts;
  readonly #changes = new Changes();
  readonly #told = new Set<number>();
  #nextSequence: number;
  #offered = 0;
  #durable = 0;
  #settled = 0;
  #rejected = 0;
  /** Of this agent's entries: where they are, the first and the last. */
  #place: { readonly project: number; readonly first: number; last: number } | undefined;
  #isClosed = false;

  constructor(parts: OutboxSinkParts) {
    this.#parts = parts;
    this.#nextSequence = parts.nextSequence;
  }

  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** `published` is what is durable; `committed` what was known to be at the last `flush`. */
  get counts(): PipelineCounts {
    const committed = this.#settled - this.#rejected;
    return { offered: this.#offered, published: this.#durable, committed, duplicates: 0, rejected: this.#rejected };
  }

  offer(group: EventGroup): Promise<void> {
    if (this.#isClosed) throw new PermanentError('closed', 'the connection is closed');
    const events = encodeGroup(group, this.#parts.eventScope);
    // All of it or nothing: content that is sent ahead is of no use without its change, nor the other way round.
    const entries = group.splittable === true ? events.map((event) => [event]) : [events];
    this.#offered += events.length;
    return this.#append(entries, group.priority ?? 'normal');
  }

  async flush(options: FlushOptions = {}): Promise<PipelineCounts> {
    const { until = 'committed', timeoutMs = flushTimeoutMs, signal } = options;
    if (until === 'accepted') return this.counts;
    await this.#parts.outbox.flush();
    if (until === 'committed') await this.#untilCommitted(performance.now() + timeoutMs, signal);
    return this.counts;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#parts.outbox.flush();
  }

  async #append(groups: readonly (readonly EncodedEvent[])[], priority: PriorityName): Promise<void> {
    const { outbox, eventScope, agentId } = this.#parts;
    const entries = groups.map((events): EntryInput => ({
      ...eventScope,
      agentId,
      priority: priorities[priority],
      sequence: 'by_outbox',
      events: events.map(({ eventId, raw }) => ({ eventId, raw })),
    }));
    const appended = await outbox.appendAll(entries);
    appended.forEach((result, index) => {
      if (result.kind === 'durable') this.#book(result, groups[index]?.length ?? 0);
    });
  }

  #book({ project, entry, firstSequence = 0 }: Extract<Appended, { kind: 'durable' }>, events: number): void {
    this.#durable += events;
    this.#nextSequence = Math.max(this.#nextSequence, firstSequence + events);
    this.#place ??= { project, first: entry, last: entry };
    this.#place.last = Math.max(this.#place.last, entry);
  }

  async #untilCommitted(deadlineMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { outbox, syncer } = this.#parts;
    const place = this.#place;
    if (place === undefined) return;
    const { project, last } = place;
    const durable = this.#durable;
    const stopListening = outbox.onChange(() => this.#changes.notify());
    // Few events wait for company otherwise. What comes of it is seen in the outbox.
    syncer?.drain().catch(() => undefined);
    try {
      while (!(await outbox.isSettled(project, last))) {
        signal?.throwIfAborted();
        const leftMs = deadlineMs - performance.now();
        if (leftMs <= 0) throw await this.#notCommitted();
        await this.#changes.next(Math.min(leftMs, lookMs), signal);
      }
    } finally {
      stopListening();
    }
    this.#settled = Math.max(this.#settled, durable);
    await this.#tellRejections(place);
  }

  async #notCommitted(): Promise<TransientError> {
    const { outbox, syncer } = this.#parts;
    const { events } = await outbox.stats();
    const problem = syncer?.status().lastError?.message;
    const why = problem === undefined ? '' : `; last problem: ${problem}`;
    return new TransientError(
      'not_committed',
      `${events} event(s) wait in ${outbox.file}: safe, but not committed in time${why}`,
    );
  }

  /** Parked entries of this agent, each told once. */
  async #tellRejections({ first }: { readonly first: number }): Promise<void> {
    const { outbox, eventScope, agentId } = this.#parts;
    const isNew = (parked: ParkedEntry): boolean =>
      parked.agentId === agentId && parked.entry >= first && !this.#told.has(parked.entry);
    const parked = (await outbox.parked({ ...eventScope })).filter(isNew);
    if (parked.length === 0) return;
    for (const { entry } of parked) this.#told.add(entry);
    const rejections = parked.flatMap(({ eventIds, code }) => eventIds.map((eventId) => ({ eventId, reason: code })));
    this.#rejected += rejections.length;
    throw new EventsRejectedError(rejections, rejections.length);
  }
}
