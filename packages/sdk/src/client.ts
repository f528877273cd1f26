import type { BusOptions } from '@swarmledger/bus';
import {
  createEventId,
  parseBranchName,
  parseProjectId,
  parseTenantId,
  type AgentRole,
  type EventId,
  type Payload,
  type SwarmEvent,
} from '@swarmledger/protocol';
import { noTracer, readTraceparent, type Logger, type Secret, type Tracer } from '@swarmledger/runtime';
import {
  buildChange,
  buildDecision,
  buildSignal,
  type ChangeInput,
  type DecisionInput,
  type EventInput,
  type SignalInput,
} from './payloads.ts';
import type { BusPipeline } from './pipeline.ts';
import type { CloseOptions, FlushOptions, PipelineCounts } from './pipeline-contract.ts';
import type { PipelinePolicy } from './policy.ts';
import { createTrace, type TraceContext } from './trace.ts';

export interface AgentOptions {
  readonly tenant: string;
  readonly project: string;
  /** Unique among what runs at the same time: `sequence` counts per agent. */
  readonly agentId: string;
  readonly agentRole?: AgentRole;
  readonly userId?: string;
  /** `main` by default. */
  readonly branch?: string;
  /** W3C `traceparent` of the work that this is part of; a new trace when it is absent or broken. */
  readonly traceparent?: string;
  /** On every event. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** What the next event is counted as: an agent that goes on under the same id passes its last `nextSequence`. 1 by default. */
  readonly nextSequence?: number;
  readonly policy?: Partial<PipelinePolicy>;
  readonly log?: Logger;
  /**
   * Off by default, and then it costs nothing. With `createOtelTracer()` of `@swarmledger/sdk/otel` each event belongs to the OpenTelemetry span that records
   * it, and publishing shows in the same trace.
   */
  readonly tracer?: Tracer;
}

export interface ConnectOptions extends AgentOptions {
  readonly servers: BusOptions['servers'];
  readonly credentials?: { readonly user: string; readonly password: string | Secret };
}

/** Records events into one atomic group; each call returns the id that later ones can name as their parent. */
export interface BatchRecorder {
  recordDecision(decision: DecisionInput): EventId;
  recordChange(change: ChangeInput): EventId;
  recordSignal(signal: SignalInput): EventId;
}

/**
 * One agent's connection. `record…` returns the event's id as soon as the event is buffered; it waits while the buffer is full.
 * Calls keep their order, awaited or not. What is refused before it is buffered throws and is not counted: ProtocolError for an
 * event that the hub would not take, TransientError `buffer_full` when too many calls wait.
 */
export interface SwarmLedger extends AsyncDisposable {
  readonly trace: TraceContext;
  /** What the next event will be counted as. */
  readonly nextSequence: number;
  readonly counts: PipelineCounts;
  recordDecision(decision: DecisionInput): Promise<EventId>;
  /** Content above 512 KiB travels ahead of its change, in chunks. */
  recordChange(change: ChangeInput): Promise<EventId>;
  recordSignal(signal: SignalInput): Promise<EventId>;
  /**
   * Runs `record`, then sends what it recorded as one message: all of it is committed, or nothing. When `record` throws, nothing
   * is sent. @throws PermanentError group_too_large, empty_group
   */
  batch<T>(record: (batch: BatchRecorder) => T | Promise<T>): Promise<T>;
  /** See EventPipeline.flush. */
  flush(options?: FlushOptions): Promise<PipelineCounts>;
  /** See EventPipeline.close. */
  close(options?: CloseOptions): Promise<void>;
}

interface Draft {
  readonly eventId: EventId;
  readonly timestampUs: number;
  /** Of the caller's own span. */
  readonly active: TraceContext | undefined;
  readonly input: EventInput;
  readonly payload: Payload;
}

export class AgentClient implements SwarmLedger {
  readonly trace: TraceContext;
  readonly #base: Pick<SwarmEvent, 'tenant' | 'project' | 'branch' | 'agentId' | 'agentRole' | 'userId' | 'traceId'>;
  readonly #attributes: Readonly<Record<string, string>>;
  readonly #pipeline: BusPipeline;
  readonly #tracer: Tracer;
  readonly #release: () => Promise<void>;
  #nextSequence: number;
  #closing: Promise<void> | undefined;

  /** @param release closes what the pipeline stands on */
  constructor(pipeline: BusPipeline, options: AgentOptions, release: () => Promise<void>) {
    this.trace = toTrace(options.traceparent) ?? createTrace();
    this.#tracer = options.tracer ?? noTracer;
    this.#base = {
      tenant: parseTenantId(options.tenant),
      project: parseProjectId(options.project),
      branch: parseBranchName(options.branch ?? ''),
      agentId: options.agentId,
      agentRole: options.agentRole ?? 'UNSPECIFIED',
      userId: options.userId ?? '',
      traceId: this.trace.traceId,
    };
    this.#attributes = options.attributes ?? {};
    this.#pipeline = pipeline;
    this.#release = release;
    this.#nextSequence = options.nextSequence ?? 1;
  }

  get nextSequence(): number {
    return this.#nextSequence;
  }

  get counts(): PipelineCounts {
    return this.#pipeline.counts;
  }

  // Each of these runs up to its first await at once, so their order is that of the calls.
  async recordDecision(decision: DecisionInput): Promise<EventId> {
    return this.#record(this.#draft(decision, buildDecision(decision)));
  }

  async recordChange(input: ChangeInput): Promise<EventId> {
    const { chunks, change } = buildChange(input);
    const before = chunks.map((chunk) => this.#draft(input, chunk));
    return this.#record(this.#draft(input, change), before);
  }

  async recordSignal(signal: SignalInput): Promise<EventId> {
    return this.#record(this.#draft(signal, buildSignal(signal)));
  }

  async batch<T>(record: (batch: BatchRecorder) => T | Promise<T>): Promise<T> {
    const chunks: Draft[] = [];
    const drafts: Draft[] = [];
    const add = (list: Draft[], input: EventInput, payload: Payload): EventId => {
      const added = this.#draft(input, payload);
      list.push(added);
      return added.eventId;
    };
    const result = await record({
      recordDecision: (decision) => add(drafts, decision, buildDecision(decision)),
      recordSignal: (signal) => add(drafts, signal, buildSignal(signal)),
      recordChange: (input) => {
        const built = buildChange(input);
        for (const chunk of built.chunks) add(chunks, input, chunk);
        return add(drafts, input, built.change);
      },
    });
    // Content may be there without its change; the other way round the group would be refused.
    if (chunks.length > 0) await this.#offer(chunks, 'splittable');
    await this.#offer(drafts, 'atomic');
    return result;
  }

  flush(options?: FlushOptions): Promise<PipelineCounts> {
    return this.#pipeline.flush(options);
  }

  close(options?: CloseOptions): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #record(last: Draft, before: readonly Draft[] = []): Promise<EventId> {
    await this.#offer([...before, last], 'splittable');
    return last.eventId;
  }

  #draft(input: EventInput, payload: Payload): Draft {
    const timeMs = input.at?.getTime() ?? Date.now();
    // A span id of the caller's belongs to the client's trace.
    const active = this.#tracer.isOn && input.spanId === undefined ? this.#tracer.activeTraceparent() : undefined;
    return {
      // The chunks of its content have ids of their own.
      eventId: payload.kind === 'content_chunk' ? createEventId() : (input.eventId ?? createEventId()),
      timestampUs: Math.round(timeMs * 1_000),
      active: toTrace(active),
      input,
      payload,
    };
  }

  // Counts only what the pipeline takes: its refusals are thrown before anything is.
  #offer(drafts: readonly Draft[], cut: 'atomic' | 'splittable'): Promise<void> {
    const events = drafts.map((item, index) => this.#build(item, this.#nextSequence + index));
    const admitted = this.#pipeline.offer({ events, splittable: cut === 'splittable' });
    this.#nextSequence += events.length;
    return admitted;
  }

  #build({ eventId, timestampUs, active, input, payload }: Draft, sequence: number): SwarmEvent {
    return {
      ...this.#base,
      ...(active === undefined ? {} : { traceId: active.traceId }),
      eventId,
      timestampUs,
      spanId: input.spanId ?? active?.spanId ?? this.trace.spanId,
      parentEventId: input.parent ?? '',
      sequence,
      attributes: payload.kind === 'content_chunk' ? {} : { ...this.#attributes, ...input.attributes },
      payload,
    };
  }

  async #close(options: CloseOptions | undefined): Promise<void> {
    try {
      await this.#pipeline.close(options);
    } finally {
      await this.#release();
    }
  }
}

function toTrace(traceparent: string | undefined): TraceContext | undefined {
  const read = readTraceparent(traceparent);
  return read === undefined ? undefined : { traceId: read.traceId, spanId: read.spanId };
}
