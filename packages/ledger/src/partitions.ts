import type { EventId, ProjectId, ReceivedEvent, RejectionCode, TenantId, Version } from '@swarmledger/protocol';

/** What one append should carry. A target, not a limit: one message may be larger. */
export const appendLimits = {
  /** FoundationDB commits fastest well below its 10 MB transaction limit, and a retry costs the whole transaction. */
  transactionBytesTarget: 1_000_000,
  /** Twice as many are no faster, and decoded they are 25 MB more in an ingestor of eight partitions. */
  transactionEventsTarget: 500,
} as const;

export interface Partitions {
  /**
   * Takes the partition over unconditionally. Appends of its older owner fail from then on with `lease_lost`, whatever its
   * clock says.
   */
  acquire(partition: number, owner: string): Promise<Lease>;
  /**
   * A writer beside the partition's owner, which it does not fence and is not fenced by: for a producer next to the cluster, whose
   * projects have no other way in that they would have to be in order with. What it appends is fed with the partition.
   */
  beside(partition: number): Writer;
}

export interface Writer {
  readonly partition: number;
  /**
   * Commits messages in their order, each all or nothing, in one transaction (several when they exceed its limits). Returns
   * one result per message, in the same order. Safe to call again with the same messages: what is committed is found.
   *
   * @throws TransientError lease_lost, or why the ledger could not be reached; then nothing is known about the messages
   */
  append(
    messages: readonly AppendMessage[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<readonly AppendResult[]>;
}

/** The right to append what one partition carries. */
export interface Lease extends Writer {
  readonly owner: string;
  /** Resolves when nobody had taken the partition over at the moment of the call. @throws TransientError lease_lost */
  confirm(): Promise<void>;
  /** Gives the partition back unless it was taken over. Idempotent. */
  release(): Promise<void>;
}

/** The events of one bus message. */
export interface AppendMessage {
  readonly tenant: TenantId;
  readonly project: ProjectId;
  readonly events: readonly ReceivedEvent[];
}

export interface AppendedEvent {
  readonly eventId: EventId;
  readonly version: Version;
  /** It was committed before this call, or stands earlier in this call. */
  readonly duplicate: boolean;
}

export type AppendResult =
  | {
      readonly kind: 'committed';
      readonly events: readonly AppendedEvent[];
      /** Conflict events that the ledger committed beside them. */
      readonly conflicts: number;
    }
  /** This message wrote nothing and never will; the other messages of the call did. */
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly message: string };
