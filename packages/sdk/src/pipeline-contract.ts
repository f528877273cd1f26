import type { Bus } from '@swarmledger/bus';
import type { Logger, Tracer } from '@swarmledger/runtime';
import type { SettledCounts } from './confirmations.ts';
import type { EventGroup } from './encode-group.ts';
import type { PipelinePolicy } from './policy.ts';

/** What a pipeline needs of a bus. */
export type PipelineBus = Pick<Bus, 'publisher' | 'receipts'>;

export interface PipelineCounts extends SettledCounts {
  /** Events given to `publish`. Once all is settled it is committed + duplicates + rejected. */
  readonly offered: number;
  /** Events that the stream has accepted; less than offered by what `checkBefore` found committed already. */
  readonly published: number;
}

export interface FlushOptions {
  /**
   * `committed` (the default): the ledger has it. `accepted`: the stream has it. `durable`: a disk has it, that of the outbox or, without
   * one, the ledger's.
   */
  readonly until?: 'accepted' | 'durable' | 'committed';
  /** 30 s by default; Infinity for as long as it takes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface CloseOptions {
  /** How long the stream may take to accept what is buffered; 10 s by default. */
  readonly timeoutMs?: number;
}

/**
 * Already built events of one project on their way to the hub, in order: one message is in flight at a time, and it is tried
 * again, under the same batch id, until the stream accepts it. Holds bounded memory however many events pass through.
 */
export interface EventPipeline extends AsyncDisposable {
  readonly counts: PipelineCounts;
  /**
   * Takes a group; resolves once there was room for it. Calls keep their order, awaited or not.
   *
   * @throws ProtocolError, PermanentError group_too_large, TransientError buffer_full: then nothing of the group was taken
   */
  publish(group: EventGroup): Promise<void>;
  /**
   * Waits for everything published before.
   *
   * @throws EventsRejectedError once for each rejection; TransientError not_accepted, not_committed; the signal's reason
   */
  flush(options?: FlushOptions): Promise<PipelineCounts>;
  /**
   * Flushes until accepted and lets go of everything. Idempotent.
   *
   * @throws TransientError not_accepted naming how many events the stream did not take in time; EventsRejectedError
   */
  close(options?: CloseOptions): Promise<void>;
}

export interface PipelineOptions {
  readonly tenant: string;
  readonly project: string;
  readonly policy?: Partial<PipelinePolicy>;
  /**
   * Asks the hub for each event before it is published, and publishes nothing of a group that is committed already: `duplicates`
   * is then exact, whatever was lost or delivered twice. For imports that may run again.
   */
  readonly checkBefore?: boolean;
  /** Called at most every `progressIntervalMs` while counts change, and at the end of each flush. */
  readonly onProgress?: (counts: PipelineCounts) => void;
  readonly log?: Logger;
  /** One span per message, in the trace of its first event. Off by default. */
  readonly tracer?: Tracer;
}

export const progressIntervalMs = 200;
