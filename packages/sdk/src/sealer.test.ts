import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDataKeys, openPayload, type DataKey, type DataKeySource } from '@swarmledger/encryption';
import {
  createEventId,
  mainBranch,
  parseProjectId,
  parseProjectPath,
  parseTenantId,
  type Payload,
  type SwarmEvent,
} from '@swarmledger/protocol';
import { TransientError } from '@swarmledger/runtime';
import { openSealer } from './sealer.ts';

const createKey = (): DataKey => ({ id: randomUUID(), key: randomBytes(32), createdAtMs: 1 });
const decision: Payload = {
  kind: 'decision',
  title: 't',
  rationale: 'r',
  alternatives: [],
  model: '',
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
};
const signal: Payload = { kind: 'system_signal', signal: 's', severity: 'INFO', message: 'm', data: '' };
const change: Payload = {
  kind: 'state_change',
  path: parseProjectPath('a'),
  action: 'CREATE',
  body: { kind: 'content', content: Buffer.from('x') },
  mode: 0,
  contentBytes: 0,
};
const chunk: Payload = {
  kind: 'content_chunk',
  sha256: Buffer.alloc(32),
  offset: 0,
  totalBytes: 1,
  data: Buffer.from('x'),
};

function eventOf(payload: Payload): SwarmEvent {
  return {
    eventId: createEventId(),
    timestampUs: 1,
    traceId: '',
    spanId: '',
    agentRole: 'CODER',
    agentId: 'a',
    tenant: parseTenantId('acme'),
    project: parseProjectId('web'),
    branch: mainBranch,
    userId: '',
    parentEventId: '',
    sequence: 1,
    attributes: { label: 'clear' },
    payload,
  };
}

test('decisions and signals are sealed, and changes only when everything is', async () => {
  const keys = createDataKeys([createKey()]);
  const source: DataKeySource = { load: async () => keys };
  const reasoning = await openSealer({ keys: source });
  const everything = await openSealer({ keys: source, covers: 'everything' });
  for (const payload of [decision, signal]) {
    const event = eventOf(payload);
    const sealed = reasoning.seal(event);
    assert.ok(sealed.payload.kind === 'encrypted');
    assert.deepEqual(openPayload(keys, event, sealed.payload), payload);
    assert.deepEqual({ ...sealed, payload }, event, 'the rest stays as it is');
  }
  for (const payload of [change, chunk]) assert.equal(reasoning.seal(eventOf(payload)).payload, payload);
  assert.equal(everything.seal(eventOf(change)).payload.kind, 'encrypted');
  assert.throws(() => everything.seal(eventOf(chunk)), { code: 'content_not_encryptable' });
  const none = await openSealer(undefined);
  assert.equal(none.seal(eventOf(decision)).payload, decision);
  for (const sealer of [reasoning, everything, none]) sealer.close();
});

test('without keys there is no sealer, so that nothing goes in the clear by mistake', async () => {
  const load = async (): Promise<never> => {
    throw new TransientError('auth_unreachable', 'away');
  };
  await assert.rejects(openSealer({ keys: { load } }), { code: 'auth_unreachable' });
});

test('a new key is taken once it is heard of, and a failure to ask changes nothing', async () => {
  const rounds = [createDataKeys([createKey()]), undefined, createDataKeys([createKey()])];
  let asked = 0;
  const load: DataKeySource['load'] = async () => {
    const keys = rounds[Math.min(asked++, rounds.length - 1)];
    if (keys === undefined) throw new TransientError('auth_unreachable', 'away');
    return keys;
  };
  const sealer = await openSealer({ keys: { load } }, undefined, { refreshMs: 5, eventsPerKey: 1_000 });
  const last = rounds[2];
  assert.ok(last !== undefined);
  for (;;) {
    const event = eventOf(signal);
    const { payload } = sealer.seal(event);
    assert.ok(payload.kind === 'encrypted');
    try {
      assert.deepEqual(openPayload(last, event, payload), signal);
      break;
    } catch {
      await sleep(5);
    }
  }
  sealer.close();
});

test('a process stops at what one key may encrypt, until it has another', async () => {
  const keys = createDataKeys([createKey()]);
  const limits = { refreshMs: 3_600_000, eventsPerKey: 2 };
  const sealer = await openSealer({ keys: { load: async () => keys } }, undefined, limits);
  sealer.seal(eventOf(signal));
  sealer.seal(eventOf(decision));
  sealer.seal(eventOf(change));
  assert.throws(() => sealer.seal(eventOf(signal)), { code: 'data_key_spent' });
  sealer.close();
});
