import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { connectSwarmLedger } from '@swarmledger/sdk';
import { openLedger } from '@swarmledger/ledger';
import { openLedgerUplink } from '@swarmledger/syncer';
import { runCli } from '../support/cli.ts';
import { eventually, startIngestor, uniqueScope, withHub, type Hub } from '../ingest/hub.ts';
import { readHistory, toScope, upTo } from '../ingest/events.ts';
import { openEdgeOutbox, outboxFileOf, readLedgerNumbers, recordNumbers, startSyncer } from './edge.ts';

const serviceMain = fileURLToPath(new URL('../../../services/syncer/dist/main.js', import.meta.url));

test('straight into the ledger: once, in order, beside an ingestor that owns the partitions, and fed with them', async () => {
  await withHub(async (hub) => {
    const ingestor = await startIngestor(hub);
    const names = uniqueScope();
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, upTo(3_000));
    const open = (): ReturnType<typeof openLedger> => openLedger({ connection: hub.connection });
    const uplink = hub.scope.own('uplink', openLedgerUplink({ openLedger: open, partitions: 2, autoTenants: true }));
    const syncer = await startSyncer(hub, outbox, uplink);
    assert.deepEqual(await syncer.drain(), { kind: 'empty' });
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(3_000));
    // The same partitions still take what comes over the bus.
    const online = await connectSwarmLedger({ ...hub.address, ...names, agentId: 'online' });
    await online.recordSignal({ kind: 'note', message: '3001 ' });
    await online.flush();
    await online.close();
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(3_001));
    assert.doesNotMatch(ingestor.metrics.render(), /lease_lost/);
    const { pendingRows } = await (await hub.openLedger()).feed.progress();
    assert.equal(pendingRows, 3_001);
  });
});

test('straight into the ledger, what it refuses is parked, and an unknown tenant waits', async () => {
  await withHub(async (hub) => {
    const names = uniqueScope();
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, upTo(10));
    const open = (): ReturnType<typeof openLedger> => openLedger({ connection: hub.connection });
    const uplink = hub.scope.own('uplink', openLedgerUplink({ openLedger: open, partitions: 2, autoTenants: false }));
    const refusedRetry = { initialMs: 50, maxMs: 100, attemptsMax: Infinity };
    const syncer = await startSyncer(hub, outbox, uplink, { refusedRetry });
    const outcome = await syncer.drain();
    assert.equal(outcome.kind === 'stuck' && outcome.problem?.code, 'unknown_tenant');
    await (await hub.openLedger()).tenants.ensure(toScope(names).tenant);
    await eventually(async () => (await outbox.stats()).events === 0);
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(10));
  });
});

function edgeEnvironment(hub: Hub): Readonly<Record<string, string>> {
  return {
    SWARMLEDGER_OUTBOX: outboxFileOf(hub),
    SWARMLEDGER_NATS_URL: hub.address.servers,
    SWARMLEDGER_NATS_USER: hub.address.credentials.user,
    SWARMLEDGER_NATS_PASSWORD: hub.password.reveal(),
  };
}

test('the service drains an outbox, says how it is doing, and stops cleanly', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, upTo(500));
    const child = spawn(process.execPath, [serviceMain], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...edgeEnvironment(hub), SWARMLEDGER_HEALTH_PORT: '0' },
    });
    hub.scope.defer('syncer service', () => void child.kill('SIGKILL'));
    let port = 0;
    for await (const line of createInterface({ input: child.stderr })) {
      port = Number(/"health server listens","port":(\d+)/.exec(line)?.[1] ?? 0);
      if (port > 0) break;
    }
    child.stderr.resume();
    await eventually(async () => (await outbox.stats()).events === 0);
    await eventually(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.match(metrics, /swarmledger_outbox_events\{priority="normal"\} 0/);
    assert.match(metrics, /swarmledger_sync_committed_events 500/);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.equal(await outbox.isUnlocked(), true);
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(500));
  });
});

test('the commands send, say what waits and why, and decide about what is parked', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const environment = edgeEnvironment(hub);
    const sync = (...args: readonly string[]): ReturnType<typeof runCli> => runCli(['sync', ...args], { environment });
    const none = await sync('status');
    assert.equal(none.code, 2);
    assert.match(none.stderr, /there is no outbox/);
    const agent = await connectSwarmLedger({ durable: true, outbox: outboxFileOf(hub), ...names, agentId: 'agent' });
    await agent.recordChange({ path: 'a.txt', action: 'CREATE', contentSha256: 'ab'.repeat(32) });
    await agent.recordSignal({ kind: 'crash', message: '1 ', priority: 'critical' });
    await agent.close();
    const before = await sync('status');
    assert.match(before.stdout, /waiting +2 events of 1 projects/);
    assert.match(before.stdout, /critical +1 events/);
    assert.match(before.stdout, /none is running/);

    const offline = await runCli(['sync', 'once'], {
      environment: { ...environment, SWARMLEDGER_NATS_URL: 'nats://127.0.0.1:1' },
    });
    assert.equal(offline.code, 1);
    assert.match(offline.stderr, /not everything could be sent: .*connect/);
    assert.match((await sync('status')).stdout, /last error +disconnected/);

    const once = await sync('once', '--json');
    assert.deepEqual([once.code, JSON.parse(once.stdout)], [0, { committed: 1 }]);
    const after = JSON.parse((await sync('status', '--json')).stdout) as { outbox: { events: number; parked: object } };
    assert.equal(after.outbox.events, 0);
    const listed = await sync('parked');
    assert.match(listed.stdout, /content_missing/);
    const shown = await sync('parked', 'show', '1');
    assert.match(shown.stdout, /"target_resource": "a.txt"/);
    assert.equal((await sync('parked', 'retry')).code, 2);
    assert.match((await sync('parked', 'retry', '1')).stdout, /1 entry put back/);
    await sync('once');
    assert.match((await sync('parked', 'drop', '--all')).stdout, /1 entry removed/);
    assert.match((await sync('parked', 'ls')).stdout, /Nothing is parked/);
    const events = await readHistory(await hub.openLedger(), toScope(names));
    assert.equal(events.length, 1);
  });
});

test('a running "sync run" keeps a second one out, and Ctrl-C ends it cleanly', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const outbox = await openEdgeOutbox(hub);
    const environment = edgeEnvironment(hub);
    const program = fileURLToPath(new URL('../../../packages/cli/bin/swarmledger.js', import.meta.url));
    const child = spawn(process.execPath, [program, 'sync', 'run'], {
      stdio: ['ignore', 'ignore', 'ignore'],
      env: { ...process.env, ...environment },
    });
    hub.scope.defer('sync run', () => void child.kill('SIGKILL'));
    await eventually(async () => !(await outbox.isUnlocked()));
    await recordNumbers(outbox, names, upTo(20));
    await eventually(async () => (await outbox.stats()).events === 0);
    const second = await runCli(['sync', 'once'], { environment });
    assert.deepEqual([second.code, /another syncer drains/.test(second.stderr)], [1, true]);
    assert.match((await runCli(['sync', 'status'], { environment })).stdout, /syncer +idle, process/);
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});

test('a configuration that makes no sense is one sentence', async () => {
  await withHub(async (hub) => {
    await mkdir(join(hub.dataDir, 'x'));
    await writeFile(join(hub.dataDir, 'x/file'), 'not an outbox at all, but text');
    const damaged = await runCli(['sync', 'status', '--outbox', join(hub.dataDir, 'x/file')]);
    assert.deepEqual([damaged.code, /damaged or no outbox/.test(damaged.stderr)], [2, true]);
  });
});
