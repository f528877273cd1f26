import { parseProjectId, parseTenantId, type EventScope } from '@swarmledger/protocol';
import {
  Changes,
  noTracer,
  PermanentError,
  Scope,
  silentLogger,
  TransientError,
  withDeadline,
} from '@swarmledger/runtime';
import { Confirmations } from './confirmations.ts';
import { encodeGroup, type EventGroup } from './encode-group.ts';
import type { EventSink } from './event-sink.ts';
import { Gate } from './gate.ts';
import { MessageQueue, type EncodedEvent, type OutgoingMessage } from './message-queue.ts';
import {
  progressIntervalMs,
  type CloseOptions,
  type EventPipeline,
  type FlushOptions,
  type PipelineBus,
  type PipelineCounts,
  type PipelineOptions,
} from './pipeline-contract.ts';
import { resolvePolicy, type PipelinePolicy } from './policy.ts';
import { publishQueued, type PipelineState } from './publish-loop.ts';
import { askForLateReceipts, listenForReceipts } from './receipt-loops.ts';
import { EventsRejectedError } from './rejections.ts';

const flushTimeoutMs = 30_000;
const closeTimeoutMs = 10_000;
/** After the stop signal the loops only have a call to the bus to come back from. */
const loopsStopMs = 2_000;

type Milestone = 'accepted' | 'committed';

/** A pipeline that is running. @throws ProtocolError, PermanentError invalid_config */
export async function openBusPipeline(bus: PipelineBus, options: PipelineOptions): Promise<BusPipeline> {
  const pipeline = new BusPipeline(bus, options);
  await pipeline.open();
  return pipeline;
}

export class BusPipeline implements EventPipeline, EventSink {
  /** The client counts. */
  readonly nextSequence = undefined;
  readonly #options: PipelineOptions;
  readonly #eventScope: EventScope;
  readonly #policy: PipelinePolicy;
  readonly #queue: MessageQueue;
  readonly #confirmations: Confirmations;
  readonly #gate: Gate;
  readonly #changes = new Changes();
  readonly #state: PipelineState;
  readonly #stop = new AbortController();
  readonly #resources = new Scope();
  #calls = 0;
  #admittedCalls = 0;
  #offered = 0;
  #published = 0;
  #failure: { readonly cause: unknown } | undefined;
  #closing: Promise<void> | undefined;

  constructor(bus: PipelineBus, options: PipelineOptions) {
    this.#options = options;
    this.#eventScope = { tenant: parseTenantId(options.tenant), project: parseProjectId(options.project) };
    this.#policy = resolvePolicy(options.policy);
    this.#queue = new MessageQueue(this.#policy);
    this.#confirmations = new Confirmations({ asksFirst: options.checkBefore === true });
    const { waitingCallsMax: callsMax, bufferBytesMax: bytesMax } = this.#policy;
    this.#gate = new Gate(() => this.#hasRoom(), { callsMax, bytesMax });
    this.#state = {
      bus,
      eventScope: this.#eventScope,
      queue: this.#queue,
      confirmations: this.#confirmations,
      changes: this.#changes,
      tracer: options.tracer ?? noTracer,
      log: (options.log ?? silentLogger).with({ ...this.#eventScope }),
      onProgress: (publishedEvents) => {
        this.#published += publishedEvents;
        this.#gate.open();
        this.#changes.notify();
      },
    };
  }

  get counts(): PipelineCounts {
    return { offered: this.#offered, published: this.#published, ...this.#confirmations.counts };
  }

  /** Subscribes to receipts and starts publishing. */
  async open(): Promise<void> {
    const { tenant, project } = this.#eventScope;
    const announcements = await this.#state.bus.receipts.subscribe(tenant, project);
    const { signal } = this.#stop;
    const loops = [
      publishQueued(this.#state, { asksFirst: this.#options.checkBefore === true, signal }),
      askForLateReceipts(this.#state, { receiptWaitMs: this.#policy.receiptWaitMs, signal }),
      listenForReceipts(this.#state, announcements),
    ].map((loop) => loop.catch((cause: unknown) => this.#fail(cause)));
    this.#resources.defer('loops', async () => {
      await withDeadline(Promise.all(loops), loopsStopMs, 'ending the pipeline');
    });
    this.#resources.defer('receipts', () => announcements.close());
    this.#reportProgress();
  }

  // The body of an async function runs at once: calls that are not awaited keep their order.
  async publish(group: EventGroup): Promise<void> {
    await this.offer(group);
  }

  /** Like `publish`, but what is refused is thrown at once. */
  offer(group: EventGroup): Promise<void> {
    if (this.#closing !== undefined) throw new PermanentError('closed', 'the pipeline is closed');
    if (this.#failure !== undefined) throw this.#failure.cause;
    const events = encodeGroup(group, this.#eventScope);
    const call = this.#calls + 1;
    const bytes = events.reduce((sum, event) => sum + event.raw.length, 0);
    const admitted = this.#gate.enter(bytes, () => {
      this.#admittedCalls = call;
      if (group.splittable === true) this.#queueEach(events, call);
      else this.#queueWhole(events, call);
      this.#changes.notify();
    });
    this.#calls = call;
    this.#offered += events.length;
    return admitted;
  }

  async flush(options: FlushOptions = {}): Promise<PipelineCounts> {
    // The bus promises nothing about disks: what is durable is committed.
    const milestone = options.until === 'accepted' ? 'accepted' : 'committed';
    await this.#reach(milestone, options.timeoutMs ?? flushTimeoutMs, options.signal);
    this.#options.onProgress?.(this.counts);
    const { rejections, count } = this.#confirmations.takeRejections();
    if (count > 0) throw new EventsRejectedError(rejections, count);
    return this.counts;
  }

  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options.timeoutMs ?? closeTimeoutMs);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #queueEach(events: readonly EncodedEvent[], call: number): void {
    const nowMs = performance.now();
    for (const event of events) this.#confirmations.track(this.#queue.add(event, call, nowMs), event.eventId);
  }

  #queueWhole(events: readonly EncodedEvent[], call: number): void {
    const message = this.#queue.addWhole(events, call);
    for (const event of events) this.#confirmations.track(message, event.eventId);
  }

  #hasRoom(): boolean {
    const { bufferBytesMax, unconfirmedEventsMax } = this.#policy;
    return this.#queue.bytes < bufferBytesMax && this.#confirmations.unsettled < unconfirmedEventsMax;
  }

  async #reach(milestone: Milestone, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const call = this.#calls;
    const deadlineMs = performance.now() + timeoutMs;
    this.#queue.complete();
    this.#changes.notify();
    while (!this.#isReached(milestone, call)) {
      signal?.throwIfAborted();
      if (this.#failure !== undefined) throw this.#failure.cause;
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0 || this.#stop.signal.aborted) throw this.#incomplete();
      await this.#changes.next(leftMs, signal);
      this.#queue.complete();
    }
  }

  #isReached(milestone: Milestone, call: number): boolean {
    const isPast = (message: OutgoingMessage | undefined): boolean => message === undefined || message.firstCall > call;
    const accepted = this.#admittedCalls >= call && isPast(this.#queue.first);
    return accepted && (milestone === 'accepted' || isPast(this.#confirmations.oldest));
  }

  #incomplete(): TransientError {
    const queued = this.#queue.list().reduce((sum, message) => sum + message.ids.length, 0);
    const waiting = this.#gate.waiting === 0 ? '' : ` and ${this.#gate.waiting} more call(s) wait for room`;
    if (queued > 0 || waiting !== '') {
      return new TransientError('not_accepted', `the hub has not accepted ${queued} event(s) in time${waiting}`);
    }
    const unsettled = this.#confirmations.unsettled;
    return new TransientError(
      'not_committed',
      `${unsettled} event(s) are accepted by the hub, but not confirmed as committed in time`,
    );
  }

  #fail(cause: unknown): void {
    this.#failure ??= { cause };
    this.#gate.refuseAll(cause instanceof Error ? cause : new Error(String(cause)));
    this.#changes.notify();
  }

  #reportProgress(): void {
    const { onProgress } = this.#options;
    if (onProgress === undefined) return;
    let told = '';
    const timer = setInterval(() => {
      const counts = this.counts;
      const text = JSON.stringify(counts);
      if (text !== told) onProgress(counts);
      told = text;
    }, progressIntervalMs);
    this.#resources.defer('progress', () => clearInterval(timer));
  }

  async #close(timeoutMs: number): Promise<void> {
    const failures: unknown[] = [];
    const keep = (error: unknown): void => void failures.push(error);
    await this.flush({ until: 'accepted', timeoutMs }).catch(keep);
    this.#gate.refuseAll(new PermanentError('closed', 'the pipeline was closed before there was room'));
    this.#stop.abort();
    await this.#resources.close().catch(keep);
    if (failures.length > 0) throw failures[0];
  }
}
