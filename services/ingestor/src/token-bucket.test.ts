import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.ts';

const rate = { eventsPerSecond: 100, burstEvents: 20 };

test('a burst goes at once, and then no more than the rate', () => {
  const bucket = new TokenBucket(rate, 0);
  let passed = 0;
  for (; bucket.waitMs(0) === 0; passed++) bucket.take(1);
  assert.equal(passed, 20);
  assert.equal(bucket.waitMs(0), 10);
  assert.equal(bucket.waitMs(10), 0);
});

test('a batch larger than the bucket goes, and its debt is waited for', () => {
  const bucket = new TokenBucket(rate, 0);
  bucket.take(120);
  assert.equal(bucket.waitMs(0), 1_010);
  bucket.giveBack(100);
  assert.equal(bucket.waitMs(0), 10);
  bucket.giveBack(1_000);
  bucket.take(20);
  assert.ok(bucket.waitMs(0) > 0, 'never more than the burst');
});

test('another rate holds at once, and its burst is no present', () => {
  const bucket = new TokenBucket(rate, 0);
  bucket.take(20);
  bucket.configure({ eventsPerSecond: 1_000, burstEvents: 500 }, 0);
  assert.equal(bucket.waitMs(0), 1);
  bucket.configure({ eventsPerSecond: 1_000, burstEvents: 5 }, 10_000);
  bucket.take(5);
  assert.ok(bucket.waitMs(10_000) > 0);
});

test('in the long run no more than burst, rate and one batch go through, whatever the batches are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ events: fc.integer({ min: 1, max: 50 }), afterMs: fc.integer({ min: 0, max: 200 }) })),
      (offers) => {
        const bucket = new TokenBucket(rate, 0);
        let nowMs = 0;
        let passed = 0;
        for (const { events, afterMs } of offers) {
          nowMs += afterMs;
          if (bucket.waitMs(nowMs) > 0) continue;
          bucket.take(events);
          passed += events;
          assert.ok(passed <= 20 + nowMs / 10 + 50);
        }
      },
    ),
  );
});
