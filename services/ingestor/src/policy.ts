import { appendLimits } from '@swarmledger/ledger';
import type { BackoffPolicy } from '@swarmledger/runtime';
import type { BreakerPolicy } from './breaker.ts';
import type { RemovalPolicy } from './removed-tenants.ts';
import type { LanePolicy } from './overflow-lane.ts';
import type { QuotaPolicy } from './quota-book.ts';
import type { TransactionLimits } from './transactions.ts';
import type { WatchdogPolicy } from './watchdog.ts';

/** Every bound and interval of the ingestor. Per partition unless named otherwise. */
export interface IngestPolicy {
  readonly pull: { readonly messagesMax: number; readonly bytesMax: number; readonly waitMs: number };
  readonly transaction: TransactionLimits;
  /** Held messages are claimed again this often: well below the consumer's ack_wait of 30 s. */
  readonly heartbeatMs: number;
  /** Of one tenant. */
  readonly breaker: BreakerPolicy;
  readonly lane: LanePolicy;
  /** Of the whole process. */
  readonly quota: QuotaPolicy;
  readonly watchdog: WatchdogPolicy;
  /** Between two attempts at the same append, dead letter, connection. */
  readonly retry: BackoffPolicy;
  /** Before a lost partition is taken again: two processes that are configured for it must not fight. */
  readonly lease: BackoffPolicy;
  readonly feed: FeedPolicy;
  /** Of the whole process. */
  readonly removals: RemovalPolicy;
  /** Of the whole process. */
  readonly rejectionsRemembered: number;
  readonly tenantsRemembered: number;
  /** How long a commit in flight may take once the process was told to stop. */
  readonly drainMs: number;
}

/** Of the whole process: one group has rows of all its partitions. */
export interface FeedPolicy {
  readonly rowsTarget: number;
  readonly bytesMax: number;
  /** How long a group waits to fill up. */
  readonly fillMs: number;
  /** The same while commits have a backlog: few large inserts cost ClickHouse half of what many small ones do. */
  readonly backlogFillMs: number;
  /** A group's rows are read over so long, as all at once would hold up commits; at once while a backlog is worked off. */
  readonly readMs: number;
  /** Groups in memory. */
  readonly insertsAtOnce: number;
  readonly retry: BackoffPolicy;
}

const untilStopped: BackoffPolicy = { initialMs: 50, maxMs: 5_000, attemptsMax: Infinity };

export const defaultIngestPolicy: IngestPolicy = {
  // With two transactions of 1 MB per partition, eight partitions hold less than 50 MB. Decoded, a small event is ten times its bytes: more
  // messages are more memory, and no more speed, as the partitions' transactions share a commit.
  pull: { messagesMax: 500, bytesMax: 1_000_000, waitMs: 1_000 },
  transaction: {
    bytesTarget: appendLimits.transactionBytesTarget,
    eventsTarget: appendLimits.transactionEventsTarget,
    messagesMax: 1_000,
    // A quarter of a transaction: what returns from the lane leaves the rest to the others.
    returningEventsTarget: appendLimits.transactionEventsTarget / 4,
  },
  heartbeatMs: 8_000,
  breaker: { deadLettersMax: 500, windowMs: 60_000, coolDownMs: 30_000 },
  lane: {
    placesMax: 10_000,
    // 8 MB of packets, or 64 MB where each is one message of a megabyte.
    packetsMax: 64,
    fetchesAtOnce: 8,
    lookAgainMs: 30_000,
    heldRetryMs: 60_000,
  },
  quota: { refreshMs: 2_000, refreshedAtOnce: 2_000, tenantsMax: 50_000 },
  watchdog: { stallMs: 30_000, intervalMs: 5_000 },
  retry: untilStopped,
  lease: { initialMs: 1_000, maxMs: 60_000, attemptsMax: Infinity },
  feed: {
    rowsTarget: 10_000,
    // Rows are several times larger on their way to ClickHouse than in the ledger.
    bytesMax: 8 * 1024 * 1024,
    // With the insert behind both, rows are queryable within DESIGN.md's 1.5 s.
    fillMs: 400,
    readMs: 200,
    backlogFillMs: 4_000,
    insertsAtOnce: 2,
    retry: untilStopped,
  },
  removals: { everyMs: 60_000, settleMs: 10 * 60_000 },
  rejectionsRemembered: 20_000,
  tenantsRemembered: 10_000,
  // Leaves the rest of the 10 s to close everything else.
  drainMs: 5_000,
};
