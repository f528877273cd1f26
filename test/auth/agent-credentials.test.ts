import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectBus, createUserKey, type Bus } from '@swarmledger/bus';
import { createAgentCredentials, type AgentAccount } from '@swarmledger/sdk';
import { eventually } from '../support/cli.ts';
import { readPublished, withAuth, type TestAuth } from './auth-service.ts';
import { withOperatorServer, type OperatorServer } from './operator-server.ts';

interface Agents {
  readonly auth: TestAuth;
  readonly nats: OperatorServer;
  readonly owner: string;
  /** Makes a service account and says how it signs in. */
  readonly agent: (name: string) => Promise<AgentAccount>;
  readonly connect: (options: AgentAccount) => Promise<Bus>;
}

async function withAgents(body: (agents: Agents) => Promise<void>): Promise<void> {
  await withOperatorServer((nats) =>
    withAuth(
      async (auth) => {
        const buses: Bus[] = [];
        const owner = await auth.register('acme');
        try {
          await body({
            auth,
            nats,
            owner,
            agent: async (name) => {
              const { body: made } = await auth.call('POST', '/v1/tenants/acme/agents', owner, { name });
              return {
                authUrl: auth.service.url,
                tenant: 'acme',
                clientId: String(made['client_id']),
                clientSecret: String(made['client_secret']),
              };
            },
            connect: async (options) => {
              const credentials = createAgentCredentials(options);
              const bus = await connectBus({ servers: nats.server.url, name: 'agent', credentials });
              buses.push(bus);
              return bus;
            },
          });
        } finally {
          for (const bus of buses) await bus.close();
        }
      },
      { operatorServer: nats },
    ),
  );
}

const publish = (bus: Bus, tenant = 'acme'): Promise<unknown> =>
  bus.publisher.publishRaw(`swarm.${tenant}.web.events`, Buffer.from('x'));

test('an agent’s service account becomes a NATS user that publishes for its tenant only', async () => {
  await withAgents(async ({ auth, agent, connect, owner }) => {
    const coder = await agent('coder');
    const bus = await connect(coder);
    await publish(bus);
    await assert.rejects(publish(bus, 'other'), { code: 'permission_denied' });
    await auth.register('other');
    await assert.rejects(connect({ ...coder, tenant: 'other' }), { code: 'sign_in_refused' });
    await assert.rejects(connect({ ...coder, clientSecret: 'guess' }), { code: 'sign_in_refused' });
    await assert.rejects(connect({ ...coder, authUrl: 'http://127.0.0.1:1' }), { code: 'auth_unreachable' });
    const path = '/v1/tenants/acme/credentials/nats';
    const { publicKey } = createUserKey();
    const wrongSum = `${publicKey.slice(0, -1)}${publicKey.endsWith('A') ? 'B' : 'A'}`;
    for (const key of ['', 'x', 'U'.repeat(56), 'A'.repeat(56), `${publicKey}.>`, wrongSum])
      assert.equal((await auth.call('POST', path, owner, { public_key: key })).status, 400, key);
  });
});

test('a revoked key is out within seconds, gets no new JWT, and the agent comes back with another', async () => {
  await withAgents(async ({ auth, owner, nats }) => {
    const path = '/v1/tenants/acme/credentials/nats';
    const pair = createUserKey();
    const { body } = await auth.call('POST', path, owner, { public_key: pair.publicKey });
    const user = { ...pair, jwt: String(body['jwt']) };
    const bus = await nats.connect(user);
    await publish(bus);
    assert.equal((await auth.call('DELETE', `${path}/${createUserKey().publicKey}`, owner)).status, 404);
    const startMs = performance.now();
    assert.equal((await auth.call('DELETE', `${path}/${pair.publicKey}`, owner)).status, 204);
    await eventually(() => (bus.isConnected ? undefined : true), 5_000);
    assert.ok(performance.now() - startMs < 5_000);
    await assert.rejects(nats.connect(user), { code: 'unauthorized' }, 'the old JWT stays out');
    const again = await auth.call('POST', path, owner, { public_key: pair.publicKey });
    assert.deepEqual([again.status, again.body.error?.code], [409, 'revoked_key']);
    assert.equal((await auth.call('POST', path, owner, { public_key: createUserKey().publicKey })).status, 201);
  });
});

test('a key’s first JWT is recorded, and its renewals are not', async () => {
  await withAgents(async ({ auth, owner }) => {
    const path = '/v1/tenants/acme/credentials/nats';
    const keys = [createUserKey().publicKey, createUserKey().publicKey];
    for (const key of [...keys, ...keys]) {
      const { status } = await auth.call('POST', path, owner, { public_key: key });
      assert.equal(status, 201);
    }
    const messages = (await readPublished(auth.nats)).filter((message) => message.includes('nats_key.issued'));
    assert.deepEqual(
      keys.map((key) => messages.filter((message) => message.includes(key)).length),
      [1, 1],
    );
    await auth.nats.server.close();
    const unrecorded = await auth.call('POST', path, owner, { public_key: createUserKey().publicKey });
    assert.equal(unrecorded.status, 503, 'what cannot be recorded is not done');
  });
});

test('removing an agent ends its connections, and its tenant’s end ends all of them', async () => {
  await withAgents(async ({ auth, agent, connect, owner }) => {
    const gone = await connect(await agent('gone'));
    const stays = await connect(await agent('stays'));
    await publish(gone);
    assert.equal((await auth.call('DELETE', '/v1/tenants/acme/agents/gone', owner)).status, 204);
    await eventually(() => (gone.isConnected ? undefined : true), 5_000);
    await publish(stays);
    assert.equal((await auth.call('DELETE', '/v1/tenants/acme', owner, { confirm: 'acme' })).status, 204);
    await eventually(() => (stays.isConnected ? undefined : true), 5_000);
  });
});

test('a hub without operator mode says that it has no users to give', async () => {
  await withAuth(async ({ call, register }) => {
    const owner = await register('acme');
    const key = { public_key: createUserKey().publicKey };
    const { status, body } = await call('POST', '/v1/tenants/acme/credentials/nats', owner, key);
    assert.deepEqual([status, body.error?.code], [409, 'not_operator_mode']);
  });
});
