import type { BusCredentials, BusOptions } from '@swarmledger/bus';
import type { OutboxOptions, PriorityName, SyncPolicy } from '@swarmledger/outbox';
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
import { readTraceparent, type Logger, type Secret, type Tracer } from '@swarmledger/runtime';
import {
  buildChange,
  buildDecision,
  buildSignal,
  type ChangeInput,
  type DecisionInput,
  type EventInput,
  type SignalInput,
} from './payloads.ts';
import type { EventSink } from './event-sink.ts';
import type { CloseOptions, FlushOptions, PipelineCounts } from './pipeline-contract.ts';
import type { PipelinePolicy } from './policy.ts';
import type { EncryptionOptions, Sealer } from './sealer.ts';
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
  /**
   * W3C `traceparent` of the work that this is part of; a new trace when it is absent or broken. Where an OpenTelemetry span is
   * active, a record belongs to that one.
   */
  readonly traceparent?: string;
  /** On every event. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** What the next event is counted as: an agent that goes on under the same id passes its last `nextSequence`. 1 by default. */
  readonly nextSequence?: number;
  readonly policy?: Partial<PipelinePolicy>;
  readonly log?: Logger;
  /** Payloads are encrypted here with the tenant's data key; docs/tenancy.md says what still works on them. Off by default. */
  readonly encryption?: EncryptionOptions;
  /** `createOtelTracer()` of `@swarmledger/sdk/otel` shows publishing in the trace of what is published. Off by default. */
  readonly tracer?: Tracer;
}

/** A user and password, or what `createAgentCredentials` gives. */
export type Credentials =
  | { readonly kind?: 'password'; readonly user: string; readonly password: string | Secret }
  | Extract<BusCredentials, { readonly kind: 'jwt' }>;

/** Online: what is recorded is published at once. */
export interface OnlineOptions extends AgentOptions {
  readonly durable?: false;
  readonly servers: BusOptions['servers'];
  readonly credentials?: Credentials;
}

/** Durable: what is recorded is on this machine's disk first, and goes to the hub when there is one. */
export interface DurableOptions extends Omit<AgentOptions, 'nextSequence' | 'policy'> {
  readonly durable: true;
  /** The outbox's file, made when it is not there; agents and processes may share one. */
  readonly outbox: string | OutboxOptions;
  /** Absent: this process only records, and `swarmledger sync run` or the syncer service sends. */
  readonly servers?: BusOptions['servers'];
  /** A function is asked again for every connection: renewed credentials need no restart. */
  readonly credentials?: Credentials | (() => Credentials | Promise<Credentials>);
  readonly sync?: Partial<SyncPolicy>;
}

export type ConnectOptions = OnlineOptions | DurableOptions;

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
  /** See EventPipeline.flush. In durable mode also `until: 'durable'`. */
  flush(options?: FlushOptions): Promise<PipelineCounts>;
  /** See EventPipeline.close. */
  close(options?: CloseOptions): Promise<void>;
}

interface Draft {
  readonly eventId: EventId;
  readonly timestampUs: number;
  readonly trace: TraceContext;
  readonly input: EventInput;
  readonly payload: Payload;
}

type ClientOptions = Omit<AgentOptions, 'policy'>;

interface ClientParts {
  /** Closes what the sink stands on. */
  readonly release: () => Promise<void>;
  /** The span that is active where a record is made, when the program is traced. */
  readonly activeTrace: () => TraceContext | undefined;
  /** Encrypts what is to be encrypted; it stays its opener's. */
  readonly sealer: Sealer;
}

export class AgentClient implements SwarmLedger {
  readonly trace: TraceContext;
  readonly #base: Pick<SwarmEvent, 'tenant' | 'project' | 'branch' | 'agentId' | 'agentRole' | 'userId'>;
  readonly #attributes: Readonly<Record<string, string>>;
  readonly #sink: EventSink;
  readonly #activeTrace: () => TraceContext | undefined;
  readonly #release: () => Promise<void>;
  readonly #sealer: Sealer;
  #nextSequence: number;
  #closing: Promise<void> | undefined;

  constructor(sink: EventSink, options: ClientOptions, { release, activeTrace, sealer }: ClientParts) {
    this.trace = toTrace(options.traceparent) ?? createTrace();
    this.#base = {
      tenant: parseTenantId(options.tenant),
      project: parseProjectId(options.project),
      branch: parseBranchName(options.branch ?? ''),
      agentId: options.agentId,
      agentRole: options.agentRole ?? 'UNSPECIFIED',
      userId: options.userId ?? '',
    };
    this.#attributes = options.attributes ?? {};
    this.#sink = sink;
    this.#release = release;
    this.#activeTrace = activeTrace;
    this.#sealer = sealer;
    this.#nextSequence = options.nextSequence ?? 1;
  }

  get nextSequence(): number {
    return this.#sink.nextSequence ?? this.#nextSequence;
  }

  get counts(): PipelineCounts {
    return this.#sink.counts;
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
    return this.#record(this.#draft(signal, buildSignal(signal)), [], signal.priority);
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
    return this.#sink.flush(options);
  }

  close(options?: CloseOptions): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #record(last: Draft, before: readonly Draft[] = [], priority?: PriorityName): Promise<EventId> {
    await this.#offer([...before, last], 'splittable', priority);
    return last.eventId;
  }

  // Counts only what the pipeline takes: its refusals are thrown before anything is. An outbox counts by itself.
  #offer(drafts: readonly Draft[], cut: 'atomic' | 'splittable', priority?: PriorityName): Promise<void> {
    const isCounted = this.#sink.nextSequence === undefined;
    const events = drafts.map((item, index) =>
      this.#sealer.seal(this.#build(item, isCounted ? this.#nextSequence + index : 0)),
    );
    const admitted = this.#sink.offer({
      events,
      splittable: cut === 'splittable',
      ...(priority === undefined ? {} : { priority }),
    });
    this.#nextSequence += events.length;
    return admitted;
  }

  /** The trace is that of the call: later something else may be active. */
  #draft(input: EventInput, payload: Payload): Draft {
    const timeMs = input.at?.getTime() ?? Date.now();
    const trace = this.#activeTrace() ?? this.trace;
    // The chunks of its content have ids of their own.
    const given = payload.kind === 'content_chunk' ? undefined : input.eventId;
    return { eventId: given ?? createEventId(), timestampUs: Math.round(timeMs * 1_000), trace, input, payload };
  }

  #build({ eventId, timestampUs, trace, input, payload }: Draft, sequence: number): SwarmEvent {
    return {
      ...this.#base,
      eventId,
      timestampUs,
      traceId: trace.traceId,
      spanId: input.spanId ?? trace.spanId,
      parentEventId: input.parent ?? '',
      sequence,
      attributes: payload.kind === 'content_chunk' ? {} : { ...this.#attributes, ...input.attributes },
      payload,
    };
  }

  async #close(options: CloseOptions | undefined): Promise<void> {
    try {
      await this.#sink.close(options);
    } finally {
      await this.#release();
    }
  }
}

function toTrace(traceparent: string | undefined): TraceContext | undefined {
  const read = readTraceparent(traceparent);
  return read === undefined ? undefined : { traceId: read.traceId, spanId: read.spanId };
}
