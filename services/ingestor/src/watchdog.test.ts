import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepWatchdog, type Observation, type WatchdogState } from './watchdog.ts';

const policy = { stallMs: 1_000, intervalMs: 100 };
const idle: WatchdogState = { kind: 'idle' };
const moving = (sinceMs: number): WatchdogState => ({ kind: 'moving', sinceMs });
const stalled = (sinceMs: number, resubscribedAtMs?: number): WatchdogState => ({
  kind: 'stalled',
  sinceMs,
  resubscribedAtMs,
});
const seen = (nowMs: number, waiting: number, lastProgressMs?: number, isPulling = true): Observation => ({
  nowMs,
  waiting,
  lastProgressMs,
  isPulling,
});

type Row = readonly [string, WatchdogState, Observation, WatchdogState, 'none' | 'resubscribe'];
const table: readonly Row[] = [
  ['idle: nothing waits', idle, seen(9_000, 0), idle, 'none'],
  ['idle: the clock starts when something waits', idle, seen(9_000, 5, 10), moving(9_000), 'none'],
  ['moving: progress moves the clock', moving(100), seen(1_500, 5, 900), moving(900), 'none'],
  ['moving: nothing waits any more', moving(100), seen(1_500, 0, 900), idle, 'none'],
  ['moving: no progress is a stall', moving(100), seen(1_100, 5, 50), stalled(100, 1_100), 'resubscribe'],
  ['moving: no progress ever is a stall', moving(100), seen(1_100, 5), stalled(100, 1_100), 'resubscribe'],
  ['moving: a stall elsewhere is only told', moving(100), seen(1_100, 5, 50, false), stalled(100), 'none'],
  ['stalled: renews once per stall time', stalled(100, 1_100), seen(2_000, 5, 50), stalled(100, 1_100), 'none'],
  ['stalled: renews again', stalled(100, 1_100), seen(2_100, 5, 50), stalled(100, 2_100), 'resubscribe'],
  ['stalled: renews once it only pulls', stalled(100), seen(1_200, 5, 50), stalled(100, 1_200), 'resubscribe'],
  ['stalled: progress ends it', stalled(100, 1_100), seen(2_200, 5, 2_000), moving(2_000), 'none'],
  ['stalled: nothing waits any more', stalled(100, 1_100), seen(2_200, 0), idle, 'none'],
];

for (const [name, state, observation, expected, action] of table) {
  test(`watchdog ${name}`, () => {
    assert.deepEqual(stepWatchdog(state, observation, policy), { state: expected, action });
  });
}
