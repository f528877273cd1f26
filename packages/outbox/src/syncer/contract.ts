import type { EventScope, RejectionCode } from '@swarmledger/protocol';
import type { BackoffPolicy, Logger } from '@swarmledger/runtime';
import type { Outbox, OutgoingBatch } from '../contract.ts';

/** `unauthorized`: the hub does not take the credentials. `disconnected`: an attempt to reach it has failed. */
export type UplinkState = 'connecting' | 'connected' | 'disconnected' | 'unauthorized' | 'closed';

export type Confirmation =
  /** The ledger has all of it. */
  | { readonly kind: 'committed' }
  /** The hub will never commit this message, and has told so of this message. */
  | { readonly kind: 'rejected'; readonly code: RejectionCode }
  /** The hub answers, and does not know the events after all this time: the message is to be sent again. */
  | { readonly kind: 'unknown' };

/** A message that the hub has taken. */
export interface AcceptedBatch {
  /**
   * Waits for the hub's word, as long as the hub does not answer at all: then it still has the message.
   *
   * @param options.republishAfterMs how long an answering hub may not know the events
   */
  confirm(options: { readonly republishAfterMs: number; readonly signal: AbortSignal }): Promise<Confirmation>;
}

/** The way to the ledger: through the hub's bus, or straight into it. */
export interface Uplink {
  readonly state: UplinkState;
  /** Why the last attempt to connect failed; undefined while it is connected. */
  readonly problem: { readonly code: string; readonly message: string } | undefined;
  /** Calls `listener` on every change from now on. Returns how to stop that. */
  onState(listener: (state: UplinkState) => void): () => void;
  /**
   * Resolves when the batch was accepted.
   *
   * @throws TransientError; PermanentError and ProtocolError for what will never be accepted
   */
  publish(batch: OutgoingBatch, options: { readonly signal: AbortSignal }): Promise<AcceptedBatch>;
  /** The hub's clock minus ours, microseconds; undefined when it does not say. @throws TransientError */
  measureClock(scope: EventScope, options: { readonly signal: AbortSignal }): Promise<number | undefined>;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface SyncPolicy {
  /** Events of a project's first message; later ones follow the measured latency. */
  readonly batchEventsInitial: number;
  readonly batchEventsMax: number;
  /** Before compression. */
  readonly batchBytesMax: number;
  /** Messages grow while they are committed within this time, milliseconds. */
  readonly latencyTargetMs: number;
  /** How long a few events wait for company at most, milliseconds; it follows the latency. Critical and high ones never do. */
  readonly lingerMsMax: number;
  /** Projects whose message is being read or published at a time. One project has one message on its way: order. */
  readonly projectsAtOnce: number;
  /** Projects that wait for a receipt at a time. */
  readonly unconfirmedProjectsMax: number;
  /** After the world failed. It never ends. */
  readonly retry: BackoffPolicy;
  /** After the hub said no to the project as a whole: unknown tenant, over quota, no permission. */
  readonly refusedRetry: BackoffPolicy;
  /** How long an answering hub may not know what it accepted, milliseconds. Doubled each time, up to fifteen minutes. */
  readonly republishAfterMs: number;
  /** Infinity: as fast as it goes. */
  readonly bytesPerSecond: number;
  readonly burstBytes: number;
  /** Of rate and daily quota, 0..1: kept for critical signals. */
  readonly criticalShare: number;
  /** Sent per UTC day; Infinity: no quota. */
  readonly dailyBytesMax: number;
  readonly compress: boolean;
  readonly clockIntervalMs: number;
}

export interface SyncerOptions {
  readonly outbox: Outbox;
  /** Stays the caller's. */
  readonly uplink: Uplink;
  readonly policy?: Partial<SyncPolicy>;
  /** When another syncer drains the outbox: `wait` (the default) takes over when it ends, `fail` throws. */
  readonly whenLocked?: 'wait' | 'fail';
  /** Wall clock, Unix milliseconds; decides which day it is, and nothing else. */
  readonly clock?: () => number;
  readonly log?: Logger;
}

export type SyncState =
  | 'waiting_for_lock'
  | 'idle'
  | 'sending'
  /** The hub has accepted, and has not confirmed for a while. */
  | 'waiting_for_receipts'
  /** The rate or the daily quota is used up. */
  | 'throttled'
  | 'retrying'
  | 'offline'
  | 'unauthorized'
  | 'stopped';

export interface SyncProblem {
  readonly code: string;
  readonly message: string;
  /** Unix milliseconds. */
  readonly atMs: number;
  /** `tenant/project`, when it is only one's. */
  readonly project?: string;
}

export interface HeldProject {
  readonly project: string;
  readonly code: string;
  readonly message: string;
  /** Unix milliseconds. */
  readonly untilMs: number;
}

/** What a syncer says of itself. Counts are since its start. */
export interface SyncStatus {
  readonly pid: number;
  readonly host: string;
  readonly state: SyncState;
  readonly link: UplinkState;
  /** What `throttled` is about. */
  readonly throttledBy?: 'rate_used_up' | 'quota_used_up';
  /** Unix milliseconds. */
  readonly startedMs: number;
  readonly updatedMs: number;
  readonly lastError?: SyncProblem;
  readonly lastCommitMs?: number;
  readonly nextAttemptMs?: number;
  /** Over the last ten seconds. */
  readonly eventsPerSecond: number;
  readonly committedEvents: number;
  readonly parkedEntries: number;
  readonly messages: number;
  readonly sentBytes: number;
  /** Before compression. */
  readonly plainBytes: number;
  /** Publish to receipt, smoothed. */
  readonly latencyMs: number;
  readonly batchEvents: number;
  /** The hub's clock minus this machine's, as last measured. */
  readonly clockOffsetUs?: number;
  /** At most twenty. */
  readonly held: readonly HeldProject[];
  readonly dailyBytesMax?: number;
}

export type DrainOutcome =
  | { readonly kind: 'empty' }
  /** What is left cannot go now. */
  | { readonly kind: 'stuck'; readonly problem: SyncProblem | undefined };

/** Drains one outbox until it is closed. */
export interface Syncer extends AsyncDisposable {
  /** Rejects when it cannot go on: a damaged outbox. */
  readonly finished: Promise<void>;
  status(): SyncStatus;
  /** Resolves when there is nothing to send, or nothing that can be sent now. Few events do not wait for company meanwhile. */
  drain(options?: { readonly signal?: AbortSignal }): Promise<DrainOutcome>;
  /** Waits for what is on its way, a moment at most; what is not confirmed then is sent again next time. Idempotent. */
  close(): Promise<void>;
}
