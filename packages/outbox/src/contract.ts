import type { EventId, ProjectId, TenantId } from '@swarmledger/protocol';
import type { Logger } from '@swarmledger/runtime';

/** What may overtake what, in one project: a higher number goes first. Only system signals have anything but `normal`. */
export const priorities = { critical: 10, high: 8, normal: 5, low: 3, background: 1 } as const;
export type PriorityName = keyof typeof priorities;
export type Priority = (typeof priorities)[PriorityName];

export interface OutboxOptions {
  /** The SQLite file; made when it is not there. Several processes and threads may have it open. */
  readonly file: string;
  /** Bytes of events that it holds, 1 GiB by default. */
  readonly bytesMax?: number;
  /**
   * `fail` (the default): an append that does not fit fails with `outbox_full`. `drop_background`: background signals make
   * room, the oldest first, and are counted; what is still too much fails.
   */
  readonly whenFull?: 'fail' | 'drop_background';
  readonly log?: Logger;
}

/** Events that travel together: one, or an atomic group. */
export interface EntryInput {
  readonly tenant: TenantId;
  readonly project: ProjectId;
  readonly agentId: string;
  readonly priority: Priority;
  /** `by_outbox`: the outbox counts the agent's events, without gaps, over restarts. `by_producer`: they are counted already. */
  readonly sequence: 'by_outbox' | 'by_producer';
  /** Encoded and checked: what the hub would refuse must not get here. */
  readonly events: readonly { readonly eventId: EventId; readonly raw: Uint8Array }[];
}

export type Appended =
  /** It is on the disk. */
  | {
      readonly kind: 'durable';
      /** Its place in the outbox: grows with every append. */
      readonly entry: number;
      /** Number of the project in this outbox. */
      readonly project: number;
      /** What the entry's first event is counted as; undefined when its producer counts. */
      readonly firstSequence: number | undefined;
    }
  /** A background signal that did not fit, with `whenFull: 'drop_background'`. It is counted. */
  | { readonly kind: 'dropped' };

export interface PriorityDepth {
  readonly priority: Priority;
  readonly entries: number;
  readonly events: number;
  readonly bytes: number;
}

export interface OutboxStats {
  /** Not committed yet, without the parked ones. */
  readonly events: number;
  readonly entries: number;
  readonly bytes: number;
  /** Of those that have something, highest first. */
  readonly byPriority: readonly PriorityDepth[];
  readonly parked: { readonly entries: number; readonly events: number; readonly bytes: number };
  readonly projects: number;
  /** When the oldest of them was appended, Unix milliseconds by this machine's clock. */
  readonly oldestMs: number | undefined;
  /** Background signals that made room. */
  readonly droppedEvents: number;
  readonly bytesMax: number;
  readonly today: DayUsage;
}

export interface DayUsage {
  /** UTC, such as `2026-01-31`. */
  readonly day: string;
  /** Sent to the hub, whether it was committed or not. */
  readonly bytes: number;
  readonly messages: number;
  readonly committedEvents: number;
}

export interface PendingProject {
  readonly id: number;
  readonly tenant: TenantId;
  readonly project: ProjectId;
  readonly entries: number;
  readonly highest: Priority;
}

export interface ParkedEntry {
  readonly entry: number;
  readonly tenant: TenantId;
  readonly project: ProjectId;
  readonly agentId: string;
  readonly priority: Priority;
  readonly eventIds: readonly EventId[];
  readonly bytes: number;
  /** Unix milliseconds by this machine's clock. */
  readonly appendedMs: number;
  readonly parkedMs: number;
  /** A dead-letter reason of the hub, or the code of a refused publish. */
  readonly code: string;
  readonly message: string;
}

export interface ParkedFilter {
  readonly entry?: number;
  readonly tenant?: string;
  readonly project?: string;
  readonly code?: string;
}

/** Which entries one message carries, and how many bytes. */
export interface BatchRequest {
  readonly project: number;
  /** One entry is always taken, whatever its length. */
  readonly eventsMax: number;
  readonly bytesMax: number;
  /** Leave the others for later. */
  readonly priorityMin: Priority;
  readonly compress: boolean;
  /** The hub's clock minus ours, when it was measured: put on every event. */
  readonly clockOffsetUs?: number;
  /** Checks every event again, as the hub would: a message with them was refused. */
  readonly isSuspect: boolean;
}

export interface EntryRef {
  readonly entry: number;
  readonly events: number;
}

export interface OutgoingBatch {
  readonly tenant: TenantId;
  readonly project: ProjectId;
  readonly batchId: EventId;
  /** An encoded SwarmEventBatch. */
  readonly data: Uint8Array;
  readonly plainBytes: number;
  readonly entries: readonly EntryRef[];
  readonly eventIds: readonly EventId[];
  /** Of its entries. */
  readonly lowest: Priority;
  /** Everything of the asked priorities that the project has. */
  readonly isLast: boolean;
  /** W3C trace context of the first event, when it has one. */
  readonly traceparent?: string;
}

export interface EntryProblem {
  readonly entry: number;
  readonly code: string;
  readonly message: string;
}

export interface ReadBatch {
  /** Undefined: there is nothing to send. */
  readonly batch: OutgoingBatch | undefined;
  /** Entries that could not be read, or that the hub would refuse: they are to be parked. */
  readonly problems: readonly EntryProblem[];
}

/** What was sent since the last time it was said. */
export interface SentUsage {
  readonly day: string;
  readonly bytes: number;
  readonly messages: number;
  readonly committedEvents: number;
}

/**
 * The edge's durable queue. Entries of a project leave it in the order they came, except that system signals of a higher
 * priority go first. Every method may throw TransientError `disk_full`, `outbox_busy`, PermanentError `outbox_corrupt`,
 * `outbox_failed`, `closed`.
 */
export interface Outbox extends AsyncDisposable {
  readonly file: string;
  /**
   * Takes an entry at once and resolves when it is on the disk: many callers share one fsync, and none of them waits on the
   * event loop. Calls keep their order, awaited or not.
   *
   * @throws TransientError outbox_full, buffer_full, disk_full, PermanentError group_too_large: then nothing of the entry was taken
   */
  append(entry: EntryInput): Promise<Appended>;
  /** The same for several: all of them, next to each other, or none. For a change and the content that goes ahead of it. */
  appendAll(entries: readonly EntryInput[]): Promise<readonly Appended[]>;
  /** Resolves when everything taken so far is on the disk, or was refused. */
  flush(): Promise<void>;
  /** @param nowMs decides which day is today */
  stats(nowMs?: number): Promise<OutboxStats>;
  /** What the agent's next event will be counted as. */
  nextSequence(agent: Pick<EntryInput, 'tenant' | 'project' | 'agentId'>): Promise<number>;
  /** Every entry of the project up to this one has left the outbox, committed, parked or dropped. */
  isSettled(project: number, entry: number): Promise<boolean>;
  /** Calls `listener` after writes, of this process or another. Returns how to stop that. */
  onChange(listener: () => void): () => void;

  /** Oldest first. */
  parked(filter?: ParkedFilter, limit?: number): Promise<readonly ParkedEntry[]>;
  /** The events of a parked entry. Undefined: there is no such entry. */
  parkedEvents(entry: number): Promise<readonly Uint8Array[] | undefined>;
  /** Puts them back in their old place. Returns how many. */
  retryParked(filter?: ParkedFilter): Promise<number>;
  /** Removes them for good. Returns how many. */
  dropParked(filter?: ParkedFilter): Promise<number>;

  /**
   * The right to drain: one syncer per outbox. The operating system takes it back when the process ends, however it ends.
   *
   * @throws TransientError syncer_running
   */
  lock(): Promise<SyncLock>;
  /** Nobody drains at this moment. */
  isUnlocked(): Promise<boolean>;

  /** Idempotent. */
  close(): Promise<void>;
}

/** Everything that only the one syncer may do. */
export interface SyncLock {
  pending(): Promise<readonly PendingProject[]>;
  readBatch(request: BatchRequest): Promise<ReadBatch>;
  /** Committed: the entries are deleted, and what was sent is counted, in one transaction. */
  settle(entries: readonly number[], usage: SentUsage): Promise<void>;
  /** They will not be sent again until a person says so. */
  park(problems: readonly EntryProblem[], nowMs: number): Promise<void>;
  countSent(usage: SentUsage): Promise<void>;
  /** Idempotent. */
  release(): Promise<void>;
}
