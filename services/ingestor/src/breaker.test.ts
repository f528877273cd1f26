import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedBreaker, nextBreakerState, type BreakerEvent, type BreakerState } from './breaker.ts';

const policy = { deadLettersMax: 3, windowMs: 1_000, coolDownMs: 500 };
const tick: BreakerEvent = { kind: 'tick' };
const handled = (committed: number, deadLettered: number): BreakerEvent => ({
  kind: 'handled',
  committed,
  deadLettered,
});
const closed = (...deadLettersAtMs: number[]): BreakerState => ({ kind: 'closed', deadLettersAtMs });
const open = (untilMs: number): BreakerState => ({ kind: 'open', untilMs });
const halfOpen: BreakerState = { kind: 'half_open' };

const table: readonly (readonly [string, BreakerState, BreakerEvent, number, BreakerState])[] = [
  ['closed: time changes nothing', closed(10), tick, 5_000, closed(10)],
  ['closed: commits change nothing', closed(10), handled(50, 0), 20, closed(10)],
  ['closed: dead letters are counted', closed(10), handled(5, 1), 20, closed(10, 20)],
  ['closed: those before the window are forgotten', closed(10, 20), handled(0, 1), 1_015, closed(20, 1_015)],
  ['closed: a burst opens it', closed(10, 20), handled(9, 1), 30, open(530)],
  ['closed: one transaction can be a burst', closedBreaker, handled(0, 1_000_000), 30, open(530)],
  ['open: stays open until the cool-down is over', open(530), tick, 529, open(530)],
  ['open: what was under way still counts for nothing', open(530), handled(1, 1), 100, open(530)],
  ['open: goes half open after the cool-down', open(530), tick, 530, halfOpen],
  ['half open: time changes nothing', halfOpen, tick, 9_999, halfOpen],
  ['half open: a transaction without messages changes nothing', halfOpen, handled(0, 0), 600, halfOpen],
  ['half open: a commit closes it', halfOpen, handled(1, 2), 600, closedBreaker],
  ['half open: dead letters alone open it again', halfOpen, handled(0, 1), 600, open(1_100)],
];

for (const [name, state, event, nowMs, expected] of table) {
  test(`breaker ${name}`, () => assert.deepEqual(nextBreakerState(state, event, nowMs, policy), expected));
}
