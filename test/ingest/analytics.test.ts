import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAnalytics, startAnalyticsServer, type Analytics, type AnalyticsServer } from '@swarmledger/analytics';
import { openEventPipeline } from '@swarmledger/sdk';
import { createSignal, toScope, upTo } from './events.ts';
import { eventually, spawnIngestor, uniqueScope, withHub, type Hub } from './hub.ts';

const username = 'swarmledger';

async function startEngine(hub: Hub, port = 0): Promise<AnalyticsServer> {
  const { dataDir, password } = hub;
  const server = await startAnalyticsServer({ dataDir: join(dataDir, 'analytics'), port, username, password });
  return hub.scope.own('analytics', server);
}

function connectAnalytics(hub: Hub, server: AnalyticsServer): Analytics {
  return hub.scope.own('client', openAnalytics({ url: server.url, username, password: hub.password }));
}

/** Plain numbers, without FINAL: how many rows, how many different events, and whether versions follow sequence. */
async function readRows(analytics: Analytics, tenant: string): Promise<readonly number[]> {
  const sql = `SELECT count(), uniqExact(event_id), uniqExact(version)
    FROM swarmledger.swarm_events WHERE tenant_id = {tenant:String}`;
  const { rows } = await analytics.query(sql, { parameters: { tenant } });
  return (rows[0] ?? []).map(Number);
}

test('ClickHouse gone means a growing feed and nothing else; when it comes back it gets each event once', async () => {
  await withHub(async (hub) => {
    const names = uniqueScope();
    const scope = toScope(names);
    let engine = await startEngine(hub);
    const { port } = engine;
    const ingestor = await spawnIngestor(hub, {
      SWARMLEDGER_CLICKHOUSE_URL: engine.url,
      SWARMLEDGER_FEED_FILL_MS: '100',
    });
    const pipeline = hub.scope.own('pipeline', await openEventPipeline(hub.bus, names));
    const publish = async (from: number, count: number): Promise<void> => {
      await pipeline.publish({
        events: upTo(count).map((number) => createSignal(scope, from + number)),
        splittable: true,
      });
      await pipeline.flush();
    };
    await publish(0, 1_000);
    const before = connectAnalytics(hub, engine);
    await eventually(async () => (await readRows(before, names.tenant))[0] === 1_000);
    engine.kill('SIGKILL');
    await engine.exited;
    await publish(1_000, 2_000);
    assert.ok((await fetch(`${ingestor.healthUrl}/readyz`)).ok, 'commits go on');
    const backlog = await eventually(async () => {
      const metrics = await (await fetch(`${ingestor.healthUrl}/metrics`)).text();
      const rows = Number(/^swarmledger_feed_backlog_rows (\d+)$/m.exec(metrics)?.[1]);
      return rows === 2_000 && rows;
    });
    assert.equal(backlog, 2_000);
    engine = await startEngine(hub, port);
    const after = connectAnalytics(hub, engine);
    await eventually(async () => (await readRows(after, names.tenant))[0] === 3_000);
    assert.deepEqual(await readRows(after, names.tenant), [3_000, 3_000, 3_000]);
    const said = ingestor.logLines.filter((line) => line.includes('the feed waits'));
    assert.equal(said.length, 1, 'said once, not at every attempt');
  });
});

test('an ingestor that is killed while it feeds leaves each event in ClickHouse exactly once', async () => {
  await withHub(async (hub) => {
    const { tenant, project } = uniqueScope();
    const engine = await startEngine(hub);
    const environment = { SWARMLEDGER_CLICKHOUSE_URL: engine.url, SWARMLEDGER_FEED_FILL_MS: '0' };
    let ingestor = await spawnIngestor(hub, environment);
    const analytics = connectAnalytics(hub, engine);
    // Of both partitions: what is killed has rows of several partitions in one insert.
    const pipelines = await Promise.all(
      upTo(8).map(async (number) => {
        const names = { tenant, project: `${project}-${number}` };
        const opened = await openEventPipeline(hub.bus, { ...names, checkBefore: true });
        return { scope: toScope(names), pipeline: hub.scope.own('pipeline', opened) };
      }),
    );
    const perProject = 1_000;
    const total = perProject * pipelines.length;
    const publishing = (async () => {
      for (let start = 0; start < perProject; start += 20) {
        for (const { scope, pipeline } of pipelines)
          await pipeline.publish({ events: upTo(20).map((number) => createSignal(scope, start + number)) });
      }
    })();
    for (const rows of [500, 1_500, 3_000, 5_000]) {
      await eventually(async () => ((await readRows(analytics, tenant).catch(() => []))[0] ?? 0) >= rows);
      ingestor.kill('SIGKILL');
      await ingestor.exited;
      ingestor = await spawnIngestor(hub, environment);
    }
    await publishing;
    for (const { pipeline } of pipelines) {
      const { committed, duplicates } = await pipeline.flush({ timeoutMs: 60_000 });
      assert.deepEqual({ committed, duplicates }, { committed: perProject, duplicates: 0 });
    }
    await eventually(async () => (await readRows(analytics, tenant))[0] === total);
    assert.deepEqual(await readRows(analytics, tenant), [total, total, total]);
    const ledger = await hub.openLedger();
    // Rows are seen before the ledger knows that they are there.
    await eventually(async () => (await ledger.feed.progress()).pendingRows === 0);
    const { rows } = await analytics.query('SELECT count(), uniqExact(feed_group) FROM swarmledger.swarm_events');
    const [events, groups] = (rows[0] ?? []).map(Number);
    assert.ok(groups! < events! / 20, `${groups} inserts for ${events} rows`);
  });
});
