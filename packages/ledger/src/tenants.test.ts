import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import { openDatabase } from './fdb/open-database.ts';
import { Directories } from './directories.ts';
import { Store, type KeyRange } from './fdb/store.ts';
import { allOf } from './keyspace.ts';
import type { LedgerConnection } from './ledger.ts';
import { readPages } from './read/pages.ts';
import { appendOne, commit, testLedger, type TestLedger } from './testing/backends.ts';
import { decision, message, project, tenant, write } from './testing/events.ts';
import { FaultyDatabase } from './testing/faults.ts';

const acme = parseTenantId('acme-two');
const other = parseTenantId('other');
const web = parseProjectId('web');

testLedger('of two tenants registered at the same moment under one name, one is', async (open) => {
  const { ledger, reopen } = await open();
  const second = await reopen();
  const ledgers = [ledger, second, ledger, second];
  const outcomes = await Promise.allSettled(ledgers.map(({ tenants }) => tenants.create(acme)));
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') assert.equal((outcome.reason as PermanentError).code, 'tenant_exists');
});

testLedger('a tenant’s plan and name change, and nobody else’s', async (open) => {
  const { ledger } = await open();
  const before = await ledger.tenants.create(acme);
  await ledger.tenants.create(other);
  assert.deepEqual(await ledger.tenants.change(acme, { plan: 'pro' }), { ...before, plan: 'pro' });
  assert.equal((await ledger.tenants.show(acme)).plan, 'pro');
  assert.equal((await ledger.tenants.show(other)).plan, 'free');
  await assert.rejects(ledger.tenants.change(parseTenantId('nobody'), {}), { code: 'unknown_tenant' });
});

testLedger('a project can be made before its first event, and twice', async (open) => {
  const { ledger } = await open();
  await ledger.tenants.create(acme);
  await ledger.tenants.createProject(acme, web);
  await ledger.tenants.createProject(acme, web);
  assert.deepEqual(await ledger.tenants.projects(acme), [web]);
  await assert.rejects(ledger.tenants.createProject(other, web), { code: 'unknown_tenant' });
});

testLedger('documents belong to one tenant and kind, and change one after the other', async (open) => {
  const { ledger, reopen } = await open();
  const second = await reopen();
  await ledger.tenants.create(acme);
  await ledger.tenants.create(other);
  const { documents } = ledger.tenants;
  assert.equal(await documents.get(acme, 'note', 'a'), undefined);
  const count = (current: unknown): object => ({ count: ((current as { count: number } | undefined)?.count ?? 0) + 1 });
  await Promise.all(
    [documents, second.tenants.documents, documents].map((each) => each.update(acme, 'note', 'a', count)),
  );
  assert.deepEqual(await documents.get(acme, 'note', 'a'), { count: 3 });
  await documents.update(acme, 'note', 'b\0.*', () => ({ odd: true }));
  await documents.update(acme, 'notes', 'c', () => ({}));
  await documents.update(other, 'note', 'd', () => ({}));
  assert.deepEqual(await documents.list(acme, 'note'), [
    { id: 'a', value: { count: 3 } },
    { id: 'b\0.*', value: { odd: true } },
  ]);
  await documents.update(acme, 'note', 'a', () => undefined);
  assert.equal(await documents.get(acme, 'note', 'a'), undefined);
  const large = documents.update(acme, 'note', 'a', () => ({ text: 'x'.repeat(40_000) }));
  await assert.rejects(large, { code: 'document_too_large' });
  await assert.rejects(documents.get(parseTenantId('nobody'), 'note', 'a'), { code: 'unknown_tenant' });
});

testLedger('a removed tenant is gone with all that it had, and its name is not given again', async (open) => {
  const { ledger } = await open();
  await ledger.tenants.create(acme);
  await ledger.tenants.create(other);
  await ledger.tenants.createProject(acme, web);
  await ledger.tenants.documents.update(acme, 'key', '1', () => ({ secret: 'x' }));
  await ledger.tenants.remove(acme);
  await assert.rejects(ledger.tenants.show(acme), { code: 'unknown_tenant' });
  await assert.rejects(ledger.project(acme, web), { code: 'unknown_tenant' });
  await assert.rejects(ledger.tenants.documents.get(acme, 'key', '1'), { code: 'unknown_tenant' });
  await assert.rejects(ledger.tenants.createProject(acme, web), { code: 'unknown_tenant' });
  await assert.rejects(ledger.tenants.create(acme), { code: 'tenant_exists' });
  await ledger.tenants.ensure(acme);
  assert.deepEqual(await ledger.tenants.removed(), [acme]);
  await ledger.tenants.remove(acme);
  await ledger.tenants.forget(acme);
  await ledger.tenants.forget(acme);
  assert.deepEqual(await ledger.tenants.removed(), []);
  await assert.rejects(ledger.tenants.remove(acme), { code: 'unknown_tenant' });
  await assert.rejects(ledger.tenants.create(acme), { code: 'tenant_exists' });
  const names = (await ledger.tenants.list()).map(({ id }) => id);
  assert.ok(!names.includes(acme) && names.includes(other));
});

testLedger('a removal that is cut off leaves the tenant unknown, and goes on where it was', async (open) => {
  const faulty = new FaultyDatabase();
  const { ledger, lease, connection, root } = await open({ wrap: faulty.wrap });
  const mark = randomUUID();
  await commit(lease, message(write('a.txt', mark)));
  for (const name of ['b', 'c']) await ledger.tenants.createProject(tenant, parseProjectId(name));
  const range = await readRange({ connection, root });
  assert.ok((await countValues(connection, range, mark)) > 0);
  faulty.beforeNextCommit(async () => faulty.nextReads(transactionTimedOut));
  await assert.rejects(ledger.tenants.remove(tenant));
  assert.ok((await countValues(connection, range, mark)) > 0, 'it was cut off');
  await assert.rejects(ledger.tenants.show(tenant), { code: 'unknown_tenant' });
  await assert.rejects(ledger.project(tenant, project), { code: 'unknown_tenant' });
  await assert.rejects(ledger.tenants.create(tenant), { code: 'tenant_exists' });
  assert.equal((await appendOne(lease, message(write('b.txt', mark)))).kind, 'rejected');
  assert.deepEqual(await ledger.tenants.removed(), [tenant]);
  await ledger.tenants.remove(tenant);
  assert.equal(await countValues(connection, range, mark), 0);
  assert.deepEqual(await ledger.tenants.removed(), [tenant], 'until somebody says that there are no copies');
});

/** Not tried again by whoever waits. */
const transactionTimedOut = 1031;

async function readRange({ connection, root }: Pick<TestLedger, 'connection' | 'root'>): Promise<KeyRange> {
  const store = new Store(openDatabase(connection));
  const place = await (await Directories.open(store, root)).findProject(tenant, project);
  store.close();
  assert.ok(place !== undefined);
  return allOf(place.prefix);
}

async function countValues(connection: LedgerConnection, range: KeyRange, text: string): Promise<number> {
  const store = new Store(openDatabase(connection));
  let count = 0;
  for await (const page of readPages(store, range, { limit: 1_000 }))
    count += page.filter(([, value]) => value.includes(text)).length;
  store.close();
  return count;
}
testLedger('a quota of its own stands beside the plan, unlimited too, until it is taken back', async (open) => {
  const { ledger } = await open();
  await ledger.tenants.create(acme);
  assert.equal((await ledger.tenants.show(acme)).quota, undefined);
  await ledger.tenants.change(acme, { quota: { eventsPerDay: 5, burstEvents: Infinity } });
  assert.deepEqual((await ledger.tenants.show(acme)).quota, { eventsPerDay: 5, burstEvents: Infinity });
  await ledger.tenants.change(acme, { plan: 'pro' });
  assert.deepEqual((await ledger.tenants.show(acme)).quota, { eventsPerDay: 5, burstEvents: Infinity });
  await ledger.tenants.change(acme, { quota: {} });
  assert.deepEqual((await ledger.tenants.show(acme)).quota, {});
});

testLedger(
  'the usage of several tenants is one read, each day counts for itself and once for each event',
  async (open) => {
    const { ledger } = await open();
    await ledger.tenants.create(acme);
    await ledger.tenants.create(other, { plan: 'pro' });
    const day = new Date().toISOString().slice(0, 10);
    const lease = await ledger.partitions.acquire(0, 'test');
    const messages = [1, 2, 3].map(() => message(decision('why', { tenant: acme, project: web })));
    await lease.append(messages);
    await lease.append(messages);
    const nobody = parseTenantId('nobody');
    const usages = await ledger.tenants.usages([acme, nobody, other], day);
    assert.deepEqual(
      [...usages].map(([id, { record, events }]) => [id, record.plan, events]),
      [
        [acme, 'free', 3],
        [other, 'pro', 0],
      ],
    );
    assert.equal((await ledger.tenants.usages([acme], '2026-01-01')).get(acme)?.events, 0);
  },
);

testLedger('a lease that was taken over is not confirmed', async (open) => {
  const { ledger } = await open();
  const lease = await ledger.partitions.acquire(3, 'first');
  await lease.confirm();
  const second = await ledger.partitions.acquire(3, 'second');
  await assert.rejects(lease.confirm(), { code: 'lease_lost' });
  await second.confirm();
  await second.release();
  await assert.rejects(second.confirm(), { code: 'lease_lost' });
});
