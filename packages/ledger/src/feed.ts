import type { BranchName, ProjectId, TenantId, Version } from '@swarmledger/protocol';
import type { ReadOptions, StoredEvent, WatchOptions } from './history.ts';

export const feedLimits = {
  /** Rows of one group: one ClickHouse block, and so one token. */
  groupRowsMax: 50_000,
  /** Event bytes of one group: it is held in memory. A single commit may exceed it. */
  groupBytesMax: 32 * 1024 * 1024,
  /** Partitions of one group: each has the group's bounds, of all of them. */
  groupPartitionsMax: 32,
  /** Commits that `progress` counts per partition before it stops counting. */
  progressCommitsMax: 10_000,
} as const;

/** The transactional outbox towards analytics: what was committed and is not there yet, at commit granularity. */
export interface Feed {
  /** For one feeder: it remembers what that one has seen. */
  open(): FeedReader;
  progress(options?: ReadOptions): Promise<FeedProgress>;

  /**
   * First step of a rebuild: no group is given out from now on. Waits up to `drainMs` (10 s by default) for the groups being
   * inserted to complete, then drops every commit up to `upTo` from the feed: `allHistory(upTo)` gives them. Commits after
   * `upTo` stay in the feed. May be called again after a crash; `upTo` is then newer.
   */
  pause(options?: { readonly drainMs?: number; readonly signal?: AbortSignal }): Promise<{ readonly upTo: Version }>;
  /** Last step of a rebuild. Idempotent. */
  resume(): Promise<void>;
  /** Every event of every tenant up to a version, project by project, branch by branch, in bounded memory. */
  allHistory(upTo: Version, options?: ReadOptions): AsyncIterable<FeedRow>;
  /** Committed events of every branch, from its head record. */
  counts(options?: ReadOptions): AsyncIterable<BranchCount>;
}

export interface FeedProgress {
  readonly paused: boolean;
  /** Sums over the partitions. */
  readonly pendingCommits: number;
  readonly pendingRows: number;
  /** True: there are more pending commits than were counted. */
  readonly more: boolean;
  /** Unix milliseconds; absent when nothing is pending. */
  readonly oldestCommitTimeMs?: number;
  /** Only partitions that have something pending. */
  readonly partitions: readonly PartitionProgress[];
}

export interface PartitionProgress {
  readonly partition: number;
  readonly pendingCommits: number;
  readonly pendingRows: number;
  readonly oldestCommitTimeMs?: number;
  /** The group being inserted. */
  readonly groupId?: string;
}

export interface FeedReader {
  /**
   * The next rows of these partitions, oldest first within each; the partitions in the order that they are named, until a group is
   * full. It is persisted with each of its partitions before it is given out; until it is complete every call that names one of
   * them, by anybody and after any crash, gives the same one again with `recovered: true`. Undefined: nothing to feed, or the feed
   * is paused.
   */
  nextGroup(partitions: readonly number[], limits: GroupLimits): Promise<FeedGroup | undefined>;
  /**
   * The group's rows in pages, branch by branch, each branch in version order: the same rows in the same order every time. A page
   * is a few hundred rows: a whole group is many times as large decoded as it is stored.
   *
   * @throws PermanentError corrupt_record, after the last page: history does not have all of them
   */
  rows(group: FeedGroup, options?: ReadOptions): AsyncIterable<readonly FeedRow[]>;
  /** Drops the group and its commits from the feed, all its partitions in one transaction. Does nothing when it is not the current one. */
  complete(group: FeedGroup): Promise<void>;
  /**
   * Takes a group back that was not sent to ClickHouse: its commits come again in other groups. Does nothing when it was given out
   * twice, to whomever: then nobody can know that it was not sent.
   */
  dissolve(group: FeedGroup): Promise<void>;
  /** Resolves when there may be something new in one of these partitions, or the signal fires. */
  watch(partitions: readonly number[], options: WatchOptions): Promise<void>;
}

export interface GroupLimits {
  /** Whole commits are added until a group has this many rows; at most `feedLimits.groupRowsMax`. */
  readonly rowsTarget: number;
  readonly bytesMax: number;
}

/**
 * Consecutive commits of each of its partitions, all of one calendar month (UTC): one block in one ClickHouse partition, so one token
 * makes it exactly once.
 */
export interface FeedGroup {
  /** Unique for ever: the insert's deduplication token. */
  readonly id: string;
  /** One for each of its partitions. */
  readonly slices: readonly FeedSlice[];
  /** It was given out before: its rows may be in ClickHouse already. */
  readonly recovered: boolean;
  readonly rows: number;
  readonly bytes: number;
  /** Commit time of its earliest commit, Unix milliseconds. */
  readonly commitTimeMs: number;
  /** Of the partitions asked for, those that may have more than this group took. */
  readonly left: readonly number[];
}

export interface FeedSlice {
  readonly partition: number;
  /** The first version of its first commit and the last of its last. */
  readonly from: Version;
  readonly to: Version;
}

export interface FeedRow extends StoredEvent {
  readonly tenant: TenantId;
  readonly project: ProjectId;
  readonly branch: BranchName;
}

export interface BranchCount {
  readonly tenant: TenantId;
  readonly project: ProjectId;
  readonly branch: BranchName;
  readonly events: number;
}
