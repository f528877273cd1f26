import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Quota, TenantUsage } from '@swarmledger/ledger';
import { parseTenantId } from '@swarmledger/protocol';
import { Metrics, silentLogger, TransientError } from '@swarmledger/runtime';
import { IngestMetrics } from './ingest-metrics.ts';
import { QuotaBook } from './quota-book.ts';

const acme = parseTenantId('acme');
const morning = Date.parse('2026-01-31T08:00:00Z');
const nextDay = Date.parse('2026-02-01T00:00:01Z');

/** A book over a count that the test changes; `refresh` reads it again. */
function open(quota: Partial<Quota>) {
  const state = { events: 0, quota, nowMs: morning, isDown: false };
  const usages = async (): Promise<ReadonlyMap<typeof acme, TenantUsage>> => {
    if (state.isDown) throw new TransientError('ledger_unavailable', 'down');
    const record = { id: acme, displayName: '', plan: 'free' as const, createdAtMs: 0, quota: state.quota };
    return new Map([[acme, { record, events: state.events }]]);
  };
  const book = new QuotaBook({
    tenants: { usages },
    quotas: 'plans',
    policy: { refreshMs: 1, refreshedAtOnce: 10, tenantsMax: 10 },
    metrics: new IngestMetrics(new Metrics()),
    log: silentLogger,
    clock: () => state.nowMs,
  });
  const refresh = async (until: () => boolean): Promise<void> => {
    const stop = new AbortController();
    const running = book.run(stop.signal);
    while (!until()) {
      book.quota(acme);
      await new Promise((resolve) => setImmediate(resolve));
    }
    stop.abort();
    await running;
  };
  return { state, book, refresh };
}

test('what is let through and not settled counts, duplicates do not', async () => {
  const { book } = open({ eventsPerDay: 10 });
  await book.load(new Set([acme]));
  assert.equal(book.reserve(acme, 6), true);
  assert.equal(book.reserve(acme, 6), false);
  book.settle(acme, { reserved: 6, committed: 2 });
  assert.equal(book.reserve(acme, 8), true);
  book.settle(acme, { reserved: 8, committed: 8 });
  assert.equal(book.reserve(acme, 1), false);
});

test('after a refusal nothing smaller overtakes, until the limit or the day is another', async () => {
  const { state, book, refresh } = open({ eventsPerDay: 10 });
  await book.load(new Set([acme]));
  assert.equal(book.reserve(acme, 11), false);
  assert.equal(book.reserve(acme, 1), false);
  state.quota = { eventsPerDay: 12 };
  await refresh(() => book.quota(acme).eventsPerDay === 12);
  assert.equal(book.reserve(acme, 11), true);
  book.settle(acme, { reserved: 11, committed: 11 });
  assert.equal(book.reserve(acme, 2), false);
  state.nowMs = nextDay;
  assert.equal(book.reserve(acme, 12), true);
});

test('a reading that has some of our commits already does not count them twice', async () => {
  const { state, book, refresh } = open({ eventsPerDay: 10 });
  await book.load(new Set([acme]));
  assert.equal(book.reserve(acme, 5), true);
  // Committed, and we have not heard yet.
  state.events = 5;
  state.quota = { eventsPerDay: 10, eventsPerSecond: 1 };
  await refresh(() => book.quota(acme).eventsPerSecond === 1);
  assert.equal(book.reserve(acme, 5), true);
  book.settle(acme, { reserved: 10, committed: 10 });
  assert.equal(book.reserve(acme, 1), false);
});

test('what others commit is seen at the next reading', async () => {
  const { state, book, refresh } = open({ eventsPerDay: 10 });
  await book.load(new Set([acme]));
  state.events = 9;
  state.quota = { eventsPerDay: 10, eventsPerSecond: 1 };
  await refresh(() => book.quota(acme).eventsPerSecond === 1);
  assert.equal(book.reserve(acme, 2), false);
});

test('a tenant that was silent meanwhile is read again before its next event', async () => {
  const { state, book } = open({ eventsPerDay: 1 });
  await book.load(new Set([acme]));
  assert.equal(book.reserve(acme, 2), false);
  const stop = new AbortController();
  const running = book.run(stop.signal);
  // Two rounds without a word of it.
  await new Promise((resolve) => setTimeout(resolve, 50));
  stop.abort();
  await running;
  state.quota = { eventsPerDay: 10 };
  await book.load(new Set([acme]));
  assert.equal(book.reserve(acme, 2), true);
});

test('a tenant that cannot be read is let through', async () => {
  const { state, book } = open({ eventsPerDay: 1 });
  state.isDown = true;
  await book.load(new Set([acme]));
  assert.equal(book.reserve(acme, 100), true);
  assert.equal(book.quota(acme).eventsPerSecond, Infinity);
  state.isDown = false;
  await book.load(new Set([acme]));
  assert.equal(book.reserve(acme, 100), false);
});
