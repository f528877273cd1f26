import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventId, parseProjectId, parseTenantId, type TenantId } from '@swarmledger/protocol';
import { loadConfig, parsePartitionList } from './config.ts';
import { KnownTenants } from './known-tenants.ts';
import { RecentRejections } from './recent-rejections.ts';

test('without configuration it is one machine with every partition', () => {
  const config = loadConfig({});
  assert.deepEqual(config.ownPartitions, [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.equal(config.autoTenants, false);
  assert.equal(config.ledger.kind, 'embedded');
});

test('passwords are not shown by what prints a configuration', () => {
  const config = loadConfig({ SWARMLEDGER_NATS_PASSWORD: 'hush', SWARMLEDGER_CLICKHOUSE_PASSWORD: 'hush' });
  assert.doesNotMatch(JSON.stringify(config), /hush/);
});

test('every problem is named at once', () => {
  const environment = { SWARMLEDGER_HEALTH_PORT: 'x', SWARMLEDGER_AUTO_TENANTS: 'perhaps' };
  assert.throws(() => loadConfig(environment), /HEALTH_PORT.*AUTO_TENANTS/);
  const parts = {
    ...environment,
    SWARMLEDGER_LEDGER: 'paper',
    SWARMLEDGER_OWN_PARTITIONS: '9',
    OTEL_TRACES_SAMPLER_ARG: '2',
    OTEL_METRIC_EXPORT_INTERVAL: 'often',
  };
  assert.throws(
    () => loadConfig(parts),
    /LEDGER.*HEALTH_PORT.*OTEL_TRACES_SAMPLER_ARG.*METRIC_EXPORT_INTERVAL.*OWN_PARTITIONS.*AUTO_TENANTS/,
  );
});

test('a partition list is read, and a wrong one refused', () => {
  assert.deepEqual(parsePartitionList('X', '0-2, 5,1', 8), [0, 1, 2, 5]);
  for (const wrong of ['', '8', '3-1', '0-8', 'a', '1,,2', '-1']) {
    assert.throws(() => parsePartitionList('X', wrong, 8), { code: 'invalid_config' });
  }
});

test('rejections are remembered up to a bound, by tenant and project', () => {
  const rejections = new RecentRejections(2);
  const scope = { tenant: parseTenantId('acme'), project: parseProjectId('web') };
  const other = { ...scope, project: parseProjectId('app') };
  const ids = [createEventId(), createEventId(), createEventId()] as const;
  rejections.add(scope, ids, { reason: 'unknown_tenant', messageId: 'm' });
  assert.equal(rejections.find(scope, ids[0]), undefined);
  assert.deepEqual(rejections.find(scope, ids[2]), { reason: 'unknown_tenant', messageId: 'm' });
  assert.equal(rejections.find(other, ids[2]), undefined);
});

test('a tenant is ensured once while it is remembered', async () => {
  const ensured: TenantId[] = [];
  const known = new KnownTenants({ ensure: async (tenant) => void ensured.push(tenant) }, 2);
  const [a, b, c] = ['a', 'b', 'c'].map(parseTenantId) as [TenantId, TenantId, TenantId];
  await known.ensure([a, a, b]);
  await known.ensure([c, b]);
  assert.deepEqual(ensured, [a, b, c]);
  await known.ensure([a]);
  assert.deepEqual(ensured, [a, b, c, a]);
});
