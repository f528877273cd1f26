import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createMasterKey, parseDataKeys } from '@swarmledger/encryption';
import { openLedger } from '@swarmledger/ledger';
import { createTokenVerifier, readBearer } from '@swarmledger/identity';
import { parseTenantId } from '@swarmledger/protocol';
import { askAuthService, openReplayer } from '@swarmledger/replayer/service';
import { silentLogger, withScope } from '@swarmledger/runtime';
import { connectSwarmLedger, createAgentCredentials, createAgentDataKeys } from '@swarmledger/sdk';
import { eventually, withFolder, withHubOn, type RunningHub } from '../support/cli.ts';

const password = 'a long enough password';
const secret = 'the merger with Globex is off';
const clear = 'a line of the file';
const where = ['-t', 'acme', '-p', 'web'];

interface Signed {
  readonly url: string;
  readonly token: string;
  readonly account: { authUrl: string; tenant: string; clientId: string; clientSecret: string };
}

function syncAs(account: Signed['account'], { file: { nats } }: RunningHub): Record<string, string> {
  return {
    SWARMLEDGER_NATS_URL: nats.url,
    SWARMLEDGER_AUTH_URL: account.authUrl,
    SWARMLEDGER_TENANT: account.tenant,
    SWARMLEDGER_AGENT_CLIENT_ID: account.clientId,
    SWARMLEDGER_AGENT_CLIENT_SECRET: account.clientSecret,
  };
}

async function call(method: string, url: string, token?: string, body?: unknown): Promise<Response> {
  return fetch(url, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function signUp({ file: { auth } }: RunningHub): Promise<Signed> {
  assert.ok(auth !== undefined);
  const input = { tenant: 'acme', project: 'web', username: 'ann', email: 'ann@example.com', password };
  assert.equal((await call('POST', `${auth.url}/v1/register`, undefined, input)).status, 201);
  const form = { grant_type: 'password', client_id: 'swarmledger-cli', username: 'ann', password };
  const signIn = await fetch(`${auth.issuerUrl}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const { access_token: token } = (await signIn.json()) as { access_token: string };
  const made = await call('POST', `${auth.url}/v1/tenants/acme/agents`, token, { name: 'coder' });
  const agent = (await made.json()) as { client_id: string; client_secret: string };
  const account = {
    authUrl: auth.url,
    tenant: 'acme',
    clientId: agent.client_id,
    clientSecret: agent.client_secret,
  };
  return { url: auth.url, token, account };
}

/** Every file below a folder that holds any of the needles, and which. */
async function findInFiles(folder: string, needles: readonly Buffer[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    for (const needle of needles) if (bytes.includes(needle)) found.push(`${file}: ${needle.toString('latin1')}`);
  }
  return found;
}

test('an agent’s payloads are encrypted from its machine on: the hub has envelopes, who has the key reads them, and a removed tenant’s are lost', async () => {
  await withFolder(async (edge) => {
    await withFolder(async (data) => {
      let keyNeedles: Buffer[] = [];
      await withHubOn(
        data,
        async (hub) => {
          const signed = await signUp(hub);
          const { account, token, url } = signed;
          const cacheFile = join(edge, 'data-keys.json');
          const outbox = join(edge, 'outbox.sqlite');
          const agent = { tenant: 'acme', project: 'web', agentId: 'coder' } as const;
          const online = await connectSwarmLedger({
            servers: hub.file.nats.url,
            credentials: createAgentCredentials(account),
            encryption: { keys: createAgentDataKeys({ ...account, cacheFile }) },
            ...agent,
          });
          const decision = await online.recordDecision({ title: secret, rationale: secret });
          await online.recordChange({ path: 'a.txt', action: 'CREATE', content: clear, parent: decision });
          await online.flush({ until: 'committed', timeoutMs: 60_000 });
          await online.close();
          assert.equal((await stat(cacheFile)).mode & 0o777, 0o600);

          // Offline: the auth service is away, the keys come from the cache, and ciphertext is what lies in the outbox.
          const away = { ...account, authUrl: 'http://127.0.0.1:1', cacheFile };
          const offline = await connectSwarmLedger({
            durable: true,
            outbox,
            encryption: { keys: createAgentDataKeys(away), covers: 'everything' },
            ...agent,
          });
          await offline.recordSignal({ kind: 'note', message: secret });
          await offline.recordChange({ path: 'hidden.txt', action: 'CREATE', content: secret });
          await offline.flush({ until: 'durable' });
          await offline.close();
          assert.deepEqual(await findInFiles(edge, [Buffer.from(secret)]), []);
          const none = { ...away, cacheFile: join(edge, 'none.json') };
          await assert.rejects(
            connectSwarmLedger({ durable: true, outbox, encryption: { keys: createAgentDataKeys(none) }, ...agent }),
            { code: 'auth_unreachable' },
          );
          const rotated = await call('POST', `${url}/v1/tenants/acme/data-keys/rotate`, token);
          assert.equal(rotated.status, 201);
          const later = await connectSwarmLedger({
            durable: true,
            outbox,
            encryption: { keys: createAgentDataKeys(account) },
            ...agent,
          });
          await later.recordSignal({ kind: 'after', message: `${secret}, again` });
          await later.close();
          // The syncer needs no data key, only the account of a tenant's agent.
          const refused = await hub.cli(['sync', 'once', '--outbox', outbox, '--timeout', '1'], {
            environment: syncAs({ ...account, clientSecret: 'guess' }, hub),
          });
          assert.notEqual(refused.code, 0);
          const synced = await hub.cli(['sync', 'once', '--outbox', outbox], { environment: syncAs(account, hub) });
          assert.equal(synced.code, 0, synced.stderr);

          const answer = await call('GET', `${url}/v1/tenants/acme/data-keys`, token);
          const keys = (await answer.json()) as { keys: { key: string }[] };
          assert.equal(keys.keys.length, 2);
          const { byId } = parseDataKeys(keys, 'test');
          keyNeedles = [...byId.values()].flatMap(({ key }) => [
            key,
            Buffer.from(key.toString('base64')),
            Buffer.from(key.toString('hex')),
          ]);
          const keyFile = join(edge, 'keys.json');
          await writeFile(keyFile, JSON.stringify(keys));

          await seesEnvelopes(hub);
          await readsWithKeys(hub, keyFile, decision);
          await readsOverHttp(hub, signed);
          await changesTheMasterKey(hub, signed);

          keyNeedles.push(...(await readWrapped(data)));
          const removed = await call('DELETE', `${url}/v1/tenants/acme`, token, { confirm: 'acme' });
          assert.equal(removed.status, 204);
          assert.ok((await call('GET', `${url}/v1/tenants/acme/data-keys`, token)).status >= 400);
          const gone = await hub.cli(['log', ...where, '--data-keys', keyFile]);
          assert.equal(gone.code, 2);
        },
        ['--auth'],
      );
      assert.deepEqual(await findInFiles(data, [Buffer.from(secret)]), [], 'the hub never had it');
      assert.deepEqual(await findInFiles(data, keyNeedles), [], 'the keys are in no file of the hub, not even wrapped');
    });
  });
});

/** The keys as the ledger keeps them. */
async function readWrapped(data: string): Promise<readonly Buffer[]> {
  return withScope(async (scope) => {
    const connection = { kind: 'embedded', file: join(data, 'ledger.sqlite') } as const;
    const { tenants } = scope.own('ledger', await openLedger({ connection }));
    const [ring] = await tenants.documents.list(parseTenantId('acme'), 'data-keys');
    const { keys } = ring?.value as { keys: { wrapped: string }[] };
    assert.equal(keys.length, 2);
    return keys.map(({ wrapped }) => Buffer.from(wrapped));
  });
}

/** Everything that the hub's owner reads: the log, SQL, the tree. */
async function seesEnvelopes(hub: RunningHub): Promise<void> {
  const log = await hub.cli(['log', ...where, '--json']);
  assert.equal(log.code, 0, log.stderr);
  assert.ok(!log.stdout.includes(secret));
  assert.equal(log.stdout.split('\n').filter((line) => line.includes('"encrypted_payload"')).length, 4);
  const rows = await eventually(async () => {
    const sql = `SELECT event_type, title, payload_json, raw_proto FROM swarmledger.swarm_events WHERE tenant_id = 'acme' AND project_id = 'web'`;
    const { stdout } = await hub.cli(['sql', sql, '--json']);
    return stdout.split('"encrypted"').length === 5 ? stdout : undefined;
  }, 60_000);
  assert.ok(!rows.includes(secret) && rows.includes('key_id'));
  const tree = await hub.cli(['tree', ...where]);
  assert.match(tree.stdout, /a\.txt/);
  assert.ok(!tree.stdout.includes('hidden.txt'), 'what the hub cannot read is in no tree');
}

async function readsWithKeys(hub: RunningHub, keyFile: string, decision: string): Promise<void> {
  const keys = ['--data-keys', keyFile];
  const log = await hub.cli(['log', ...where, ...keys]);
  assert.equal(log.stdout.split(secret).length, 4, log.stdout);
  assert.match(log.stdout, /create hidden\.txt/);
  const only = await hub.cli(['log', ...where, ...keys, '--type', 'decision', '--json']);
  assert.equal(only.stdout.trim().split('\n').length, 1);
  const show = await hub.cli(['show', decision, ...where], { environment: { SWARMLEDGER_DATA_KEYS: keyFile } });
  assert.ok(show.stdout.includes(secret));
  const blind = await hub.cli(['show', decision, ...where]);
  assert.match(blind.stdout, /encrypted[\s\S]*under data key/);
  const why = await hub.cli(['why', 'a.txt', ...where, ...keys]);
  assert.ok(why.stdout.includes(secret), 'the decision behind a change');
  const timeline = await hub.cli(['timeline', ...where, ...keys]);
  assert.equal(timeline.code, 0, timeline.stderr);
  const missing = await hub.cli(['log', ...where, '--data-keys', `${keyFile}.none`]);
  assert.deepEqual([missing.code, /cannot read the data keys/.test(missing.stderr)], [2, true]);
  const wrong = await hub.cli(['log', ...where, '--data-keys', join(hub.data, 'hub.json')]);
  assert.deepEqual([wrong.code, /no data keys/.test(wrong.stderr)], [2, true]);
}

/** A new one above the old one, everything wrapped anew, then the old one away: nobody notices. */
async function changesTheMasterKey(hub: RunningHub, { url, token }: Signed): Promise<void> {
  const file = join(hub.data, 'keys', 'master.key');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const ask = async (): Promise<string> => (await call('GET', `${url}/v1/tenants/acme/data-keys`, token)).text();
  const before = await ask();
  const restartWith = async (keys: string): Promise<void> => {
    await writeFile(file, keys);
    const { auth } = await hub.reload();
    assert.ok(auth !== undefined);
    process.kill(auth.pid, 'SIGKILL');
    await eventually(async () => {
      const next = (await hub.reload()).auth;
      return next?.pid !== auth.pid && (await ask()) === before ? true : undefined;
    }, 60_000);
  };
  const [old, fresh] = [await readFile(file, 'utf8'), createMasterKey()];
  await restartWith(fresh + old);
  const { code, stdout, stderr } = await hub.cli(['keys', 'rewrap', '--json']);
  assert.equal(code, 0, stderr);
  assert.equal((JSON.parse(stdout) as { rewrapped: number }).rewrapped, 2);
  await restartWith(fresh);
  const wrong = join(hub.data, 'keys', 'none.key');
  assert.equal((await hub.cli(['keys', 'rewrap', '--master-key-file', wrong])).code, 2);
}

/** The service decrypts for whoever the auth service gives the keys to. */
async function readsOverHttp(hub: RunningHub, { url, token }: Signed): Promise<void> {
  await withScope(async (scope) => {
    const verifier = createTokenVerifier({ issuer: `${url}/realms/swarmledger` });
    const any = { host: '127.0.0.1', port: 0 };
    const replayer = await openReplayer(
      { http: any, health: any },
      {
        openLedger: () => openLedger({ connection: { kind: 'embedded', file: join(hub.data, 'ledger.sqlite') } }),
        authenticate: ({ headers }) => verifier.verify(readBearer(headers.authorization)),
        askDataKeys: askAuthService(url, silentLogger),
        log: silentLogger,
      },
    );
    scope.own('replayer', replayer);
    const read = async (bearer: string): Promise<string> => {
      const address = `http://127.0.0.1:${replayer.port}/v1/projects/web/log`;
      return eventually(async () => {
        const response = await call('GET', address, bearer);
        return response.status === 200 ? response.text() : undefined;
      }, 60_000);
    };
    assert.equal((await read(token)).split(secret).length, 5);
    const invited = await call('POST', `${url}/v1/tenants/acme/invitations`, token, {
      email: 'eve@example.com',
      role: 'analyst',
    });
    const { code } = (await invited.json()) as { code: string };
    const accept = { tenant: 'acme', code, username: 'eve', password };
    assert.equal((await call('POST', `${url}/v1/invitations/accept`, undefined, accept)).status, 201);
    const form = { grant_type: 'password', client_id: 'swarmledger-cli', username: 'eve', password };
    const signIn = await fetch(`${url}/realms/swarmledger/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    const { access_token: analyst } = (await signIn.json()) as { access_token: string };
    const blind = await read(analyst);
    assert.ok(blind.includes('encrypted_payload') && !blind.includes(secret), 'an analyst has no keys');
  });
}
