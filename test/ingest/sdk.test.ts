import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { mainBranch, type ProjectPath } from '@swarmledger/protocol';
import { connectSwarmLedger, type OnlineOptions, type SwarmLedger } from '@swarmledger/sdk';
import type { Ledger, StoredEvent } from '@swarmledger/ledger';
import { readHistory, toScope, upTo } from './events.ts';
import { eventually, startIngestor, uniqueScope, withHub, type Hub } from './hub.ts';

async function connectAgent(hub: Hub, options: Partial<OnlineOptions> = {}) {
  const names = uniqueScope();
  const agent = await connectSwarmLedger({
    ...hub.address,
    ...names,
    agentId: 'agent',
    agentRole: 'CODER',
    ...options,
  });
  return { agent: hub.scope.own('agent', agent), scope: toScope(names) };
}

async function readContent(ledger: Ledger, scope: ReturnType<typeof toScope>, path: string): Promise<Buffer> {
  const history = await ledger.project(scope.tenant, scope.project);
  const latest = (await history.latest(mainBranch)) ?? assert.fail('no history');
  const entry = await history.pathState(mainBranch, path as ProjectPath, latest);
  const pieces: Buffer[] = [];
  for await (const piece of history.content((entry ?? assert.fail(`no ${path}`)).sha256)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const sequences = (events: readonly StoredEvent[]): readonly number[] => events.map(({ event }) => event.sequence);

test('what an agent records is in the ledger, in order, counted, traced and linked', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const { agent, scope } = await connectAgent(hub, { traceparent, attributes: { team: 'red' } });
    const decision = await agent.recordDecision({ title: 'Try it', rationale: 'It may work', confidence: 0.5 });
    const before = 'one\ntwo\n';
    await agent.recordChange({ path: 'a.txt', action: 'CREATE', content: before, parent: decision });
    const base = createHash('sha256').update(before).digest('hex');
    const diff = '--- a.txt\n+++ a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n';
    await agent.recordChange({ path: 'a.txt', action: 'UPDATE', diff, base, mode: 'executable', parent: decision });
    await agent.recordSignal({ kind: 'command', message: 'npm test', data: { exit_code: 1 }, severity: 'ERROR' });
    const counts = await agent.flush({ until: 'committed' });
    assert.deepEqual(counts, { offered: 4, published: 4, committed: 4, duplicates: 0, rejected: 0 });
    const ledger = await hub.openLedger();
    const events = await readHistory(ledger, scope);
    assert.deepEqual(sequences(events), [1, 2, 3, 4]);
    assert.deepEqual(
      events.map(({ event }) => event.parentEventId),
      ['', decision, decision, ''],
    );
    assert.ok(events.every(({ event }) => event.traceId === 'a'.repeat(32) && event.attributes['team'] === 'red'));
    assert.equal((await readContent(ledger, scope, 'a.txt')).toString(), 'one\nthree\n');
  });
});

test('calls that are not awaited keep their order, mixed with batches and long content', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const { agent, scope } = await connectAgent(hub, { policy: { batchEventsMax: 7 } });
    const content = Buffer.alloc(1_300_000, 'long ');
    const calls: Promise<unknown>[] = [];
    for (let round = 0; round < 100; round++) {
      calls.push(agent.recordSignal({ kind: 'log', message: `${round}` }));
      if (round % 10 === 0) calls.push(agent.batch((batch) => [1, 2].map(() => recordNote(batch))));
      if (round === 50) calls.push(agent.recordChange({ path: 'long.txt', action: 'CREATE', content }));
    }
    await Promise.all(calls);
    await agent.flush();
    const ledger = await hub.openLedger();
    const events = await readHistory(ledger, scope);
    // Three chunks and their change, a hundred signals, ten batches of two.
    assert.deepEqual(sequences(events), upTo(124));
    assert.equal(agent.nextSequence, 125);
    assert.deepEqual(await readContent(ledger, scope, 'long.txt'), content);
  });
});

function recordNote(batch: { recordSignal: (signal: { kind: string; message: string }) => unknown }): unknown {
  return batch.recordSignal({ kind: 'note', message: 'in a batch' });
}

test('a batch is committed all or nothing, and one that fails leaves no trace', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const { agent, scope } = await connectAgent(hub);
    await assert.rejects(
      agent.batch((batch) => {
        batch.recordSignal({ kind: 'log', message: 'never sent' });
        throw new Error('changed my mind');
      }),
      /changed my mind/,
    );
    await assert.rejects(
      agent.batch((batch) => {
        for (let file = 0; file < 3; file++) {
          batch.recordChange({ path: `f${file}`, action: 'CREATE', content: Buffer.alloc(400_000, file) });
        }
      }),
      { code: 'group_too_large' },
    );
    await assert.rejects(agent.recordDecision({ title: 't', rationale: 'r', confidence: 7 }), {
      code: 'invalid_field',
    });
    await agent.batch((batch) => {
      const parent = batch.recordDecision({ title: 'Both', rationale: 'Or neither' });
      batch.recordChange({ path: 'a', action: 'CREATE', content: 'a', parent });
      batch.recordChange({ path: 'b', action: 'CREATE', content: 'b', parent });
    });
    await agent.flush();
    const events = await readHistory(await hub.openLedger(), scope);
    assert.deepEqual(sequences(events), [1, 2, 3]);
    assert.equal(new Set(events.map(({ commitTimeMs }) => commitTimeMs)).size, 1);
  });
});

test('without an ingestor events are accepted, then recording waits, then fails loudly, and nothing is lost', async () => {
  await withHub(async (hub) => {
    const policy = { unconfirmedEventsMax: 10, waitingCallsMax: 5 };
    const { agent, scope } = await connectAgent(hub, { policy });
    const record = (): Promise<unknown> => agent.recordSignal({ kind: 'log', message: 'm' });
    for (let count = 0; count < 10; count++) await record();
    assert.equal((await agent.flush({ until: 'accepted' })).published, 10);
    await assert.rejects(agent.flush({ timeoutMs: 50 }), { code: 'not_committed' });
    const waiting = upTo(5).map(record);
    await assert.rejects(record(), { code: 'buffer_full' });
    const settled = await Promise.race([
      Promise.all(waiting).then(() => 'entered'),
      agent.flush({ until: 'accepted', timeoutMs: 50 }).catch(() => 'waits'),
    ]);
    assert.equal(settled, 'waits');
    await startIngestor(hub);
    await Promise.all(waiting);
    assert.equal((await agent.flush()).committed, 15);
    assert.deepEqual(sequences(await readHistory(await hub.openLedger(), scope)), upTo(15));
  });
});

test('closing without a hub says what was not accepted, once and for all', async () => {
  await withHub(async (hub) => {
    const agent = await connectSwarmLedger({ ...hub.address, ...uniqueScope(), agentId: 'agent' });
    await agent.recordSignal({ kind: 'log', message: 'accepted' });
    await agent.flush({ until: 'accepted' });
    hub.nats.kill('SIGKILL');
    await hub.nats.exited;
    for (let count = 0; count < 3; count++) await agent.recordSignal({ kind: 'log', message: 'too late' });
    await assert.rejects(agent.close({ timeoutMs: 200 }), { code: 'not_accepted', message: /3 event/ });
    await assert.rejects(agent.close(), { code: 'not_accepted' });
    await assert.rejects(agent.recordSignal({ kind: 'log', message: 'm' }), { code: 'closed' });
  });
});

test('every record of two agents of one project is there, each in its own order', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const agents: SwarmLedger[] = [];
    for (const agentId of ['one', 'two']) agents.push((await connectAgent(hub, { ...names, agentId })).agent);
    await Promise.all(
      agents.map(async (agent) => {
        for (let count = 0; count < 300; count++) await agent.recordSignal({ kind: 'log', message: `${count}` });
        await agent.flush();
      }),
    );
    const events = await readHistory(await hub.openLedger(), toScope(names));
    assert.equal(events.length, 600);
    for (const agentId of ['one', 'two']) {
      assert.deepEqual(sequences(events.filter(({ event }) => event.agentId === agentId)), upTo(300));
    }
    await eventually(() => agents.every((agent) => agent.counts.committed === 300));
  });
});
