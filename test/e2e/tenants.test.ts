import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectSwarmLedger, createAgentCredentials } from '@swarmledger/sdk';
import { eventually, withFolder, withHubOn } from '../support/cli.ts';

const password = 'a long enough password';

async function post(url: string, body: unknown, token?: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  assert.ok(response.ok, JSON.stringify(answer));
  return answer;
}

test('on a hub with --auth a tenant registers, its agent records, and a rotation and a restart of the parts drop nobody', async () => {
  await withFolder(async (data) => {
    await withHubOn(
      data,
      async (hub) => {
        const { auth, nats } = hub.file;
        assert.ok(auth !== undefined);
        await post(`${auth.url}/v1/register`, {
          tenant: 'acme',
          project: 'web',
          username: 'ann',
          email: 'ann@example.com',
          password,
        });
        const signIn = await fetch(`${auth.issuerUrl}/protocol/openid-connect/token`, {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'password',
            client_id: 'swarmledger-cli',
            username: 'ann',
            password,
          }),
        });
        const { access_token: token } = (await signIn.json()) as { access_token: string };
        const agent = await post(`${auth.url}/v1/tenants/acme/agents`, { name: 'coder' }, token);
        const credentials = createAgentCredentials({
          authUrl: auth.url,
          tenant: 'acme',
          clientId: String(agent['client_id']),
          clientSecret: String(agent['client_secret']),
        });
        const connect = (tenant: string): ReturnType<typeof connectSwarmLedger> =>
          connectSwarmLedger({ servers: nats.url, credentials, tenant, project: 'web', agentId: 'coder' });
        const client = await connect('acme');
        await client.recordDecision({ title: 'first', rationale: 'it is ours', confidence: 1 });
        await client.flush({ until: 'committed' });
        const rotated = await hub.cli(['keys', 'rotate', '--json']);
        assert.equal(rotated.code, 0, rotated.stderr);
        assert.equal((JSON.parse(rotated.stdout) as { signing_keys: string[] }).signing_keys.length, 2);
        process.kill(nats.pid, 'SIGKILL');
        process.kill(auth.pid, 'SIGKILL');
        await client.recordDecision({ title: 'second', rationale: 'after the fall', confidence: 1 });
        await client.flush({ until: 'committed', timeoutMs: 60_000 });
        await client.close();
        const thief = await connect('other');
        await assert.rejects(
          thief
            .recordDecision({ title: 'x', rationale: 'x', confidence: 1 })
            .then(() => thief.flush({ timeoutMs: 5_000 })),
        );
        await thief.close().catch(() => undefined);
        const log = await hub.cli(['log', '-t', 'acme', '-p', 'web', '--json']);
        assert.match(log.stdout, /first/);
        assert.match(log.stdout, /second/);
        assert.match((await hub.cli(['quota', 'show', 'acme'])).stdout, /^acme {2}plan free: \d+ of 100000 events/);
        const audit = await eventually(async () => {
          const { stdout } = await hub.cli(['log', '-t', 'acme', '-p', 'audit', '--json']);
          return stdout.includes('agent.created') ? stdout : undefined;
        });
        assert.match(audit, /tenant\.registered/);
        assert.ok(!(await hub.cli(['tenant', 'show', '--json'])).stdout.includes('"other"'));
      },
      ['--auth'],
    );
    for (const file of ['hub-keys.json', 'hub.creds'])
      assert.equal((await stat(join(data, 'keys', file))).mode & 0o777, 0o600, file);
    const logs = await readFile(join(data, 'logs', 'auth.log'), 'utf8');
    assert.ok(!logs.includes(password) && !/eyJ[A-Za-z0-9_-]{20}/.test(logs), 'no password and no token is logged');
  });
});
