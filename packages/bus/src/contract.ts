import type { JobQueue } from './jobs-contract.ts';
import type { Roster, RosterOptions } from './roster-contract.ts';
import type { EventId, EventScope, LanePlace, ProjectId, Receipt, SwarmEvent, TenantId } from '@swarmledger/protocol';
import type { Logger, Secret } from '@swarmledger/runtime';

/** A user JWT of a hub in operator mode. */
export interface IssuedJwt {
  readonly jwt: string;
  /** Unix milliseconds; Infinity when it does not end. */
  readonly expiresAtMs: number;
}

export type BusCredentials =
  | { readonly kind?: 'password'; readonly user: string; readonly password: Secret }
  | {
      readonly kind: 'jwt';
      /** The user's private nkey (SU…): it stays here, servers see signatures. */
      readonly seed: Secret;
      /** A JWT for the seed's public key. Called again well before the last one ends, and until it answers. */
      readonly issue: () => Promise<IssuedJwt>;
    };

export interface BusOptions {
  /** `nats://host:port`, one or several. */
  readonly servers: string | readonly string[];
  /** Shown in the server's connection list. */
  readonly name: string;
  readonly credentials?: BusCredentials;
  readonly log?: Logger;
}

export interface StreamOptions {
  readonly partitions: number;
  /** Of each partition stream; what does not fit is refused, never dropped. */
  readonly maxBytesPerStream?: number;
  /** Of one project: a flooding one leaves room for the others. */
  readonly maxMessagesPerProject?: number;
  readonly maxBytesDeadLetters?: number;
  /** Of the overflow lane. */
  readonly maxBytesOverflow?: number;
  /** Of one project in the overflow lane. */
  readonly maxOverflowPacketsPerProject?: number;
  readonly replicas?: number;
  /** Redelivery of what was neither acked nor claimed again. Milliseconds. */
  readonly ackWaitMs?: number;
}

/** `refused`: the server does not take the credentials; it is asked again and again, with the same ones. */
export type BusConnectionState = 'connected' | 'lost' | 'refused' | 'closed';

/** A connection to NATS and everything that SwarmLedger does with it. Reconnects for ever. */
export interface Bus extends AsyncDisposable {
  readonly publisher: EventPublisher;
  readonly deadLetters: DeadLetters;
  readonly overflow: OverflowStream;
  readonly receipts: ReceiptBus;
  readonly jobs: JobQueue;
  readonly isConnected: boolean;
  /** Calls `listener` on every change from now on. Returns how to stop that. */
  onConnection(listener: (state: BusConnectionState) => void): () => void;
  /** Makes or updates streams and consumers, those of jobs included. Idempotent. @throws PermanentError partitions_changed */
  ensureStreams(options: StreamOptions): Promise<void>;
  /**
   * Begins at the oldest message that is not acknowledged, whoever had it before. One owner at a time: the older one's pulls
   * fail from then on. @throws TransientError while the streams are not made
   */
  openPartition(partition: number): Promise<PartitionConsumer>;
  /** Joins the other ingestors, to share the partitions with them. @throws TransientError */
  openRoster(options: RosterOptions): Promise<Roster>;
  /** Messages of a partition that are not acknowledged, as KEDA sees them. */
  lag(partition: number): Promise<PartitionLag>;
  /** Drains: what was published is flushed. Idempotent. */
  close(): Promise<void>;
}

export interface PartitionLag {
  /** Not delivered yet. */
  readonly pending: number;
  /** Delivered, not acknowledged. */
  readonly unacknowledged: number;
}

export interface PublishAck {
  readonly stream: string;
  readonly sequence: number;
  /** Seen within the last two minutes: a courtesy, the real answer is the ledger's. */
  readonly duplicate: boolean;
}

export interface PublishContext {
  /** W3C trace context. */
  readonly traceparent?: string;
}

/**
 * Resolves when JetStream has accepted. Many publishes may be in flight; more than `publishesInFlightMax` wait.
 *
 * @throws TransientError stream_full, no_responders, timeout, disconnected; PermanentError permission_denied,
 *   message_too_large
 */
export interface EventPublisher {
  publishEvent(event: SwarmEvent, context?: PublishContext): Promise<PublishAck>;
  /** @param events each event's bytes, all of `scope` */
  publishBatch(
    batchId: EventId,
    events: readonly Uint8Array[],
    scope: EventScope,
    context?: PublishContext,
  ): Promise<PublishAck>;
  /** As it is, to whatever subject: for tests and tools. */
  publishRaw(subject: string, data: Uint8Array, headers?: ReadonlyMap<string, string>): Promise<PublishAck>;
}

export interface PullOptions {
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** How long to wait for the first message. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** One partition's messages in stream order. Prefetch is bounded in messages and bytes. */
export interface PartitionConsumer {
  /**
   * What is there, up to the bounds; empty when nothing came in time.
   *
   * @throws TransientError stream_unavailable; deliveries_lost when the next message would overtake others, consumer_replaced:
   *   after each of them the partition has to be opened again; PermanentError connection_closed; AbortError
   */
  pull(options: PullOptions): Promise<readonly BusMessage[]>;
  /** Claims what was prefetched for another ack_wait. */
  working(): void;
  /** Begins anew at the oldest message that is not acknowledged: for a subscription that seems dead. */
  resubscribe(): Promise<void>;
  /** Hands back what was prefetched. Idempotent. */
  close(): Promise<void>;
}

export interface BusMessage {
  /** With the partition token, where the server adds it. */
  readonly subject: string;
  readonly data: Uint8Array;
  readonly kind: 'event' | 'batch';
  readonly headers: ReadonlyMap<string, string>;
  /** In the stream. */
  readonly sequence: number;
  readonly redelivered: boolean;
  readonly traceparent: string | undefined;
  ack(): void;
  /** Claims it for another ack_wait. */
  working(): void;
  /** Hands it back. */
  retryLater(delayMs: number): void;
}

export interface DeadLetterInput {
  /** The original's. */
  readonly subject: string;
  /** The original's, in its stream: a letter that is put twice because an ack was lost is one letter. */
  readonly originalSequence: number;
  readonly reason: string;
  readonly message: string;
  readonly data: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
}

export interface DeadLetter extends DeadLetterInput {
  /** Its number among the dead letters: what `get`, `replay` and `drop` take. */
  readonly sequence: number;
  readonly tenant: string;
  readonly time: Date;
}

export interface DeadLetterFilter {
  readonly tenant?: string;
  readonly reason?: string;
  readonly sequence?: number;
}

/** Messages that could not be committed, with their original bytes, until a person decides. */
export interface DeadLetters {
  /** Resolves when it is stored; only then may the original be acked. */
  put(letter: DeadLetterInput): Promise<void>;
  /** In order, one at a time: bounded memory however many there are. */
  list(filter?: DeadLetterFilter): AsyncIterable<DeadLetter>;
  /** Publishes each to its original subject, and removes it once that was accepted. Returns how many. */
  replay(filter?: DeadLetterFilter): Promise<number>;
  /** Removes for good. Returns how many. */
  drop(filter?: DeadLetterFilter): Promise<number>;
  count(filter?: Pick<DeadLetterFilter, 'tenant' | 'reason'>): Promise<number>;
}

/** A message as it waits in the overflow lane. */
export interface WaitingMessage {
  /** The original's, with its partition token. */
  readonly subject: string;
  /** The original's, in its partition's stream. */
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
}

/** Consecutive messages of one place. */
export interface LanePacket {
  readonly sequence: number;
  /** When it was stored. */
  readonly time: Date;
  /** Empty for what is no packet: a publisher may have its acknowledgements sent anywhere. */
  readonly messages: readonly WaitingMessage[];
}

/** Where a packet ended up. */
export interface LanePosition {
  readonly place: LanePlace;
  readonly sequence: number;
}

/**
 * The overflow lane: messages that came faster than their project's rate, in packets, each project in order behind its own subject.
 * All partitions share the stream; a partition's owner reads and writes its part.
 */
export interface OverflowStream {
  /**
   * Puts messages of one place behind what is there, in as many packets as they need, one after the other. Resolves with the last
   * one's sequence, once all are stored. A repetition within two minutes is stored once.
   *
   * @throws TransientError stream_full; PermanentError message_too_large
   */
  put(partition: number, place: LanePlace, messages: readonly WaitingMessage[]): Promise<number>;
  /** Places of a partition that have something, none of it behind `sequence`. */
  places(partition: number): Promise<readonly LanePosition[]>;
  /** The place's first packet from `sequence` on. */
  next(partition: number, place: LanePlace, sequence: number): Promise<LanePacket | undefined>;
  /** Idempotent. */
  remove(sequence: number): Promise<void>;
  /** Those of a tenant that have something, in name order. */
  projects(tenant: TenantId): Promise<readonly ProjectId[]>;
  /** Of all partitions. */
  depth(): Promise<{ readonly packets: number; readonly bytes: number }>;
}

export interface ReceiptSubscription extends AsyncIterable<readonly Receipt[]> {
  close(): Promise<void>;
}

export interface QueryOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface ClockReading {
  /** The hub's clock minus ours, microseconds. Off by at most half the round trip. */
  readonly offsetUs: number;
  readonly roundTripUs: number;
}

export type ReceiptHandler = (
  tenant: TenantId,
  project: ProjectId,
  eventIds: readonly EventId[],
) => Promise<readonly Receipt[]>;

export interface ReceiptBus {
  /** Core NATS: lossy by nature. */
  announce(tenant: TenantId, project: ProjectId, receipts: readonly Receipt[]): void;
  subscribe(tenant: TenantId, project: ProjectId): Promise<ReceiptSubscription>;
  /** Asks the hub, in pages. @throws TransientError no_responders, timeout, disconnected */
  query(
    tenant: TenantId,
    project: ProjectId,
    eventIds: readonly EventId[],
    options: QueryOptions,
  ): Promise<readonly Receipt[]>;
  /** Undefined from a hub that does not tell its time. @throws TransientError no_responders, timeout, disconnected */
  measureClock(tenant: TenantId, project: ProjectId, options: QueryOptions): Promise<ClockReading | undefined>;
  /** Answers queries, sharing them with every other ingestor. */
  answer(handler: ReceiptHandler): Promise<{ close(): Promise<void> }>;
}
