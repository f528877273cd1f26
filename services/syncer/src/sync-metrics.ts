import { priorities, readSyncStatus, type OutboxStats, type Syncer, type SyncStatus } from '@swarmledger/outbox';
import { Metrics } from '@swarmledger/runtime';

const states: readonly SyncStatus['state'][] = [
  'waiting_for_lock',
  'idle',
  'sending',
  'waiting_for_receipts',
  'throttled',
  'retrying',
  'offline',
  'unauthorized',
];

/** What the outbox and its syncer are worth to an operator, set anew before each scrape. */
export function setSyncMetrics(metrics: Metrics, stats: OutboxStats, status: SyncStatus, nowMs: number): void {
  for (const [name, priority] of Object.entries(priorities)) {
    const events = stats.byPriority.find((depth) => depth.priority === priority)?.events ?? 0;
    metrics.set('swarmledger_outbox_events', 'Events that are not committed yet.', events, { priority: name });
  }
  const set = (name: string, help: string, value: number): void => metrics.set(name, help, value);
  const ageSeconds = stats.oldestMs === undefined ? 0 : Math.max(0, nowMs - stats.oldestMs) / 1_000;
  set('swarmledger_outbox_bytes', 'Bytes that the outbox holds.', stats.bytes + stats.parked.bytes);
  set('swarmledger_outbox_bytes_max', 'Bytes that the outbox may hold.', stats.bytesMax);
  set('swarmledger_outbox_oldest_age_seconds', 'Age of the oldest event that is not committed.', ageSeconds);
  set('swarmledger_outbox_parked_entries', 'Entries that the hub refused.', stats.parked.entries);
  set('swarmledger_outbox_dropped_events', 'Background signals that made room.', stats.droppedEvents);
  set('swarmledger_sync_bytes_today', 'Bytes sent on this UTC day.', stats.today.bytes);
  set('swarmledger_sync_events_per_second', 'Events committed, over ten seconds.', status.eventsPerSecond);
  set('swarmledger_sync_latency_seconds', 'Publish to receipt.', status.latencyMs / 1_000);
  set('swarmledger_sync_committed_events', 'Events committed since the start.', status.committedEvents);
  set('swarmledger_sync_sent_bytes', 'Bytes sent since the start.', status.sentBytes);
  if (status.clockOffsetUs !== undefined) {
    set('swarmledger_sync_clock_offset_seconds', 'The hub’s clock minus this machine’s.', status.clockOffsetUs / 1e6);
  }
  for (const state of states) {
    metrics.set('swarmledger_sync_state', 'One for the state it is in.', state === status.state ? 1 : 0, { state });
  }
}

/** The syncer's own word, or that of the process that drains the outbox instead of it. */
export function currentStatus(syncer: Syncer, outboxFile: string): SyncStatus {
  const own = syncer.status();
  return own.state === 'waiting_for_lock' ? { ...(readSyncStatus(outboxFile) ?? own), state: 'waiting_for_lock' } : own;
}
