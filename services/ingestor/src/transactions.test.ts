import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BusMessage } from '@swarmledger/bus';
import {
  createEventId,
  encodeBatch,
  encodeEvent,
  mainBranch,
  parseProjectId,
  parseTenantId,
  type EventId,
  type SwarmEvent,
} from '@swarmledger/protocol';
import type { Gate } from './admission.ts';
import { readRejectedIds } from './rejected-ids.ts';
import { decodeBusMessage, TransactionCutter, type PreparedTransaction } from './transactions.ts';

const tenant = parseTenantId('acme');
const project = parseProjectId('web');

function createSignal(message = 'm'): SwarmEvent {
  return {
    eventId: createEventId(),
    timestampUs: Date.now() * 1_000,
    traceId: '',
    spanId: '',
    agentRole: 'CODER',
    agentId: 'agent',
    tenant,
    project,
    branch: mainBranch,
    userId: '',
    parentEventId: '',
    sequence: 0,
    attributes: {},
    payload: { kind: 'system_signal', signal: 'log', severity: 'INFO', message, data: '' },
  };
}

let sequence = 0;
function toMessage(data: Uint8Array, kind: 'event' | 'batch', subject = 'swarm.acme.web.events.3'): BusMessage {
  sequence += 1;
  const unused = (): void => undefined;
  return {
    subject,
    data,
    kind,
    headers: new Map(),
    sequence,
    redelivered: false,
    traceparent: undefined,
    ack: unused,
    working: unused,
    retryLater: unused,
  };
}

const single = (bytes = 10): BusMessage => toMessage(encodeEvent(createSignal('x'.repeat(bytes))), 'event');
function batch(count: number): BusMessage {
  const events = Array.from({ length: count }, () => encodeEvent(createSignal()));
  return toMessage(encodeBatch(createEventId(), events, { compress: true }), 'batch');
}

function cutAll(cutter: TransactionCutter): readonly PreparedTransaction[] {
  const transactions: PreparedTransaction[] = [];
  while (!cutter.isEmpty) transactions.push(cutter.cut());
  return transactions;
}

const limits = { bytesTarget: 10_000, eventsTarget: 100, messagesMax: 50, returningEventsTarget: 25 };
const openGate: Gate = {
  route: () => 'ledger',
  takeReturning: () => undefined,
  charge: () => undefined,
  reserve: () => true,
};
const shape = (transactions: readonly PreparedTransaction[]): readonly (readonly [number, number])[] =>
  transactions.map(({ good, events }) => [good.length, events]);

test('messages share a transaction up to its targets, in their order', () => {
  const cutter = new TransactionCutter(limits, openGate);
  const messages = [batch(40), batch(40), batch(40), single(), single()];
  cutter.add(messages);
  const transactions = cutAll(cutter);
  assert.deepEqual(shape(transactions), [
    [2, 80],
    [3, 42],
  ]);
  const order = transactions.flatMap(({ good }) => good.map(({ message }) => message.sequence));
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
});

test('bytes and messages end a transaction too', () => {
  const byBytes = new TransactionCutter(limits, openGate);
  byBytes.add([single(4_000), single(4_000), single(4_000)]);
  assert.deepEqual(shape(cutAll(byBytes)), [
    [2, 2],
    [1, 1],
  ]);
  const byMessages = new TransactionCutter(limits, openGate);
  byMessages.add(Array.from({ length: 60 }, () => single()));
  assert.deepEqual(shape(cutAll(byMessages)), [
    [50, 50],
    [10, 10],
  ]);
});

test('a message above the targets goes alone', () => {
  const cutter = new TransactionCutter(limits, openGate);
  cutter.add([single(), batch(500), single()]);
  assert.deepEqual(shape(cutAll(cutter)), [
    [1, 1],
    [1, 500],
    [1, 1],
  ]);
});

test('what is decoded and left over is still held', () => {
  const cutter = new TransactionCutter(limits, openGate);
  const messages = [batch(80), batch(80), single()];
  cutter.add(messages);
  cutter.cut();
  assert.deepEqual(cutter.list(), messages.slice(1));
  assert.equal(cutter.isEmpty, false);
});

test('a batch with one bad event is bad as a whole, and does not hold up the others', () => {
  const cutter = new TransactionCutter(limits, openGate);
  const good = createSignal();
  const stranger = { ...createSignal(), tenant: parseTenantId('other') };
  const mixed = [good, stranger].map(encodeEvent);
  cutter.add([
    single(),
    toMessage(encodeBatch(createEventId(), mixed, { compress: false }), 'batch'),
    toMessage(Buffer.from('garbage'), 'event'),
    single(),
  ]);
  const { good: kept, bad } = cutter.cut();
  assert.equal(kept.length, 2);
  assert.deepEqual(
    bad.map(({ error }) => error.code),
    ['tenant_mismatch', 'undecodable'],
  );
  assert.deepEqual(readRejectedIds((bad[0] ?? assert.fail()).message), [good.eventId, stranger.eventId]);
  assert.deepEqual(readRejectedIds((bad[1] ?? assert.fail()).message), []);
});

test('a subject that names no project is a reason, not a crash', () => {
  const decoded = decodeBusMessage(toMessage(encodeEvent(createSignal()), 'event', 'swarm.acme.events'));
  assert.equal(decoded.kind === 'bad' ? decoded.error.code : 'good', 'invalid_subject');
});

test('an id that is itself broken is not announced', () => {
  const event = { ...createSignal(), eventId: 'nope' as EventId };
  assert.deepEqual(readRejectedIds(toMessage(encodeEvent(event), 'event')), []);
  const upper = { ...createSignal(), eventId: createEventId().toUpperCase() as EventId };
  assert.deepEqual(readRejectedIds(toMessage(encodeEvent(upper), 'event')), []);
});

test('the lane is asked first, in moderation, and what has to wait is not even decoded', () => {
  const charged: number[] = [];
  const returning = [batch(20), batch(20), batch(20)];
  const cutter = new TransactionCutter(limits, {
    route: ({ project: name }) => (name === 'flood' ? 'lane' : name === 'full' ? 'hold' : 'ledger'),
    takeReturning: () => returning.shift(),
    charge: (_place, events) => void charged.push(events),
    reserve: (_tenant, events) => events < 30,
  });
  const garbage = (name: string): BusMessage => toMessage(Buffer.from('?'), 'event', `swarm.acme.${name}.events.3`);
  cutter.add([garbage('flood'), single(), garbage('full'), batch(30), garbage('flood')]);
  const { good, bad, overQuota, moved, held } = cutter.cut();
  assert.deepEqual(
    good.map(({ append }) => append.events.length),
    [20, 20, 1],
  );
  assert.deepEqual([bad.length, overQuota.length, moved.length, held.length], [0, 1, 2, 1]);
  assert.deepEqual(charged, [20, 20, 1, 30]);
  assert.equal(returning.length, 1, 'more than the target of returning events waits for the next transaction');
});

test('somebody’s acknowledgement in a project’s subject does not use up its rate', () => {
  const cutter = new TransactionCutter(limits, {
    ...openGate,
    route: () => assert.fail('it was asked about'),
    charge: () => assert.fail('it was charged'),
  });
  cutter.add([toMessage(Buffer.from('{"stream":"SWARM_EVENTS_1","seq":7}'), 'event')]);
  assert.equal(cutter.cut().bad.length, 1);
});
