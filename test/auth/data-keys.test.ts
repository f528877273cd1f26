import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { DataKeyStore, loadKeyWrapper } from '@swarmledger/auth';
import { createMasterKey, encryptionLimits, type KeyWrapper } from '@swarmledger/encryption';
import { parseTenantId } from '@swarmledger/protocol';
import { Secret } from '@swarmledger/runtime';
import { withFolder } from '../support/cli.ts';
import { operator, password, readPublished, withAuth, type Answer, type TestAuth } from './auth-service.ts';

const path = '/v1/tenants/acme/data-keys';
const acme = parseTenantId('acme');

interface Key {
  readonly id: string;
  readonly key: string;
}

function keysOf({ body }: Answer): readonly Key[] {
  return body['keys'] as readonly Key[];
}

function withKeys(body: (auth: TestAuth) => Promise<void>): Promise<void> {
  return withAuth(body, { masterKeys: { kind: 'text', text: new Secret(createMasterKey()) } });
}

async function invite(auth: TestAuth, owner: string, role: string): Promise<string> {
  const { body } = await auth.call('POST', '/v1/tenants/acme/invitations', owner, { email: 'x@example.com', role });
  const accept = { tenant: 'acme', code: String(body['code']), username: `the-${role}`, password };
  assert.equal((await auth.call('POST', '/v1/invitations/accept', undefined, accept)).status, 201);
  return auth.signIn(`the-${role}`);
}

test('a tenant has a data key from its registration on, for its people and agents, and for nobody else', async () => {
  await withKeys(async (auth) => {
    const { call, register, signIn, clientToken, ledger } = auth;
    const owner = await register('acme');
    const stored = JSON.stringify(await ledger.tenants.documents.list(acme, 'data-keys'));
    const answer = await call('GET', path, owner);
    assert.equal(answer.status, 200);
    const [only] = keysOf(answer);
    assert.ok(only !== undefined && keysOf(answer).length === 1);
    assert.equal(Buffer.from(only.key, 'base64').length, 32);
    assert.ok(
      stored.includes(only.id) && !stored.includes(only.key),
      'it is there before it is asked for, and wrapped',
    );
    const made = await call('POST', '/v1/tenants/acme/agents', owner, { name: 'coder' });
    const agent = await clientToken(String(made.body['client_id']), String(made.body['client_secret']));
    for (const token of [await invite(auth, owner, 'member'), String(agent.body['access_token'])])
      assert.deepEqual(keysOf(await call('GET', path, token)), keysOf(answer));
    const other = await register('other');
    assert.notEqual(keysOf(await call('GET', path.replace('acme', 'other'), other))[0]?.key, only.key);
    const strangers = {
      analyst: await invite(auth, owner, 'analyst'),
      operator: await signIn(operator.username, operator.password),
      other,
    };
    for (const [who, token] of Object.entries(strangers))
      for (const [method, where] of [
        ['GET', path],
        ['POST', `${path}/rotate`],
      ] as const) {
        const { status, body } = await call(method, where, token);
        assert.equal(status, 403, who);
        assert.ok(!JSON.stringify(body).includes(only.key));
      }
  });
});

test('a rotated key encrypts from then on, and the older ones stay', async () => {
  await withKeys(async ({ call, register, restart }) => {
    const owner = await register('acme');
    const [first] = keysOf(await call('GET', path, owner));
    const rotated = await call('POST', `${path}/rotate`, owner);
    assert.equal(rotated.status, 201);
    const keys = keysOf(await call('GET', path, owner));
    assert.deepEqual(
      keys.map(({ id }) => id),
      [first?.id, rotated.body['id']],
    );
    assert.notEqual(keys[0]?.key, keys[1]?.key);
    await restart();
    assert.deepEqual(keysOf(await call('GET', path, owner)), keys);
    for (let count = keys.length; count < encryptionLimits.keysPerTenantMax; count++)
      assert.equal((await call('POST', `${path}/rotate`, owner)).status, 201);
    const more = await call('POST', `${path}/rotate`, owner);
    assert.deepEqual([more.status, more.body.error?.code], [409, 'too_many_data_keys']);
  });
});

test('an old key is replaced when it is asked for, once, however many ask', async () => {
  await withKeys(async ({ call, register, signIn, clock }) => {
    await register('acme');
    clock.offsetMs = encryptionLimits.keyLifeMs - 60_000;
    assert.equal(keysOf(await call('GET', path, await signIn('acme-owner'))).length, 1);
    clock.offsetMs = encryptionLimits.keyLifeMs + 60_000;
    const owner = await signIn('acme-owner');
    const answers = await Promise.all(Array.from({ length: 8 }, () => call('GET', path, owner)));
    for (const answer of answers) assert.deepEqual(keysOf(answer), keysOf(answers[0] as Answer));
    assert.equal(keysOf(answers[0] as Answer).length, 2);
  });
});

test('a key that has encrypted enough is replaced: every event of the tenant counts', async () => {
  let events = encryptionLimits.eventsPerKeyTarget - 1;
  await withAuth(async ({ ledger }) => {
    await ledger.tenants.create(acme);
    const { documents } = ledger.tenants;
    const usage = async (_tenant: unknown, day: string): Promise<number> =>
      day === new Date().toISOString().slice(0, 10) ? events : 0;
    const wrapper: KeyWrapper = {
      currentId: 'a key management service',
      wrap: async (key) => ({ wrappedBy: 'kms', wrapped: Buffer.from(key).reverse().toString('base64') }),
      unwrap: async ({ wrapped }) => Buffer.from(wrapped, 'base64').reverse(),
    };
    const store = new DataKeyStore({ tenants: { documents, usage }, wrapper, clock: Date.now });
    assert.equal((await store.load(acme)).byId.size, 1);
    assert.equal((await store.load(acme)).byId.size, 1);
    events += 1;
    assert.equal((await store.load(acme)).byId.size, 2);
  });
});

test('who is given a key is recorded, once for each account and key', async () => {
  await withKeys(async ({ call, register, nats }) => {
    const owner = await register('acme');
    for (let round = 0; round < 3; round++) await call('GET', path, owner);
    await call('POST', `${path}/rotate`, owner);
    for (let round = 0; round < 3; round++) await call('GET', path, owner);
    const messages = await readPublished(nats);
    const acts = ['data_keys.given', 'data_key.rotated'];
    assert.deepEqual(
      acts.map((act) => messages.filter((message) => message.includes(act)).length),
      [2, 1],
    );
    for (const { key } of keysOf(await call('GET', path, owner)))
      assert.ok(!messages.some((message) => message.includes(key)));
  });
});

test('without a master key there are no data keys, and nothing else is missing', async () => {
  await withAuth(async ({ call, register }) => {
    const owner = await register('acme');
    for (const [method, where] of [
      ['GET', path],
      ['POST', `${path}/rotate`],
    ] as const) {
      const { status, body } = await call(method, where, owner);
      assert.deepEqual([status, body.error?.code], [409, 'no_master_key']);
    }
    assert.equal((await call('POST', '/v1/tenants/acme/projects', owner, { project: 'api' })).status, 201);
  });
});

test('another master key opens nothing and says which one is missing; both in one file open all, and rewrapping frees the old', async () => {
  await withFolder(async (folder) => {
    const file = join(folder, 'master.key');
    const first = createMasterKey();
    await writeFile(file, first);
    await withAuth(
      async ({ call, register, restart, ledger }) => {
        const owner = await register('acme');
        const keys = keysOf(await call('GET', path, owner));
        const second = createMasterKey();
        await writeFile(file, second);
        await restart();
        const wrong = await call('GET', path, owner);
        assert.deepEqual([wrong.status, wrong.body.error?.code], [503, 'unknown_master_key']);
        assert.equal((await call('GET', '/v1/tenants/acme/members', owner)).status, 200);
        assert.equal((await call('GET', path.replace('acme', 'other'), await register('other'))).status, 200);
        await writeFile(file, second + first);
        await restart();
        assert.deepEqual(keysOf(await call('GET', path, owner)), keys);
        const wrapper = await loadKeyWrapper(file);
        const store = new DataKeyStore({ tenants: ledger.tenants, wrapper, clock: Date.now });
        assert.deepEqual([await store.rewrap(acme), await store.rewrap(acme)], [1, 0]);
        await writeFile(file, second);
        await restart();
        assert.deepEqual(keysOf(await call('GET', path, owner)), keys);
        await writeFile(file, 'nonsense');
        await assert.rejects(restart(), { code: 'invalid_master_key' });
        await writeFile(file, second);
        await restart();
        assert.equal(await readFile(file, 'utf8'), second);
      },
      { masterKeys: { kind: 'file', file } },
    );
  });
});
