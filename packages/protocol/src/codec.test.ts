import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { amendClockOffset, amendSequence } from './amend.ts';
import { decodeMessage, encodeBatch, encodeEvents, splitBatch } from './batch.ts';
import { decodeEvent, type EventScope } from './decode.ts';
import { detachContent, encodeEvent } from './encode.ts';
import { ProtocolError, type RejectionCode } from './errors.ts';
import { agentRoles, fileModes, resolvesAttribute, severities, type Payload, type SwarmEvent } from './event.ts';
import { mainBranch, parseProjectId, parseTenantId } from './ids.ts';
import { eventFromJson, eventToJson } from './json.ts';
import { limits } from './limits.ts';
import { parseProjectPath } from './paths.ts';
import { decodeHubTime, decodeReceipts, encodeReceipts } from './receipts.ts';
import { createEventId } from './uuid.ts';
import { wire, type WireEvent } from './wire.ts';

const scope: EventScope = { tenant: parseTenantId('acme'), project: parseProjectId('web') };

function createEvent(payload: Payload, rest: Partial<SwarmEvent> = {}): SwarmEvent {
  return {
    eventId: createEventId(),
    timestampUs: 1_790_000_000_123_456,
    traceId: '',
    spanId: '',
    agentRole: 'CODER',
    agentId: 'agent-1',
    ...scope,
    branch: mainBranch,
    userId: '',
    parentEventId: '',
    sequence: 0,
    attributes: {},
    payload,
    ...rest,
  };
}

const signal: Payload = { kind: 'system_signal', signal: 'heartbeat', severity: 'INFO', message: 'alive', data: '' };

function encodeWire(change: (message: WireEvent) => void): Uint8Array {
  const message: WireEvent = wire.SwarmEvent.decode(encodeEvent(createEvent(signal)));
  change(message);
  return wire.SwarmEvent.encode(message).finish();
}

function assertRejected(code: RejectionCode, body: () => unknown): void {
  assert.throws(body, (error: unknown) => error instanceof ProtocolError && error.code === code, `expected ${code}`);
}

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const payloads: fc.Arbitrary<Payload> = fc.oneof(
  fc.record({
    kind: fc.constant('decision' as const),
    title: fc.string(),
    rationale: fc.string({ unit: 'binary' }),
    confidenceScore: fc.float({ min: 0, max: 1, noNaN: true }),
    alternatives: fc.array(fc.string()),
    model: fc.string(),
    inputTokens: fc.maxSafeNat(),
    outputTokens: fc.nat(),
    costUsd: fc.double({ min: 0, max: 1e6, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant('state_change' as const),
    path: fc.constantFrom('a', 'src/ä b.txt', 'x/-y/"z"').map(parseProjectPath),
    action: fc.constant('UPDATE' as const),
    body: fc.oneof(
      fc.constant({ kind: 'none' as const }),
      fc.uint8Array().map((bytes) => ({ kind: 'content' as const, content: Buffer.from(bytes) })),
      fc.string().map((diff) => ({ kind: 'unified_diff' as const, diff })),
      hash.map((sha256) => ({ kind: 'content_sha256' as const, sha256 })),
    ),
    mode: fc.constantFrom(0, ...Object.values(fileModes)),
    baseSha256: hash,
    contentBytes: fc.nat(),
    mergedEventIds: fc.array(fc.uuid(), { minLength: 1, maxLength: limits.mergedEventsMax }),
  }),
  fc.record({
    kind: fc.constant('system_signal' as const),
    signal: fc.string(),
    severity: fc.constantFrom(...severities),
    message: fc.string(),
    data: fc.json(),
  }),
);

test('an event comes back from its bytes as it went in', () => {
  fc.assert(
    fc.property(payloads, fc.constantFrom(...agentRoles), fc.nat(), (payload, agentRole, sequence) => {
      const plain = {
        ...payload,
        ...(payload.kind === 'state_change' ? { body: { ...payload.body } } : {}),
      } as Payload;
      const event = createEvent(plain, { agentRole, sequence, attributes: { 'a b': 'ü' }, traceId: 'a'.repeat(32) });
      assert.deepEqual(decodeEvent(encodeEvent(event), scope), event);
    }),
  );
});

test('random bytes never do anything but decode or be rejected', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('event' as const, 'batch' as const),
      (bytes, kind) => {
        try {
          decodeMessage(bytes, kind, scope);
        } catch (error) {
          assert.ok(error instanceof ProtocolError, String(error));
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a valid event with any byte flipped is decoded or rejected, never a crash', () => {
  const raw = encodeEvent(createEvent(signal, { attributes: { key: 'value' } }));
  for (let index = 0; index < raw.length; index++) {
    for (const bit of [1, 0x80]) {
      const damaged = Buffer.from(raw);
      damaged[index] = (damaged[index] ?? 0) ^ bit;
      try {
        decodeEvent(damaged, scope);
      } catch (error) {
        assert.ok(error instanceof ProtocolError, String(error));
      }
    }
  }
});

test('what is wrong with an event has a name', () => {
  const other = { ...scope, tenant: parseTenantId('other') };
  assertRejected('tenant_mismatch', () => decodeEvent(encodeEvent(createEvent(signal)), other));
  assertRejected('project_mismatch', () =>
    decodeEvent(encodeEvent(createEvent(signal)), { ...scope, project: parseProjectId('x') }),
  );
  assertRejected('undecodable', () => decodeEvent(Buffer.from([0xff, 0xff, 0xff])));
  const cases: readonly (readonly [RejectionCode, (message: WireEvent) => void])[] = [
    ['invalid_event_id', (m) => (m.eventId = '')],
    ['invalid_event_id', (m) => (m.eventId = 'not-a-uuid')],
    ['invalid_event_id', (m) => (m.eventId = '0189F0E2-0000-7000-8000-000000000000')],
    ['invalid_event_id', (m) => (m.eventId = '0189f0e2-0000-4000-8000-000000000000')],
    ['invalid_tenant', (m) => (m.tenantId = 'a.b')],
    ['invalid_tenant', (m) => (m.tenantId = '*')],
    ['invalid_tenant', (m) => (m.tenantId = 'x'.repeat(10_000))],
    ['invalid_project', (m) => (m.projectId = '')],
    ['invalid_branch', (m) => (m.branch = '../main')],
    ['invalid_timestamp', (m) => (m.timestamp = null)],
    ['invalid_timestamp', (m) => (m.timestamp = { seconds: 99_999_999_999, nanos: 0 })],
    ['invalid_field', (m) => (m.agentId = '')],
    ['invalid_field', (m) => (m.traceId = 'xyz')],
    ['invalid_field', (m) => (m.parentEventId = 'mother')],
    ['invalid_field', (m) => (m.systemSignal = { data: '{' })],
    ['invalid_tag', (m) => (m.attributes = { 'swarmledger.tag': 'a\nb' })],
    ['missing_payload', (m) => (m.systemSignal = null)],
    ['invalid_field', (m) => Object.assign(m, { systemSignal: null, decision: { confidenceScore: 1.5 } })],
    ['invalid_field', (m) => Object.assign(m, { systemSignal: null, encryptedPayload: Buffer.from('x') })],
    ['invalid_field', (m) => (m.isEncrypted = true)],
    [
      'invalid_path',
      (m) => Object.assign(m, { systemSignal: null, stateChange: { targetResource: '../etc', action: 3 } }),
    ],
    ['invalid_field', (m) => Object.assign(m, { systemSignal: null, stateChange: { targetResource: 'a', action: 1 } })],
    ['invalid_field', (m) => Object.assign(m, { systemSignal: null, stateChange: merging(['mother']) })],
    [
      'invalid_field',
      (m) => {
        const many = Array.from({ length: limits.mergedEventsMax + 1 }, () => createEventId());
        Object.assign(m, { systemSignal: null, stateChange: merging(many) });
      },
    ],
    [
      'content_too_large',
      (m) => {
        const content = Buffer.alloc(limits.inlineContentBytesMax + 1);
        Object.assign(m, { systemSignal: null, stateChange: { targetResource: 'a', action: 1, content } });
      },
    ],
  ];
  for (const [code, change] of cases) assertRejected(code, () => decodeEvent(encodeWire(change), scope));
});

function merging(mergedEventIds: string[]): WireEvent['stateChange'] {
  return { targetResource: 'a', action: 3, mergedEventIds };
}

test('content moves out of an event and its hash stays, with the fields of a newer schema', () => {
  const content = Buffer.from('hello');
  const change: Payload = {
    kind: 'state_change',
    path: parseProjectPath('a'),
    action: 'CREATE',
    body: { kind: 'content', content },
    mode: 0,
    contentBytes: 0,
  };
  const unknownField = Buffer.from([0xf2, 0x3f, 3, 1, 2, 3]);
  const detached = detachContent(Buffer.concat([encodeEvent(createEvent(change)), unknownField]));
  assert.deepEqual(detached.content?.bytes, content);
  assert.ok(Buffer.from(detached.raw).includes(unknownField));
  const { payload } = decodeEvent(detached.raw, scope);
  assert.ok(payload.kind === 'state_change' && payload.body.kind === 'content_sha256');
  assert.deepEqual(Buffer.from(payload.body.sha256), detached.content?.sha256);
  assert.equal(payload.contentBytes, 5);
});

test('a batch keeps the bytes and the order of its events, compressed or not', () => {
  const raws = Array.from({ length: 200 }, (_, index) => encodeEvent(createEvent(signal, { sequence: index + 1 })));
  for (const compress of [true, false]) {
    const batch = encodeBatch(createEventId(), raws, { compress });
    assert.deepEqual(
      splitBatch(batch).map((raw) => Buffer.from(raw)),
      raws.map((raw) => Buffer.from(raw)),
    );
    assert.deepEqual(
      decodeMessage(batch, 'batch', scope).map(({ event }) => event.sequence),
      raws.map((_, index) => index + 1),
    );
  }
});

test('a batch with one bad event is rejected as a whole', () => {
  const good = encodeEvent(createEvent(signal));
  const bad = encodeWire((message) => (message.eventId = 'nope'));
  const batch = encodeBatch(createEventId(), [good, bad, good], { compress: false });
  assertRejected('invalid_event_id', () => decodeMessage(batch, 'batch', scope));
});

test('a batch has its limits: none, too many, a gzip bomb, an unknown compression', () => {
  assertRejected('empty_batch', () => encodeBatch(createEventId(), [], { compress: false }));
  assertRejected('empty_batch', () => decodeMessage(new Uint8Array(), 'batch', scope));
  const many = Array.from({ length: limits.batchEventsMax + 1 }, () => new Uint8Array());
  assertRejected('too_many_events', () => encodeBatch(createEventId(), many, { compress: false }));
  const huge = Array.from({ length: 10 }, () => Buffer.alloc(1_000_000));
  const bomb = wire.SwarmEventBatch.encode({ compression: 1, compressed: gzip(huge) }).finish();
  assertRejected('message_too_large', () => splitBatch(bomb));
  assertRejected('undecodable', () =>
    splitBatch(wire.SwarmEventBatch.encode({ compression: 1, compressed: Buffer.from('x') }).finish()),
  );
  assertRejected('undecodable', () => splitBatch(wire.SwarmEventBatch.encode({ compression: 7 as 0 }).finish()));
});

function gzip(events: readonly Uint8Array[]): Uint8Array {
  return gzipSync(
    wire.SwarmEventBatch.encode({
      events: events.map((userId) => ({ userId: Buffer.from(userId).toString('latin1') })),
    }).finish(),
  );
}

test('a merge and what it settles come back from JSON as they were written', () => {
  const change: Payload = {
    kind: 'state_change',
    path: parseProjectPath('a'),
    action: 'UPDATE',
    body: { kind: 'content', content: Buffer.from('x') },
    mode: 0,
    contentBytes: 0,
    mergedEventIds: [createEventId(), createEventId()],
  };
  const event = createEvent(change, { attributes: { [resolvesAttribute]: createEventId() } });
  const json = eventToJson(event) as { readonly state_change: object };
  const back = eventFromJson({ ...json, state_change: { ...json.state_change, content: 'x' } }, scope);
  assert.deepEqual(back, event);
  const wrong = { ...json, state_change: { ...json.state_change, content: 'x', merged_event_ids: 'one' } };
  assertRejected('invalid_field', () => eventFromJson(wrong, scope));
});

test('a sequence and a clock offset are set without decoding, and the last one counts', () => {
  const event = createEvent(signal, { sequence: 3, attributes: { a: 'b' } });
  for (const clockOffsetUs of [0, -1, 86_400_000_000, -86_400_000_000_123]) {
    const raw = amendClockOffset(amendSequence(encodeEvent(event), 1_234_567_890_123), clockOffsetUs);
    assert.deepEqual(decodeEvent(raw, scope), { ...event, sequence: 1_234_567_890_123, clockOffsetUs });
    assert.deepEqual(decodeEvent(encodeEvent(decodeEvent(raw))), decodeEvent(raw));
  }
});

test('runs of events, one behind the other, are a batch', () => {
  const raws = [1, 2, 3].map((sequence) => encodeEvent(createEvent(signal, { sequence })));
  const runs = Buffer.concat([encodeEvents(raws.slice(0, 1)), encodeEvents(raws.slice(1))]);
  assert.deepEqual(
    splitBatch(runs).map((raw) => Buffer.from(raw)),
    raws.map((raw) => Buffer.from(raw)),
  );
});

test('receipts say which message was refused, and answers what time it is at the hub', () => {
  const eventId = createEventId();
  const rejected = { kind: 'rejected', eventId, reason: 'over_quota', messageId: 'batch' } as const;
  const answer = encodeReceipts([rejected, { kind: 'unknown', eventId }], 1_790_000_000_123_456);
  assert.deepEqual(decodeReceipts(answer), [rejected, { kind: 'unknown', eventId }]);
  assert.equal(decodeHubTime(answer), 1_790_000_000_123_456);
  assert.equal(decodeHubTime(encodeReceipts([])), undefined);
});
