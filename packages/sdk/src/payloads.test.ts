import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createEventId, limits, mainBranch, parseProjectId, parseTenantId, type Payload } from '@swarmledger/protocol';
import { encodeGroup } from './encode-group.ts';
import { buildChange, buildDecision, buildSignal } from './payloads.ts';
import { resolvePolicy } from './policy.ts';
import { formatTraceparent, readTraceparent } from '@swarmledger/runtime';
import { createTrace } from './trace.ts';

const scope = { tenant: parseTenantId('acme'), project: parseProjectId('web') };
const toEvent = (payload: Payload) => ({
  ...scope,
  eventId: createEventId(),
  timestampUs: Date.now() * 1_000,
  traceId: '',
  spanId: '',
  agentRole: 'CODER' as const,
  agentId: 'a',
  branch: mainBranch,
  userId: '',
  parentEventId: '',
  sequence: 1,
  attributes: {},
  payload,
});

test('short content travels with its change, an empty file too', () => {
  for (const content of ['hello', '']) {
    const { chunks, change } = buildChange({ path: 'a.txt', action: 'CREATE', content });
    assert.equal(chunks.length, 0);
    assert.deepEqual(change.body, { kind: 'content', content: Buffer.from(content) });
  }
});

test('long content travels ahead in chunks that make up the whole', () => {
  const content = Buffer.alloc(2 * limits.contentChunkBytesMax + 7, 'x');
  const { chunks, change } = buildChange({ path: 'big.bin', action: 'UPDATE', content, mode: 'executable' });
  const sha256 = createHash('sha256').update(content).digest();
  assert.deepEqual(change.body, { kind: 'content_sha256', sha256 });
  assert.equal(change.mode, 0o100755);
  assert.deepEqual(Buffer.concat(chunks.map((chunk) => chunk.data)), content);
  assert.deepEqual(
    chunks.map((chunk) => chunk.offset),
    [0, limits.contentChunkBytesMax, 2 * limits.contentChunkBytesMax],
  );
  encodeGroup({ events: [...chunks, change].map(toEvent), splittable: true }, scope);
});

test('a merge names the changes that it joins, and nothing else', () => {
  const change = { path: 'a.txt', action: 'UPDATE', content: 'both' } as const;
  const merges = [createEventId(), createEventId()];
  const merged = buildChange({ ...change, merges }).change;
  assert.deepEqual(merged.mergedEventIds, merges);
  encodeGroup({ events: [toEvent(merged)] }, scope);
  assert.ok(!('mergedEventIds' in buildChange({ ...change, merges: [] }).change));
});

test('what the hub would refuse is refused here', () => {
  const refused = (payload: () => Payload, code: string): void => {
    assert.throws(() => encodeGroup({ events: [toEvent(payload())] }, scope), { code });
  };
  refused(() => buildDecision({ title: 't', rationale: 'r', confidence: 1.5 }), 'invalid_field');
  refused(() => buildChange({ path: '../x', action: 'CREATE', content: '' }).change, 'invalid_path');
  refused(() => buildChange({ path: 'x', action: 'CREATE', content: '', base: 'abc' }).change, 'invalid_field');
  refused(() => buildChange({ path: 'x', action: 'DELETE', merges: ['none'] }).change, 'invalid_field');
  refused(() => buildDecision({ title: 't', rationale: 'x'.repeat(5_000_000) }), 'group_too_large');
  const huge = new Uint8Array(limits.contentBytesMax + 1);
  assert.throws(() => buildChange({ path: 'x', action: 'CREATE', content: huge }), { code: 'content_too_large' });
  const other = { ...scope, tenant: parseTenantId('other') };
  const signal = toEvent(buildSignal({ kind: 'crash', message: 'm', data: { exit: 1 } }));
  assert.throws(() => encodeGroup({ events: [signal] }, other), { code: 'tenant_mismatch' });
  assert.throws(() => encodeGroup({ events: [] }, scope), { code: 'empty_group' });
});

test('an atomic group that needs two messages is refused, a splittable one is not', () => {
  const random = (index: number): Uint8Array =>
    createHash('shake256', { outputLength: 400_000 }).update(`${index}`).digest();
  const events = [1, 2, 3].map((index) =>
    toEvent(buildChange({ path: `f${index}`, action: 'CREATE', content: random(index) }).change),
  );
  assert.throws(() => encodeGroup({ events }, scope), { code: 'group_too_large' });
  assert.equal(encodeGroup({ events, splittable: true }, scope).length, 3);
});

test('a traceparent is read as W3C says, and a broken one is not one', () => {
  const trace = createTrace();
  assert.deepEqual(readTraceparent(formatTraceparent(trace)), { ...trace, isSampled: true });
  assert.deepEqual(readTraceparent(`cc-${trace.traceId}-${trace.spanId}-00-future`), { ...trace, isSampled: false });
  const zeros = `00-${'0'.repeat(32)}-${trace.spanId}-01`;
  for (const broken of [undefined, '', 'x', zeros, `ff-${trace.traceId}-${trace.spanId}-01`]) {
    assert.equal(readTraceparent(broken), undefined);
  }
});

test('a policy that cannot work is refused', () => {
  assert.throws(() => resolvePolicy({ batchEventsMax: 0 }), { code: 'invalid_config' });
  assert.throws(() => resolvePolicy({ batchBytesTarget: 2_000_000 }), { code: 'invalid_config' });
  assert.throws(() => resolvePolicy({ bufferBytesMax: NaN }), { code: 'invalid_config' });
});
