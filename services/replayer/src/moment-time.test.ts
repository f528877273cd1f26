import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMomentTime, parseMomentTimeMs } from './moment-time.ts';

const nowMs = Date.UTC(2026, 10, 21, 12, 0, 0);

test('reads ISO 8601 with a zone to the microsecond', () => {
  assert.equal(parseMomentTime('2026-11-21T05:00:00Z'), Date.UTC(2026, 10, 21, 5) * 1_000);
  assert.equal(parseMomentTime('2026-11-21T05:00:00.123456Z'), Date.UTC(2026, 10, 21, 5) * 1_000 + 123_456);
  assert.equal(parseMomentTime('2026-11-21 05:00:00.1234567 Z'), Date.UTC(2026, 10, 21, 5) * 1_000 + 123_456);
  assert.equal(parseMomentTime('2026-11-21T05:00+02:00'), Date.UTC(2026, 10, 21, 3) * 1_000);
  assert.equal(parseMomentTime('2026-11-21T05:00:00-0530'), Date.UTC(2026, 10, 21, 10, 30) * 1_000);
});

test('reads a time without a zone as local', () => {
  assert.equal(parseMomentTimeMs('2026-11-21 05:00'), new Date(2026, 10, 21, 5).getTime());
  assert.equal(parseMomentTimeMs('2026-11-21T05:00:07'), new Date(2026, 10, 21, 5, 0, 7).getTime());
  assert.equal(parseMomentTimeMs('2026-11-21'), new Date(2026, 10, 21).getTime());
});

test('reads Unix milliseconds, "ago" and "now"', () => {
  assert.equal(parseMomentTimeMs('1763701200123'), 1_763_701_200_123);
  assert.equal(parseMomentTimeMs('10m ago', nowMs), nowMs - 600_000);
  assert.equal(parseMomentTimeMs(' 2 hours ago ', nowMs), nowMs - 7_200_000);
  assert.equal(parseMomentTimeMs('1 week ago', nowMs), nowMs - 7 * 86_400_000);
  assert.equal(parseMomentTimeMs('30 s ago', nowMs), nowMs - 30_000);
  assert.equal(parseMomentTimeMs('Now', nowMs), nowMs);
});

test('refuses what is not a time in one sentence', () => {
  const bad = [
    '',
    'yesterday',
    '2026-13-01',
    '2026-02-30',
    '2026-11-21T25:00Z',
    '2026-11-21 05:00:61',
    '2026-1-1',
    '5',
    'NaN',
  ];
  for (const text of [...bad, '2026-11-21Z', '10 parsecs ago', 'x'.repeat(10_000)]) {
    assert.throws(() => parseMomentTime(text), { name: 'PermanentError', code: 'invalid_time' }, text);
  }
  assert.throws(() => parseMomentTime('1763701200'), /in seconds\? then it is 1763701200000/);
});
