import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { spawnIngestor, startIngestor, startNats, uniqueScope, withHub, eventually } from '../ingest/hub.ts';
import { upTo } from '../ingest/events.ts';
import {
  ended,
  killSteps,
  openEdgeOutbox,
  openHubUplink,
  orderFor,
  outboxFileOf,
  readLedgerNumbers,
  readReport,
  recordNumbers,
  startChild,
  startSyncer,
} from './edge.ts';

test('a syncer that is killed at any step loses nothing, doubles nothing and keeps the order', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const other = { ...names, project: 'other' };
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, upTo(700));
    await recordNumbers(outbox, other, upTo(700));
    const file = outboxFileOf(hub);
    for (const step of [...killSteps, ...killSteps]) {
      const child = startChild(
        hub,
        orderFor(hub, names, { role: 'syncer', outbox: file, kill: { step, atMessage: 3 } }),
      );
      child.stdout?.resume();
      assert.equal(await ended(child), 'SIGKILL', step);
      // The truth right after it: nobody drains, and what was not deleted is there.
      const { isRunning, outbox: stats } = await readReport(file);
      assert.equal(isRunning, false);
      assert.ok(stats.events > 0 && stats.events <= 1_400, step);
    }
    const last = startChild(hub, orderFor(hub, names, { role: 'syncer', outbox: file }));
    last.stdout?.resume();
    assert.equal(await ended(last), 0);
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(700));
    assert.deepEqual(await readLedgerNumbers(hub, other), upTo(700));
    const { outbox: stats, syncer } = await readReport(file);
    assert.deepEqual([stats.events, stats.parked.entries, syncer.state], [0, 0, 'stopped']);
  });
});

test('an agent that is killed again and again has recorded what it was told is durable, once, counted without gaps', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const file = outboxFileOf(hub);
    const order = orderFor(hub, names, { role: 'agent', outbox: file, count: 900 });
    let durable = 0;
    for (const killAt of [150, 420, 700]) {
      const child = startChild(hub, order);
      for await (const line of createInterface({ input: child.stdout ?? assert.fail() })) {
        durable = Number(line);
        if (durable >= killAt) child.kill('SIGKILL');
      }
      assert.equal(await ended(child), 'SIGKILL');
    }
    const last = startChild(hub, order);
    last.stdout?.resume();
    assert.equal(await ended(last), 0);
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(900));
  });
});

test('a hub whose ingestor and whose nats-server are killed in turn gets everything once, in order', async () => {
  await withHub(async (hub) => {
    let ingestor = await spawnIngestor(hub);
    const names = uniqueScope();
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, upTo(2_000));
    const syncer = await startSyncer(hub, outbox, openHubUplink(hub), { batchEventsMax: 50 });
    await eventually(async () => syncer.status().committedEvents >= 300);
    ingestor.kill('SIGKILL');
    await ingestor.exited;
    await eventually(() => syncer.status().state === 'waiting_for_receipts');
    ingestor = await spawnIngestor(hub);
    await eventually(() => syncer.status().committedEvents >= 800);
    hub.nats.kill('SIGKILL');
    await hub.nats.exited;
    await eventually(async () => (await readReport(outboxFileOf(hub))).syncer.state === 'offline');
    hub.scope.own('nats again', await startNats(hub.dataDir, hub.password, 2, hub.nats.port));
    await eventually(async () => (await outbox.stats()).events === 0, 60_000);
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(2_000));
  });
});
