import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventId, parseVersion, type EventId, type Receipt } from '@swarmledger/protocol';
import { Confirmations } from './confirmations.ts';
import { MessageQueue, type OutgoingMessage } from './message-queue.ts';
import { resolvePolicy } from './policy.ts';
import { rejectionsNamedMax } from './rejections.ts';

const version = parseVersion('0001'.padEnd(28, '0'));
const committed = (eventId: EventId, duplicate = false): Receipt => ({
  kind: 'committed',
  eventId,
  version,
  duplicate,
});
const rejected = (eventId: EventId): Receipt => ({ kind: 'rejected', eventId, reason: 'unknown_tenant' });

function track(confirmations: Confirmations, ids: readonly EventId[]): OutgoingMessage {
  const events = ids.map((eventId) => ({ eventId, raw: new Uint8Array(1), traceparent: undefined }));
  const message = new MessageQueue(resolvePolicy()).addWhole(events, 1);
  for (const id of ids) confirmations.track(message, id);
  return message;
}

function newIds(count: number): readonly [EventId, ...EventId[]] {
  return [createEventId(), ...Array.from({ length: count - 1 }, () => createEventId())];
}

test('each event is counted once, whatever is announced twice', () => {
  const confirmations = new Confirmations({ asksFirst: false });
  const [a, b] = newIds(2) as [EventId, EventId];
  track(confirmations, [a, b]);
  confirmations.settle([committed(a), committed(a, true), rejected(b), committed(createEventId())], 'announced');
  assert.deepEqual(confirmations.counts, { committed: 1, duplicates: 0, rejected: 1 });
  assert.equal(confirmations.unsettled, 0);
  assert.equal(confirmations.oldest, undefined);
});

test('an announced duplicate is one, an answer does not say', () => {
  const confirmations = new Confirmations({ asksFirst: false });
  const [a, b] = newIds(2) as [EventId, EventId];
  track(confirmations, [a, b]);
  confirmations.settle([committed(a, true)], 'announced');
  confirmations.settle([committed(b, true)], 'asked');
  assert.deepEqual(confirmations.counts, { committed: 1, duplicates: 1, rejected: 0 });
});

test('when the hub was asked first, only its answer decides what is a duplicate', () => {
  const confirmations = new Confirmations({ asksFirst: true });
  const [a, b] = newIds(2) as [EventId, EventId];
  const message = track(confirmations, [a, b]);
  confirmations.markKnown([committed(a), { kind: 'unknown', eventId: b }]);
  assert.equal(confirmations.isKnown(message), false);
  confirmations.settle([committed(a), committed(b, true)], 'announced');
  assert.deepEqual(confirmations.counts, { committed: 1, duplicates: 1, rejected: 0 });
});

test('a message that is committed already is settled without being published', () => {
  const confirmations = new Confirmations({ asksFirst: true });
  const ids = newIds(3);
  const message = track(confirmations, ids);
  confirmations.markKnown(ids.map((id) => committed(id)));
  assert.equal(confirmations.isKnown(message), true);
  confirmations.settleKnown(message);
  assert.deepEqual(confirmations.counts, { committed: 0, duplicates: 3, rejected: 0 });
});

test('an id that is on its way already is a duplicate, and its message is still published', () => {
  const confirmations = new Confirmations({ asksFirst: true });
  const [a] = newIds(1);
  track(confirmations, [a]);
  const second = track(confirmations, [a]);
  confirmations.markKnown([committed(a)]);
  assert.equal(confirmations.isKnown(second), false);
  confirmations.settle([committed(a)], 'announced');
  assert.deepEqual(confirmations.counts, { committed: 0, duplicates: 2, rejected: 0 });
});

test('what is overdue is what was accepted long enough ago, oldest first and not too much at once', () => {
  const confirmations = new Confirmations({ asksFirst: false });
  const [a, b, c, d] = newIds(4) as [EventId, EventId, EventId, EventId];
  const first = track(confirmations, [a, b]);
  const second = track(confirmations, [c]);
  track(confirmations, [d]);
  first.acceptedAtMs = 100;
  second.acceptedAtMs = 150;
  confirmations.settle([committed(a)], 'announced');
  assert.deepEqual(confirmations.overdue(1_099, 1_000, 10), []);
  assert.deepEqual(confirmations.overdue(1_100, 1_000, 10), [b]);
  assert.deepEqual(confirmations.overdue(9_000, 1_000, 10), [b, c]);
  assert.deepEqual(confirmations.overdue(9_000, 1_000, 1), [b]);
});

test('a refused message rejects its own events', () => {
  const confirmations = new Confirmations({ asksFirst: false });
  const [a, b] = newIds(2) as [EventId, EventId];
  track(confirmations, [a]);
  confirmations.rejectMessage(track(confirmations, [a, b]), 'permission_denied');
  assert.deepEqual(confirmations.counts, { committed: 0, duplicates: 1, rejected: 1 });
  assert.deepEqual(confirmations.takeRejections().rejections, [{ eventId: b, reason: 'permission_denied' }]);
});

test('rejections are told once, and all of them are counted', () => {
  const confirmations = new Confirmations({ asksFirst: false });
  const ids = newIds(rejectionsNamedMax + 5);
  track(confirmations, ids);
  confirmations.settle(ids.map(rejected), 'announced');
  const told = confirmations.takeRejections();
  assert.equal(told.rejections.length, rejectionsNamedMax);
  assert.equal(told.count, rejectionsNamedMax + 5);
  assert.deepEqual(confirmations.takeRejections(), { rejections: [], count: 0 });
});
