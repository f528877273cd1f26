import type { EventId, Job, JobReport, TenantId } from '@swarmledger/protocol';
import type { PublishContext, StreamOptions } from './contract.ts';

export type JobQueueOptions = Pick<StreamOptions, 'replicas' | 'ackWaitMs'>;

/** Work for agents: `swarm.{tenant}.jobs`, one stream and one consumer for all tenants. */
export interface JobQueue {
  /** Makes the streams and the workers' consumer. Idempotent; `ensureStreams` does it too. */
  ensure(options?: JobQueueOptions): Promise<void>;
  /** Resolves when the stream has it. @throws TransientError stream_full and others */
  submit(tenant: TenantId, job: Job, context?: PublishContext): Promise<void>;
  /** The next job, whosoever; undefined when none came in time. @throws TransientError */
  take(options: { readonly waitMs: number; readonly signal: AbortSignal }): Promise<TakenJob | undefined>;
  /** Says how a job is doing; lasts a week. */
  report(tenant: TenantId, report: JobReport): Promise<void>;
  /** Adds to a job's log; lasts a week. */
  writeLog(tenant: TenantId, id: EventId, text: string): Promise<void>;
  /** Asks its worker, now or whenever it is taken, to stop it. */
  cancel(tenant: TenantId, id: EventId): Promise<void>;
  isCancelled(tenant: TenantId, id: EventId): Promise<boolean>;
  /** Calls back once the job is cancelled from now on. */
  onCancelled(tenant: TenantId, id: EventId, body: () => void): { close(): Promise<void> };
  /** The last report of each of the tenant's newest jobs (10,000 at most), the one last heard of at the end. */
  list(tenant: TenantId): AsyncIterable<JobReport>;
  /** Pieces of a job's log in order. */
  readLog(tenant: TenantId, id: EventId): AsyncIterable<string>;
}

/** What the message holds; `broken` is for the dead letters. */
export type JobEntry =
  | { readonly kind: 'job'; readonly tenant: TenantId; readonly job: Job }
  | { readonly kind: 'broken'; readonly why: string };

/** A job in this process's hands until it is acknowledged, handed back, or not claimed again for ack_wait. */
export interface TakenJob {
  readonly entry: JobEntry;
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
  /** In the stream. */
  readonly sequence: number;
  /** How often it was given out, this time included. */
  readonly attempt: number;
  readonly traceparent: string | undefined;
  /** Claims it for another ack_wait. */
  working(): void;
  retryLater(delayMs: number): void;
  /** Resolves when the server has confirmed it. @throws TransientError */
  ack(): Promise<void>;
}
