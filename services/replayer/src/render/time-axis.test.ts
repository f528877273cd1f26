import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, formatInstant, labelTimes } from './time-axis.ts';

const day = 86_400_000;

test('durations are said in two units at most', () => {
  for (const [ms, expected] of [
    [0.5, '0.5 ms'],
    [950, '950 ms'],
    [1_500, '1.5 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [90 * day + 1, '90 d'],
    [800 * day, '2 y 70 d'],
  ] as const) {
    assert.equal(formatDuration(ms), expected);
  }
});

test('labels stand below round times, never touch, and stay within the chart', () => {
  const fromMs = Date.UTC(2026, 0, 1, 9, 58);
  assert.equal(labelTimes({ fromMs, toMs: fromMs + 40 * 60_000 }, 41), '  10:00     10:10     10:20     10:30');
  assert.equal(labelTimes({ fromMs, toMs: fromMs }, 41), '09:58:00Z');
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4e12 }),
      fc.integer({ min: 1, max: 4e12 }),
      fc.integer({ min: 16, max: 200 }),
      (from, span, columns) => {
        const line = labelTimes({ fromMs: from, toMs: from + span }, columns);
        assert.ok(line.length <= columns);
        assert.match(line, /^ *([\d:.-]+ {2,})*([\d:.-]+)?$/);
      },
    ),
  );
});

test('an instant has milliseconds only when they say something', () => {
  assert.equal(formatInstant(0), '1970-01-01 00:00:00Z');
  assert.equal(formatInstant(1), '1970-01-01 00:00:00.001Z');
});
