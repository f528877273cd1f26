import type { Metrics } from '@swarmledger/runtime';

/** Upper bounds of the commit latency histogram, seconds. */
const latencyBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Gauges that only the partition's owner knows. */
const ofPartition = [
  'swarmledger_lag_messages',
  'swarmledger_last_progress_seconds',
  'swarmledger_breaker_state',
  'swarmledger_overflow_projects',
  'swarmledger_overflow_wait_seconds',
  'swarmledger_overflow_held_projects',
];

/** What is counted, by name, in one place. */
export class IngestMetrics {
  readonly registry: Metrics;

  constructor(registry: Metrics) {
    this.registry = registry;
  }

  committed(partition: number, counts: { readonly events: number; readonly duplicates: number }): void {
    const labels = { partition };
    this.registry.add('swarmledger_events_committed_total', 'New events in the ledger', counts.events, labels);
    this.registry.add(
      'swarmledger_events_duplicate_total',
      'Events that the ledger had already',
      counts.duplicates,
      labels,
    );
  }

  conflicts(partition: number, count: number): void {
    this.registry.add('swarmledger_conflicts_total', 'Conflict events written by the ledger', count, { partition });
  }

  transaction(partition: number, seconds: number, events: number): void {
    const labels = { partition };
    this.registry.set('swarmledger_batch_events', 'Events of the last ledger transaction', events, labels);
    const help = 'From the first attempt at a transaction to its commit';
    this.registry.observe('swarmledger_commit_seconds', help, seconds, latencyBounds);
  }

  deadLetter(reason: string): void {
    this.registry.add('swarmledger_dead_letters_total', 'Messages moved to the dead letters', 1, { reason });
  }

  misdirectedAck(): void {
    const help = 'Acknowledgements of other publishes that came as messages, and were discarded';
    this.registry.add('swarmledger_misdirected_acks_total', help, 1);
  }

  retried(step: 'append' | 'dead_letter' | 'feed' | 'overflow' | 'lookup', code: string): void {
    this.registry.add('swarmledger_retries_total', 'Attempts that failed and were made again', 1, { step, code });
  }

  progress(partition: number, unixSeconds: number): void {
    const help = 'When the partition last committed or dead-lettered something, Unix time';
    this.registry.set('swarmledger_last_progress_seconds', help, unixSeconds, { partition });
  }

  lag(partition: number, waiting: number): void {
    this.registry.set('swarmledger_lag_messages', 'Messages in the stream that are not committed', waiting, {
      partition,
    });
  }

  breaker(partition: number, state: 'closed' | 'open' | 'half_open'): void {
    const value = { closed: 0, half_open: 1, open: 2 }[state];
    this.registry.set(
      'swarmledger_breaker_state',
      'The worst of its tenants’ breakers: 0 closed, 1 half open, 2 open',
      value,
      { partition },
    );
  }

  overflowMoved(partition: number, messages: number): void {
    const help = 'Messages moved to the overflow lane: their project is over its rate, or its tenant’s breaker is open';
    this.registry.add('swarmledger_overflow_moved_total', help, messages, { partition });
  }

  overflowReturned(partition: number, messages: number): void {
    const help = 'Messages of the overflow lane that are settled';
    this.registry.add('swarmledger_overflow_returned_total', help, messages, { partition });
  }

  overflowPlaces(partition: number, count: number): void {
    this.registry.set('swarmledger_overflow_projects', 'Projects that wait in the overflow lane', count, { partition });
  }

  overflowOldest(partition: number, seconds: number): void {
    const help = 'How long what was fetched last had been in the overflow lane';
    this.registry.set('swarmledger_overflow_wait_seconds', help, seconds, { partition });
  }

  overflowHeld(partition: number, count: number): void {
    const help = 'Projects that found the overflow lane full: their messages stay in the partition';
    this.registry.set('swarmledger_overflow_held_projects', help, count, { partition });
  }

  overflowDepth(depth: { readonly packets: number; readonly bytes: number }): void {
    this.registry.set('swarmledger_overflow_packets', 'Packets in the overflow lane, of the whole hub', depth.packets);
    this.registry.set('swarmledger_overflow_bytes', 'Bytes in the overflow lane, of the whole hub', depth.bytes);
  }

  /** A project beyond those that the lane can take up was not slowed down. */
  overflowCrowded(partition: number): void {
    const help = 'Messages over their rate that were let through: too many projects in the overflow lane';
    this.registry.add('swarmledger_overflow_crowded_total', help, 1, { partition });
  }

  quotaUnread(tenants: number): void {
    const help = 'Tenants whose quota could not be read: their events were let through, and are counted';
    this.registry.add('swarmledger_quota_unread_total', help, tenants);
  }

  /** How many partitions this process runs. */
  owned(count: number): void {
    this.registry.set('swarmledger_partitions_owned', 'Partitions that this process runs', count);
  }

  /** What is known of a partition is its next owner's to say. */
  forget(partition: number): void {
    for (const name of ofPartition) this.registry.remove(name, { partition });
  }

  fed(rows: number): void {
    this.registry.add('swarmledger_feed_rows_total', 'Rows inserted into ClickHouse', rows);
    this.registry.add('swarmledger_feed_groups_total', 'Groups inserted into ClickHouse', 1);
  }

  feedBacklog(backlog: { readonly pendingRows: number; readonly oldestAgeSeconds: number }): void {
    this.registry.set('swarmledger_feed_backlog_rows', 'Committed rows not in ClickHouse', backlog.pendingRows);
    this.registry.set('swarmledger_feed_backlog_seconds', 'Age of the oldest of them', backlog.oldestAgeSeconds);
  }
}
