import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeAccount, encodeUser } from '@nats-io/jwt';
import { createAccount } from '@nats-io/nkeys';
import { connect, Events, headers, jwtAuthenticator, type NatsConnection } from 'nats';
import {
  connectBus,
  createHubKeys,
  createUserKey,
  encodeTenantUserJwt,
  inboxPrefix,
  rotateSigningKey,
  toPublicKey,
} from '@swarmledger/bus';
import { createEventId, encodeReceiptQuery, parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { Secret, TransientError } from '@swarmledger/runtime';
import { eventually } from '../support/cli.ts';
import { withOperatorServer, type OperatorServer, type User } from './operator-server.ts';

const acme = parseTenantId('acme');
const web = parseProjectId('web');

async function connectRaw(nats: OperatorServer, user: User): Promise<NatsConnection> {
  return connect({
    servers: nats.server.url,
    authenticator: jwtAuthenticator(user.jwt, Buffer.from(user.seed)),
    inboxPrefix: inboxPrefix(user.publicKey),
    reconnect: false,
    timeout: 5_000,
  });
}

/** The server's word on what a connection tried. */
async function violations(connection: NatsConnection, attempt: () => void): Promise<readonly string[]> {
  const denied: string[] = [];
  const reading = (async () => {
    for await (const { type, permissionContext } of connection.status())
      if (type === Events.Error && permissionContext !== undefined) denied.push(permissionContext.subject);
  })();
  attempt();
  await connection.flush();
  // The server answers violations in order with the flush's PONG; the client hands them on a moment later.
  await new Promise((resolve) => setImmediate(resolve));
  void reading;
  return denied;
}

async function drainPartitions(nats: OperatorServer): Promise<readonly string[]> {
  const subjects: string[] = [];
  for (let partition = 0; partition < 4; partition++) {
    const consumer = await nats.hub.openPartition(partition);
    const options = { maxMessages: 100, maxBytes: 1_000_000, waitMs: 200, signal: AbortSignal.timeout(10_000) };
    for (const message of await consumer.pull(options)) {
      subjects.push(message.subject);
      message.ack();
    }
    await consumer.close();
  }
  return subjects;
}

test('a tenant’s user publishes its events through the account’s mapping and hears its receipts', async () => {
  await withOperatorServer(async (nats) => {
    const bus = await nats.connect(await nats.user('acme'));
    const heard = await bus.receipts.subscribe(acme, web);
    const ack = await bus.publisher.publishRaw('swarm.acme.web.events', Buffer.from('x'));
    assert.match(ack.stream, /^SWARM_EVENTS_\d$/);
    assert.match((await drainPartitions(nats)).join(), /^swarm\.acme\.web\.events\.\d$/);
    const answers = await nats.hub.receipts.answer(async (tenant, project, ids) => {
      assert.deepEqual([tenant, project], ['acme', 'web']);
      return ids.map((eventId) => ({ kind: 'rejected', eventId, reason: 'x' }) as never);
    });
    const id = createEventId();
    const [receipt] = await bus.receipts.query(acme, web, [id], { timeoutMs: 5_000 });
    assert.equal(receipt?.eventId, id);
    nats.hub.receipts.announce(acme, web, [receipt]);
    for await (const receipts of heard) {
      assert.equal(receipts[0]?.eventId, id);
      break;
    }
    await answers.close();
    const response = await fetch(
      `http://127.0.0.1:${nats.server.monitoringPort}/jsz?acc=${nats.account}&consumers=true`,
    );
    const { account_details: accounts } = (await response.json()) as { account_details: { name: string }[] };
    assert.equal(accounts[0]?.name, nats.account, 'KEDA compares this name with what it asked for');
  });
});

test('a tenant’s user can publish, subscribe, consume and ask for nothing of another tenant or of the hub', async () => {
  await withOperatorServer(async (nats) => {
    const user = await nats.user('acme');
    const connection = await connectRaw(nats, user);
    const publishes = [
      'swarm.other.web.events',
      'swarm.other.web.events.1',
      'swarm.other.jobs',
      'swarm.acmes.web.events',
      'ledger.acme.web.commits',
      'ledger.other.web.commits',
      'ledger.other.web.receipts',
      'dlq.acme.x',
      '_INBOX.someone.x',
      '$JS.API.STREAM.LIST',
      '$JS.API.STREAM.PURGE.SWARM_EVENTS_0',
      '$JS.API.STREAM.MSG.GET.SWARM_EVENTS_0',
      '$JS.API.DIRECT.GET.SWARM_EVENTS_0',
      '$JS.API.CONSUMER.CREATE.SWARM_EVENTS_0',
      '$JS.API.CONSUMER.MSG.NEXT.SWARM_EVENTS_0.ingestor',
      '$JS.ACK.SWARM_EVENTS_0.ingestor.1.1.1.1.1',
      '$SYS.REQ.CLAIMS.UPDATE',
    ];
    const denied = await violations(connection, () => {
      for (const subject of publishes) connection.publish(subject, Buffer.from('x'));
    });
    // The server names the subject that its mapping made of it.
    assert.deepEqual(
      denied.map((subject) => subject.replace(/(\.events)\.\d$/, '$1')),
      publishes.map((subject) => subject.replace(/(\.events)\.\d$/, '$1')),
    );
    const subscriptions = ['>', '*', 'swarm.>', 'swarm.*.web.events', 'swarm.acme.>', 'ledger.>', 'ledger.*.*.commits'];
    subscriptions.push('ledger.other.web.commits', 'ledger.*.*.receipts', 'dlq.>', '_INBOX.>', '$JS.>', '$SYS.>');
    const refused = await violations(connection, () => {
      for (const subject of subscriptions) connection.subscribe(subject, { callback: () => undefined });
    });
    assert.deepEqual(refused, subscriptions);
    assert.deepEqual(await drainPartitions(nats), []);
    await connection.close();
  });
});

test('the reply subject of a request is no way into another tenant’s subjects', async () => {
  await withOperatorServer(async (nats) => {
    const connection = await connectRaw(nats, await nats.user('acme'));
    const answers = await nats.hub.receipts.answer(async (_tenant, _project, ids) =>
      ids.map((eventId) => ({ kind: 'rejected', eventId, reason: 'x' }) as never),
    );
    const query = encodeReceiptQuery([createEventId()]);
    for (const reply of [
      'swarm.other.web.events',
      'swarm.other.web.events.1',
      'ledger.other.web.commits',
      'dlq.other.x',
    ])
      connection.publish('ledger.acme.web.receipts', query, { reply });
    await connection.flush();
    await nats.hub.receipts.query(acme, web, [createEventId()], { timeoutMs: 5_000 });
    assert.deepEqual(await drainPartitions(nats), []);
    assert.equal(await nats.hub.deadLetters.count(), 0);
    await answers.close();
    await connection.close();
  });
});

test('forged, foreign and ended credentials open nothing', async () => {
  await withOperatorServer(async (nats) => {
    const good = await nats.user('acme');
    await (await connectRaw(nats, good)).close();
    const other = createHubKeys(Date.now());
    const tenant = acme;
    const expiresAtMs = Date.now() + 60_000;
    const pair = createUserKey();
    const { publicKey } = pair;
    const everything = { pub: { allow: ['>'] }, sub: { allow: ['>'] } };
    const [header = '', , signature = ''] = good.jwt.split('.');
    const claims = JSON.parse(Buffer.from(good.jwt.split('.')[1] ?? '', 'base64url').toString()) as { nats: object };
    const changed = Buffer.from(JSON.stringify({ ...claims, nats: { ...claims.nats, ...everything } }));
    const none = Buffer.from(JSON.stringify({ typ: 'JWT', alg: 'none' })).toString('base64url');
    const account = toPublicKey(nats.keys.accountSeed);
    const forgeries: Record<string, User> = {
      'another hub': { ...pair, jwt: await encodeTenantUserJwt(other, { publicKey, tenant, expiresAtMs }) },
      'another signing key': {
        ...pair,
        jwt: await encodeUser('x', publicKey, account, everything, { signer: other.signingKeys[0]?.seed ?? '' }),
      },
      'a user that signs for itself': {
        ...pair,
        jwt: await encodeUser('x', publicKey, createAccount().getSeed(), everything),
      },
      'changed permissions': { ...good, jwt: `${header}.${changed.toString('base64url')}.${signature}` },
      'no signature': { ...good, jwt: `${none}.${changed.toString('base64url')}.` },
      'somebody else’s JWT': { ...good, seed: pair.seed },
      'an ended JWT': await nats.user('acme', -1_000),
      'an account’s JWT': { ...pair, jwt: await encodeAccount('x', account, {}, { signer: other.operatorSeed }) },
      'no JWT': { ...pair, jwt: '' },
    };
    for (const [name, user] of Object.entries(forgeries)) {
      await assert.rejects(
        connectRaw(nats, user).then((connection) => connection.close()),
        /Authorization/i,
        name,
      );
    }
    await assert.rejects(connect({ servers: nats.server.url, reconnect: false }), /Authorization/i);
    await assert.rejects(
      connect({ servers: nats.server.url, user: 'hub', pass: 'x', reconnect: false }),
      /Authorization/i,
    );
  });
});

test('a revoked user is out within seconds and its old JWT stays so, over restarts too; others go on', async () => {
  await withOperatorServer(async (nats) => {
    const thief = await nats.user('acme');
    const honest = await nats.user('acme');
    const connection = await connectRaw(nats, thief);
    const goesOn = await connectRaw(nats, honest);
    const startMs = performance.now();
    await nats.push({ [thief.publicKey]: Math.floor(Date.now() / 1_000) });
    await connection.closed();
    assert.ok(performance.now() - startMs < 5_000);
    await goesOn.flush();
    await assert.rejects(connectRaw(nats, thief), /Authorization/i);
    await goesOn.close();
    await nats.restart();
    await assert.rejects(connectRaw(nats, thief), /Authorization/i, 'the server remembers');
    await (await connectRaw(nats, honest)).close();
  });
});

test('a new signing key drops no client, and a withdrawn one lets nobody in', async () => {
  await withOperatorServer(async (nats) => {
    const old = await nats.user('acme');
    const connection = await connectRaw(nats, old);
    nats.keys = rotateSigningKey(nats.keys, Date.now(), 60_000);
    await nats.push();
    const young = await nats.user('acme');
    await (await connectRaw(nats, young)).close();
    await connection.flush();
    await (await connectRaw(nats, old)).close();
    assert.equal(connection.isClosed(), false);
    nats.keys = rotateSigningKey(nats.keys, Date.now() + 120_000, 60_000);
    await nats.push();
    await connection.closed();
    await assert.rejects(connectRaw(nats, old), /Authorization/i);
    await (await connectRaw(nats, young)).close();
  });
});

test('a connection outlives its JWTs, and loses no event while they change', async () => {
  await withOperatorServer(async (nats) => {
    const pair = createUserKey();
    const lifeMs = 3_000;
    let issued = 0;
    const issue = async (): Promise<{ jwt: string; expiresAtMs: number }> => {
      issued += 1;
      // One attempt in between fails, as an auth service that is started again does.
      if (issued === 2) throw new TransientError('unreachable', 'not now');
      const expiresAtMs = Date.now() + lifeMs;
      const claims = { publicKey: pair.publicKey, tenant: acme, expiresAtMs };
      return { jwt: await encodeTenantUserJwt(nats.keys, claims), expiresAtMs };
    };
    const credentials = { kind: 'jwt', seed: new Secret(pair.seed), issue } as const;
    const bus = await connectBus({ servers: nats.server.url, name: 'test', credentials });
    try {
      const endMs = performance.now() + 3 * lifeMs;
      let published = 0;
      while (performance.now() < endMs) {
        const id = createEventId();
        await eventually(() => bus.publisher.publishRaw('swarm.acme.web.events', Buffer.from(id)), 10_000);
        published += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.ok(issued >= 4, `${issued} JWTs`);
      assert.ok((await nats.hub.lag(0)).pending + (await sumLag(nats)) >= published);
    } finally {
      await bus.close();
    }
  });
});

async function sumLag(nats: OperatorServer): Promise<number> {
  let pending = 0;
  for (let partition = 1; partition < 4; partition++) pending += (await nats.hub.lag(partition)).pending;
  return pending;
}

test('headers of ours do not let a tenant into another’s stream', async () => {
  await withOperatorServer(async (nats) => {
    const connection = await connectRaw(nats, await nats.user('acme'));
    const hostile = headers();
    hostile.set('Nats-Expected-Stream', 'SWARM_DLQ');
    hostile.set('Nats-Rollup', 'all');
    await assert.rejects(
      connection.jetstream({ timeout: 2_000 }).publish('swarm.acme.web.events', 'x', { headers: hostile }),
    );
    assert.equal(await nats.hub.deadLetters.count(), 0);
    await connection.close();
  });
});
