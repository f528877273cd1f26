import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventId } from '@swarmledger/protocol';
import { MessageQueue, type EncodedEvent } from './message-queue.ts';
import { resolvePolicy } from './policy.ts';

const policy = resolvePolicy({ batchEventsMax: 3, batchBytesTarget: 1_000, lingerMs: 10 });
const event = (bytes = 10): EncodedEvent => ({
  eventId: createEventId(),
  raw: new Uint8Array(bytes),
  traceparent: undefined,
});
const counts = (queue: MessageQueue): readonly number[] => queue.list().map((message) => message.ids.length);

test('events share a message until it has enough of them', () => {
  const queue = new MessageQueue(policy);
  for (let call = 1; call <= 7; call++) queue.add(event(), call, 0);
  assert.deepEqual(counts(queue), [3, 3, 1]);
  assert.equal(queue.first?.firstCall, 1);
});

test('events share a message until it has enough bytes', () => {
  const queue = new MessageQueue(policy);
  for (let call = 1; call <= 3; call++) queue.add(event(450), call, 0);
  assert.deepEqual(counts(queue), [2, 1]);
});

test('a whole message is joined by nothing, and joins nothing', () => {
  const queue = new MessageQueue(policy);
  queue.add(event(), 1, 0);
  queue.addWhole([event(), event()], 2);
  queue.add(event(), 3, 0);
  assert.deepEqual(counts(queue), [1, 2, 1]);
});

test('the first message waits for company until its linger is over, then takes no more', () => {
  const queue = new MessageQueue(policy);
  const message = queue.add(event(), 1, 100);
  assert.deepEqual(queue.next(104), { kind: 'wait', ms: 6 });
  assert.deepEqual(queue.next(110), { kind: 'ready', message });
  queue.add(event(), 2, 110);
  assert.deepEqual(counts(queue), [1, 1]);
});

test('a flush ends the wait', () => {
  const queue = new MessageQueue(policy);
  queue.add(event(), 1, 100);
  queue.complete();
  assert.equal(queue.next(100).kind, 'ready');
});

test('a message with others behind it does not wait', () => {
  const queue = new MessageQueue(policy);
  queue.add(event(), 1, 100);
  queue.addWhole([event()], 2);
  assert.equal(queue.next(100).kind, 'ready');
});

test('bytes are counted in and out', () => {
  const queue = new MessageQueue(policy);
  for (let call = 1; call <= 10; call++) queue.add(event(300), call, 0);
  assert.ok(queue.bytes > 3_000);
  while (queue.first !== undefined) queue.shift();
  assert.equal(queue.bytes, 0);
  assert.deepEqual(queue.next(0), { kind: 'empty' });
});
