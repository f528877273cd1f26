import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectBus } from '@swarmledger/bus';
import { Secret } from '@swarmledger/runtime';
import { openBusUplink } from '@swarmledger/sdk';
import { eventually, startIngestor, uniqueScope, withHub, type Hub } from '../ingest/hub.ts';
import { upTo } from '../ingest/events.ts';
import {
  openEdgeOutbox,
  openHubUplink,
  outboxFileOf,
  readLedgerNumbers,
  readReport,
  recordNumbers,
  startSyncer,
} from './edge.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';

async function openProxy(hub: Hub): Promise<{ readonly proxy: TcpProxy; readonly servers: string }> {
  const proxy = hub.scope.own('proxy', await openTcpProxy(hub.nats.port));
  return { proxy, servers: `nats://127.0.0.1:${proxy.port}` };
}

const padding = 'p'.repeat(300);

test('a network that is cut in the middle of messages, and stays away, costs time and nothing else', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const { proxy, servers } = await openProxy(hub);
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, upTo(3_000), padding);
    const cuts = [30_000, 120_000].map((bytes) => async () => {
      await proxy.cutAfter(bytes);
      const { syncer, isRunning } = await eventually(async () => {
        const report = await readReport(outboxFileOf(hub));
        return report.syncer.state === 'offline' && report;
      });
      assert.deepEqual([isRunning, syncer.link, syncer.lastError?.code], [true, 'disconnected', 'disconnected']);
      assert.ok((await outbox.stats()).events > 0);
      proxy.restore();
    });
    const first = cuts[0]?.();
    const syncer = await startSyncer(hub, outbox, openHubUplink(hub, servers), {
      compress: false,
      batchEventsMax: 100,
    });
    await first;
    await cuts[1]?.();
    await eventually(async () => (await outbox.stats()).events === 0, 60_000);
    await eventually(() => syncer.status().state === 'idle');
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(3_000));
  });
});

test('the only attempt fails, no further write ever comes, and the event arrives by itself', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const { proxy, servers } = await openProxy(hub);
    const outbox = await openEdgeOutbox(hub);
    const syncer = await startSyncer(hub, outbox, openHubUplink(hub, servers));
    await eventually(() => syncer.status().state === 'idle');
    // Enough for the question about the clock, not for the message.
    const cut = proxy.cutAfter(400);
    await recordNumbers(outbox, names, [1], padding.repeat(5));
    await cut;
    await eventually(() => syncer.status().state === 'offline');
    proxy.restore();
    await eventually(async () => (await outbox.stats()).events === 0, 30_000);
    assert.deepEqual(await readLedgerNumbers(hub, names), [1]);
  });
});

/** Gives nats-server another list of users, as an operator would. */
async function setUsers(
  hub: Hub,
  users: readonly { readonly user: string; readonly password: string }[],
): Promise<void> {
  const file = join(hub.dataDir, 'nats/nats-server.conf');
  const text = await readFile(file, 'utf8');
  const list = users.map(({ user, password }) => `{ user: "${user}", password: "${password}" }`).join(', ');
  await writeFile(file, text.replace(/users: \[.*\]/, `users: [ ${list} ]`));
  hub.nats.kill('SIGHUP');
}

test('credentials that are revoked park the connection with a clear status, and renewed ones resume it without a restart', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const hubUser = { user: hub.address.credentials.user, password: hub.password.reveal() };
    const edge = (password: string): { user: string; password: string } => ({ user: 'edge', password });
    await setUsers(hub, [hubUser, edge('old')]);
    let current = 'old';
    const connect = (): ReturnType<typeof connectBus> =>
      connectBus({
        servers: hub.address.servers,
        name: 'edge',
        credentials: { user: 'edge', password: new Secret(current) },
      });
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, upTo(10));
    const syncer = await startSyncer(hub, outbox, hub.scope.own('uplink', openBusUplink({ connect })));
    await eventually(async () => (await outbox.stats()).events === 0);
    await setUsers(hub, [hubUser]);
    await eventually(() => syncer.status().state === 'unauthorized');
    await recordNumbers(outbox, names, [11, 12]);
    const { syncer: told, outbox: stats } = await eventually(async () => {
      const report = await readReport(outboxFileOf(hub));
      return report.syncer.state === 'unauthorized' && report.outbox.events === 2 && report;
    });
    assert.equal(told.lastError?.code, 'unauthorized');
    assert.match(told.lastError.message, /credentials/);
    assert.equal(stats.parked.entries, 0);
    await setUsers(hub, [hubUser, edge('new')]);
    current = 'new';
    await eventually(async () => (await outbox.stats()).events === 0);
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(12));
  });
});

test('a hub whose streams are full refuses loudly; the status says so, and everything arrives once there is room', async () => {
  await withHub(async (hub) => {
    await hub.bus.ensureStreams({ partitions: 2, maxBytesPerStream: 60_000 });
    const names = uniqueScope();
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, upTo(300), padding.repeat(10));
    // Something else has filled the stream: all that this project's partition takes.
    const filler = await startSyncer(hub, outbox, openHubUplink(hub), {
      compress: false,
      batchEventsInitial: 10,
      batchEventsMax: 10,
    });
    await eventually(() => filler.status().messages > 0);
    await filler.close();
    const syncer = await startSyncer(hub, outbox, openHubUplink(hub), {
      compress: false,
      batchEventsInitial: 20,
      batchEventsMax: 20,
    });
    await eventually(() => syncer.status().lastError?.code === 'stream_full');
    const { syncer: told } = await eventually(async () => {
      const report = await readReport(outboxFileOf(hub));
      return report.syncer.held.length === 1 && report;
    });
    assert.deepEqual([told.state, told.held[0]?.code], ['retrying', 'stream_full']);
    assert.equal((await outbox.stats()).events, 300);
    await startIngestor(hub);
    await eventually(async () => (await outbox.stats()).events === 0, 40_000);
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(300));
  });
});
