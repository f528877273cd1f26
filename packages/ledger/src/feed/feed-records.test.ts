import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toFeedRecords, type TimedSpan } from './feed-records.ts';

function span(order: number, commitTimeMs: number): TimedSpan {
  const scope = { tenant: 't', project: 'p', branch: 'main' };
  return { ...scope, firstOrder: order, lastOrder: order + 1, commitTimeMs, bytes: 10 };
}

test('one commit is one record', () => {
  const records = toFeedRecords([span(0, 1_000), span(2, 2_000)]);
  assert.equal(records.length, 1);
  assert.deepEqual({ ...records[0], spans: [] }, { spans: [], commitTimeMs: 1_000, events: 4, bytes: 20 });
});

test('a commit in two months is two records', () => {
  const endOfJanuary = Date.UTC(2026, 1, 1) - 1;
  const records = toFeedRecords([span(0, endOfJanuary), span(2, endOfJanuary + 1)]);
  assert.deepEqual(
    records.map(({ spans }) => spans.map(({ firstOrder }) => firstOrder)),
    [[0], [2]],
  );
});

test('very many spans stay below the limit of one value', () => {
  const records = toFeedRecords(Array.from({ length: 1_000 }, (_, index) => span(2 * index, 0)));
  assert.equal(records.length, 4);
  assert.equal(
    records.reduce((sum, { events }) => sum + events, 0),
    2_000,
  );
});
