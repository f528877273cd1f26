import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connect as connectSocket } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { connect } from 'nats';
import type { Bus, DeadLetter } from '@swarmledger/bus';
import {
  batchContent,
  createEventId,
  encodeBatch,
  encodeEvent,
  eventsSubject,
  headerNames,
  parseBranchName,
  parseProjectId,
  parseTenantId,
  type EventId,
  type EventScope,
  type ProjectPath,
  type SwarmEvent,
} from '@swarmledger/protocol';
import { openEventPipeline } from '@swarmledger/sdk';
import { createEvent, createSignal, readNumbers, toScope } from './events.ts';
import { captureLog, eventually, startIngestor, uniqueScope, withHub, type Hub } from './hub.ts';

interface BadInput {
  readonly name: string;
  readonly reason: string;
  readonly data: Uint8Array;
  readonly kind?: 'batch';
  readonly subject?: string;
}

const batchHeaders = new Map([[headerNames.content, batchContent]]);

function describeChange(scope: EventScope, path: string, content: Uint8Array): SwarmEvent {
  return createEvent(scope, {
    kind: 'state_change',
    path: path as ProjectPath,
    action: 'CREATE',
    body: { kind: 'content', content },
    mode: 0,
    contentBytes: 0,
  });
}

function listBadInputs(scope: EventScope): readonly BadInput[] {
  const signal = createSignal(scope, 0);
  const event = (name: string, reason: string, bad: SwarmEvent): BadInput => ({ name, reason, data: encodeEvent(bad) });
  const batch = (name: string, reason: string, data: Uint8Array): BadInput => ({ name, reason, data, kind: 'batch' });
  const bomb = gzipSync(Buffer.alloc(20_000_000));
  return [
    { name: 'bytes that are no event', reason: 'undecodable', data: Buffer.from('what is this') },
    { name: 'nothing', reason: 'invalid_event_id', data: new Uint8Array() },
    { name: 'as many bytes as the server takes', reason: 'undecodable', data: Buffer.alloc(1_048_300, 0xff) },
    event('another tenant', 'tenant_mismatch', { ...signal, tenant: parseTenantId('stranger') }),
    event('another project', 'project_mismatch', { ...signal, project: parseProjectId('other') }),
    event('no id', 'invalid_event_id', { ...signal, eventId: '' as EventId }),
    event('a malformed id', 'invalid_event_id', { ...signal, eventId: 'not-a-uuid' as EventId }),
    event('no timestamp', 'invalid_timestamp', { ...signal, timestampUs: 0 }),
    event('no agent', 'invalid_field', { ...signal, agentId: '' }),
    event('a path that escapes', 'invalid_path', describeChange(scope, '../../etc/passwd', Buffer.from('x'))),
    event('content over the limit', 'content_too_large', describeChange(scope, 'big', Buffer.alloc(600_000))),
    event('content that was never sent', 'content_missing', {
      ...describeChange(scope, 'gone', Buffer.from('x')),
      payload: {
        kind: 'state_change',
        path: 'gone' as ProjectPath,
        action: 'CREATE',
        body: { kind: 'content_sha256', sha256: createHash('sha256').update('never sent').digest() },
        mode: 0,
        contentBytes: 0,
      },
    }),
    event('a branch that nobody forked', 'unknown_branch', { ...signal, branch: parseBranchName('nowhere') }),
    batch('a batch with one bad event', 'invalid_path', encodeMixedBatch(scope)),
    batch('a batch that is none', 'undecodable', Buffer.from('\x12\xff\xff\xff\xffnope', 'latin1')),
    batch('an empty batch', 'empty_batch', new Uint8Array()),
    batch('a gzip bomb', 'message_too_large', Buffer.concat([Buffer.from([0x18, 1, 0x22]), encodeLength(bomb), bomb])),
    batch('a batch that is not gzip', 'undecodable', Buffer.from([0x18, 1, 0x22, 3, 1, 2, 3])),
    {
      name: 'an illegal tenant',
      reason: 'invalid_tenant',
      data: encodeEvent(signal),
      subject: 'swarm.Not_Legal.web.events',
    },
    ...["x'--", 'acme%00', 'up%2fother', 'x'.repeat(2_000)].map((name) => ({
      name: `tenant ${name.slice(0, 20)}`,
      reason: 'invalid_tenant',
      data: encodeEvent(createSignal(scope, 0)),
      subject: `swarm.${name}.web.events`,
    })),
  ];
}

function encodeMixedBatch(scope: EventScope): Uint8Array {
  const events = [createSignal(scope, 0), describeChange(scope, '/absolute', Buffer.from('x')), createSignal(scope, 0)];
  return encodeBatch(createEventId(), events.map(encodeEvent), { compress: false });
}

function encodeLength(bytes: Uint8Array): Buffer {
  const varint: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...varint, rest]);
    varint.push((rest & 0x7f) | 0x80);
  }
}

async function listLetters(bus: Bus): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const letter of bus.deadLetters.list()) letters.push(letter);
  return letters;
}

test('every bad input ends in its dead letter, with its bytes, and no good event is lost', async () => {
  await withHub(async (hub) => {
    const { log, lines } = captureLog();
    const ingestor = await startIngestor(hub, { log });
    const scope = toScope(uniqueScope());
    const subject = eventsSubject(scope.tenant, scope.project);
    const bad = listBadInputs(scope);
    await hub.bus.publisher.publishEvent(createSignal(scope, 1));
    for (const [index, input] of bad.entries()) {
      const headers = input.kind === 'batch' ? batchHeaders : new Map<string, string>();
      await hub.bus.publisher.publishRaw(input.subject ?? subject, input.data, headers);
      await hub.bus.publisher.publishEvent(createSignal(scope, index + 2));
    }
    const letters = await eventually(async () => {
      const found = await listLetters(hub.bus);
      return found.length >= bad.length && found;
    });
    assert.equal(letters.length, bad.length);
    for (const input of bad) {
      const letter = letters.find(({ data, reason }) => isSame(data, input.data) && reason === input.reason);
      assert.ok(letter, `${input.name}: ${input.reason}`);
      assert.ok(letter.message.length > 0 && !letter.message.includes('\n'), input.name);
      assert.match(letter.subject, new RegExp(`^${input.subject ?? subject}\\.[01]$`), input.name);
      assert.equal(letter.tenant, input.subject === undefined ? scope.tenant : 'unknown', input.name);
    }
    const ledger = await hub.openLedger();
    const expected = bad.length + 1;
    await eventually(async () => (await readNumbers(ledger, scope)).length === expected);
    assert.deepEqual(
      await readNumbers(ledger, scope),
      Array.from({ length: expected }, (_, index) => index + 1),
    );
    assert.equal(ingestor.metrics.read('swarmledger_dead_letters_total', { reason: 'invalid_path' }), 2);
    const text = JSON.stringify(lines);
    assert.ok(!text.includes('what is this') && !text.includes('    at '), 'logs have no payloads and no stack traces');
  });
});

/** All bytes; of a letter that could not be kept whole, what was kept. */
function isSame(letter: Uint8Array, original: Uint8Array): boolean {
  const kept = original.length > 1_000_000 ? original.subarray(0, letter.length) : original;
  return (original.length === 0 || letter.length > 0) && Buffer.from(letter).equals(Buffer.from(kept));
}

test('headers that no client would write are no problem either', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const scope = toScope(uniqueScope());
    const headers = ['no colon at all', 'Sp ace: x', ': empty', 'Nats-Msg-Id:', 'Ünïcode: ✓', 'traceparent: \x01\x7f'];
    for (const header of headers) {
      await publishByHand(hub, eventsSubject(scope.tenant, scope.project), header, Buffer.from('junk'));
    }
    await hub.bus.publisher.publishEvent(createSignal(scope, 1));
    const ledger = await hub.openLedger();
    await eventually(async () => (await readNumbers(ledger, scope)).length === 1);
    await eventually(async () => (await hub.bus.deadLetters.count()) > 0);
    for (const partition of [0, 1]) {
      await eventually(async () => {
        const { pending, unacknowledged } = await hub.bus.lag(partition);
        return pending + unacknowledged === 0;
      });
    }
  });
});

/** Speaks NATS itself: clients check headers before they send them. */
async function publishByHand(hub: Hub, subject: string, header: string, data: Buffer): Promise<void> {
  const { user, password } = hub.address.credentials;
  const block = Buffer.from(`NATS/1.0\r\n${header}\r\n\r\n`);
  const login = JSON.stringify({ user, pass: password.reveal(), verbose: false, headers: true });
  await new Promise<void>((resolve, reject) => {
    const socket = connectSocket(hub.nats.port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      if (!bytes.includes('PONG')) return;
      socket.destroy();
      resolve();
    });
    socket.write(`CONNECT ${login}\r\nHPUB ${subject} ${block.length} ${block.length + data.length}\r\n`);
    socket.write(Buffer.concat([block, data, Buffer.from('\r\nPING\r\n')]));
  });
}

test('a producer is told why, and a lost announcement costs it only time', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub, { autoTenants: false });
    const names = uniqueScope();
    const scope = toScope(names);
    const pipeline = await openEventPipeline(hub.bus, names);
    await pipeline.publish({ events: [createSignal(scope, 1), createSignal(scope, 2)] });
    await assert.rejects(
      pipeline.flush(),
      (error: Error & { code?: string; count?: number; rejections?: unknown[] }) => {
        assert.equal(error.code, 'events_rejected');
        assert.equal(error.count, 2);
        assert.match(error.message, /unknown_tenant/);
        return true;
      },
    );
    assert.equal((await pipeline.flush()).rejected, 2);
    const event = createSignal(scope, 3);
    await hub.bus.publisher.publishEvent(event);
    await eventually(async () => {
      const [receipt] = await hub.bus.receipts.query(scope.tenant, scope.project, [event.eventId], {
        timeoutMs: 1_000,
      });
      return receipt?.kind === 'rejected' && receipt.reason === 'unknown_tenant';
    });
    await pipeline.close();
  });
});

test('dead letters of an unknown tenant can be put back once it is registered', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub, { autoTenants: false });
    const scope = toScope(uniqueScope());
    for (const number of [1, 2, 3]) await hub.bus.publisher.publishEvent(createSignal(scope, number));
    await eventually(async () => (await hub.bus.deadLetters.count()) === 3);
    const ledger = await hub.openLedger();
    await ledger.tenants.create(scope.tenant);
    assert.equal(await hub.bus.deadLetters.replay({ tenant: scope.tenant }), 3);
    await eventually(async () => (await readNumbers(ledger, scope)).length === 3);
    assert.deepEqual(await readNumbers(ledger, scope), [1, 2, 3]);
    assert.equal(await hub.bus.deadLetters.count(), 0);
  });
});

test('a tenant that has its acknowledgements sent into another’s stream makes no dead letter there', async () => {
  await withHub(async (hub) => {
    const victim = toScope(uniqueScope());
    const attacker = toScope(uniqueScope());
    const pass = hub.password.reveal();
    const connection = await connect({ servers: hub.nats.url, user: hub.address.credentials.user, pass });
    const good = createSignal(attacker, 1);
    // The server asks nobody whether a publisher may have its acknowledgement sent there.
    for (const partition of [0, 1]) {
      const reply = `${eventsSubject(victim.tenant, victim.project)}.${partition}`;
      for (let count = 0; count < 5; count++)
        connection.publish(eventsSubject(attacker.tenant, attacker.project), encodeEvent(good), { reply });
    }
    // All are stored, acknowledgements included.
    await eventually(async () => (await hub.bus.lag(0)).pending + (await hub.bus.lag(1)).pending === 20);
    await connection.close();
    const ingestor = await startIngestor(hub, {
      policy: { breaker: { deadLettersMax: 2, windowMs: 60_000, coolDownMs: 60_000 } },
    });
    await eventually(() => {
      assert.equal(ingestor.metrics.read('swarmledger_misdirected_acks_total'), 10);
      return true;
    });
    assert.equal(await hub.bus.deadLetters.count(), 0);
    const own = createSignal(victim, 1);
    await hub.bus.publisher.publishEvent(own);
    const { tenant, project } = victim;
    await eventually(async () => {
      const [receipt] = await hub.bus.receipts.query(tenant, project, [own.eventId], { timeoutMs: 1_000 });
      assert.equal(receipt?.kind, 'committed');
      return true;
    });
  });
});
