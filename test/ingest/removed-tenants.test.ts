import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAnalytics, startAnalyticsServer } from '@swarmledger/analytics';
import { parseTenantId } from '@swarmledger/protocol';
import { openEventPipeline } from '@swarmledger/sdk';
import { createSignal, toScope, upTo } from './events.ts';
import { eventually, startIngestor, uniqueScope, withHub } from './hub.ts';

const username = 'swarmledger';

test('a removed tenant’s rows go from ClickHouse too, also those that come late, and nobody else’s', async () => {
  await withHub(async (hub) => {
    const { dataDir, password, scope } = hub;
    const engine = scope.own(
      'engine',
      await startAnalyticsServer({ dataDir: join(dataDir, 'analytics'), port: 0, username, password }),
    );
    const analytics = scope.own('analytics', openAnalytics({ url: engine.url, username, password }));
    await startIngestor(hub, {
      analyticsUrl: engine.url,
      policy: { removals: { everyMs: 50, settleMs: 20_000 } },
    });
    const [gone, stays] = [uniqueScope(), uniqueScope()];
    for (const names of [gone, stays]) {
      const pipeline = scope.own('pipeline', await openEventPipeline(hub.bus, names));
      await pipeline.publish({ events: upTo(50).map((number) => createSignal(toScope(names), number)) });
      await pipeline.flush({ timeoutMs: 60_000 });
    }
    const count = async (tenant: string): Promise<number> => {
      const sql = 'SELECT count() FROM swarmledger.swarm_events WHERE tenant_id = {tenant:String}';
      return Number((await analytics.query(sql, { parameters: { tenant } })).rows[0]?.[0]);
    };
    for (const { tenant } of [gone, stays]) await eventually(async () => (await count(tenant)) === 50);
    const { tenants } = await hub.openLedger();
    const tenant = parseTenantId(gone.tenant);
    await tenants.remove(tenant);
    assert.deepEqual(await tenants.removed(), [tenant]);
    await eventually(async () => (await count(gone.tenant)) === 0);
    // What a feeder had in memory when the tenant was removed.
    const row = { ...toScope(gone), branch: createSignal(toScope(gone), 1).branch, commitTimeMs: Date.now() };
    const event = createSignal(toScope(gone), 51);
    const late = { ...row, version: '0001000000000000000000010001' as never, event, raw: Buffer.from('x') };
    await analytics.insertGroup({ id: 'late', recovered: false }, [[late]]);
    await eventually(async () => (await count(gone.tenant)) === 0);
    await eventually(async () => (await tenants.removed()).length === 0, 90_000);
    assert.equal(await count(gone.tenant), 0);
    assert.equal(await count(stays.tenant), 50);
    await assert.rejects(tenants.create(tenant), { code: 'tenant_exists' });
  });
});
