import { priorities, readSyncStatus, type Outbox, type OutboxStats, type SyncStatus } from '@swarmledger/outbox';

export interface OutboxReport {
  readonly file: string;
  readonly nowMs: number;
  readonly outbox: OutboxStats;
  /** A syncer drains it at this moment. */
  readonly isRunning: boolean;
  /** What the running syncer says of itself, or the last one said. */
  readonly syncer: SyncStatus | undefined;
}

export async function readStatus(outbox: Outbox): Promise<OutboxReport> {
  const stats = await outbox.stats();
  const isRunning = !(await outbox.isUnlocked());
  return { file: outbox.file, nowMs: Date.now(), outbox: stats, isRunning, syncer: readSyncStatus(outbox.file) };
}

/** For people: one fact a line. */
export function describeStatus({ file, nowMs, outbox, isRunning, syncer }: OutboxReport): string {
  const age = outbox.oldestMs === undefined ? '' : `, the oldest for ${formatDuration(nowMs - outbox.oldestMs)}`;
  const lines = [
    ['outbox', file],
    ['waiting', `${outbox.events} events of ${outbox.projects} projects, ${formatBytes(outbox.bytes)}${age}`],
    ...outbox.byPriority.map(({ priority, events }) => [`  ${nameOf(priority)}`, `${events} events`]),
    ['parked', outbox.parked.entries === 0 ? 'none' : `${outbox.parked.events} events: see "sync parked ls"`],
    ['room', `${formatBytes(outbox.bytes + outbox.parked.bytes)} of ${formatBytes(outbox.bytesMax)}`],
    ...(outbox.droppedEvents > 0 ? [['dropped', `${outbox.droppedEvents} background signals, for want of room`]] : []),
    ['today', `${formatBytes(outbox.today.bytes)} sent, ${outbox.today.committedEvents} events committed`],
    ['syncer', describeSyncer(isRunning, syncer)],
    ...(syncer === undefined ? [] : describeDetails(syncer, nowMs, isRunning)),
  ];
  const width = Math.max(...lines.map(([name = '']) => name.length));
  return lines.map(([name = '', text = '']) => `${name.padEnd(width)}  ${text}`).join('\n');
}

function describeSyncer(isRunning: boolean, syncer: SyncStatus | undefined): string {
  if (!isRunning) return 'none is running: "swarmledger sync run" sends what waits';
  if (syncer === undefined) return 'starting';
  const by = syncer.throttledBy === undefined ? '' : ` (${syncer.throttledBy})`;
  return `${syncer.state}${by}, process ${syncer.pid} on ${syncer.host}`;
}

function describeDetails(syncer: SyncStatus, nowMs: number, isRunning: boolean): string[][] {
  const { lastError, lastCommitMs, nextAttemptMs, clockOffsetUs } = syncer;
  const ago = (ms: number): string => `${formatDuration(nowMs - ms)} ago`;
  const rate = `${syncer.eventsPerSecond} events/s, ${syncer.latencyMs} ms to the receipt, ${syncer.batchEvents} events a message`;
  return [
    ...(isRunning ? [['rate', rate]] : []),
    ...(lastCommitMs === undefined ? [] : [['last commit', ago(lastCommitMs)]]),
    ...(lastError === undefined
      ? []
      : [
          [
            'last error',
            `${lastError.code}, ${ago(lastError.atMs)}${lastError.project === undefined ? '' : `, ${lastError.project}`}: ${lastError.message}`,
          ],
        ]),
    ...(isRunning && nextAttemptMs !== undefined
      ? [['next attempt', `in ${formatDuration(nextAttemptMs - nowMs)}`]]
      : []),
    ...(isRunning
      ? syncer.held.map(({ project, code, untilMs }) => [
          'held',
          `${project}: ${code}, next in ${formatDuration(untilMs - nowMs)}`,
        ])
      : []),
    ...(clockOffsetUs === undefined
      ? []
      : [
          [
            'clock',
            `the hub's is ${formatDuration(Math.abs(clockOffsetUs) / 1_000)} ${clockOffsetUs < 0 ? 'behind' : 'ahead of'} this machine's`,
          ],
        ]),
  ];
}

function nameOf(priority: number): string {
  return Object.entries(priorities).find(([, value]) => value === priority)?.[0] ?? String(priority);
}

function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}

function formatBytes(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`;
  if (bytes < 10_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${Math.round(bytes / 1_000_000)} MB`;
}
