import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLedger } from '@swarmledger/ledger';
import { parseProjectId, parseTenantId } from '@swarmledger/protocol';
import {
  connectSwarmLedger,
  createAgentCredentials,
  createAgentDataKeys,
  openAgent,
  openEventPipeline,
} from '@swarmledger/sdk';
import { runCli, withFolder } from '../support/cli.ts';
import { withNats } from '../support/nats.ts';
import { withAuth } from '../auth/auth-service.ts';

/** What a name must not be, whoever says it. */
const strange = [
  'a.b',
  '.',
  '..',
  '../other',
  'a/b',
  'a\\b',
  '*',
  '>',
  'acme.>',
  'acme.*',
  'Acme',
  '_acme',
  ' acme',
  'acme\n',
  'аcme',
  '%61cme',
  'acme%00',
  "acme' OR '1'='1",
  '$(id)',
  'x'.repeat(64),
  'x'.repeat(10_240),
];
/** No argument of a program can hold a NUL. */
const strangest = [...strange, '', 'acme\0', 'acme\0.other'];
const shown = (name: string): string => JSON.stringify(name.slice(0, 20));

test('a strange tenant or project is one sentence on the command line, and makes nothing', async () => {
  await withFolder(async (data) => {
    const ledger = await openLedger({ connection: { kind: 'embedded', file: join(data, 'ledger.sqlite') } });
    await ledger.tenants.create(parseTenantId('acme'));
    await ledger.close();
    const files = await readdir(data);
    const names = ['a.b', '../other', '*', 'acme.>', 'x'.repeat(10_240)];
    for (const name of names) {
      // All commands read names in one place; these two would also make files.
      for (const command of [
        ['restore', '--out', join(data, 'out')],
        ['export-git', join(data, 'git')],
      ]) {
        const { code, stderr } = await runCli(['--data', data, ...command, '-t', name, '-p', 'web']);
        assert.equal(code, 2, `${command.join(' ')} ${shown(name)}: ${stderr}`);
        assert.match(stderr, /tenant .* is not a name/);
        assert.ok(stderr.length < 500, 'the name is cut');
      }
      const asProject = await runCli(['--data', data, 'log', '-t', 'acme', '-p', name]);
      assert.deepEqual([asProject.code, /project .* is not a name/.test(asProject.stderr)], [2, true]);
      const created = await runCli(['--data', data, 'tenant', 'create', name]);
      assert.notEqual(created.code, 0, shown(name));
    }
    assert.deepEqual(
      (await readdir(data)).filter((file) => !files.includes(file) && !/-(wal|shm)$/.test(file)),
      [],
    );
  });
});

test('a strange tenant or project gets no connection, no pipeline, no outbox entry and no credentials of the SDK', async () => {
  await withNats(async (nats) => {
    const bus = await nats.connect();
    await withFolder(async (folder) => {
      const outbox = join(folder, 'outbox.sqlite');
      for (const name of strangest) {
        for (const names of [
          { tenant: name, project: 'web' },
          { tenant: 'acme', project: name },
        ]) {
          const expected = { code: names.tenant === name ? 'invalid_tenant' : 'invalid_project' };
          const agent = { ...names, agentId: 'a' };
          await assert.rejects(openAgent(bus, agent), expected, shown(name));
          await assert.rejects(openEventPipeline(bus, names), expected, shown(name));
          await assert.rejects(connectSwarmLedger({ durable: true, outbox, ...agent }), expected, shown(name));
        }
      }
    });
  });
});

test('a strange tenant gets no token’s worth of anything from the auth service, whoever asks', async () => {
  await withAuth(async ({ service, call, register }) => {
    const owner = await register('acme');
    const { body } = await call('POST', '/v1/tenants/acme/agents', owner, { name: 'coder' });
    const account = {
      authUrl: service.url,
      clientId: String(body['client_id']),
      clientSecret: String(body['client_secret']),
    };
    for (const tenant of strangest) {
      const credentials = createAgentCredentials({ ...account, tenant });
      assert.ok(credentials.kind === 'jwt');
      await assert.rejects(credentials.issue(), { code: 'sign_in_refused' }, shown(tenant));
      await assert.rejects(createAgentDataKeys({ ...account, tenant }).load(), { code: 'sign_in_refused' });
    }
    for (const name of strangest) {
      const made = await call('POST', '/v1/tenants/acme/projects', owner, { project: name });
      assert.equal(made.status, 400, shown(name));
      const agent = await call('POST', '/v1/tenants/acme/agents', owner, { name });
      assert.equal(agent.status, 400, shown(name));
    }
  });
});

test('the ledger’s own names cannot leave their directory', async () => {
  await withFolder(async (data) => {
    const ledger = await openLedger({ connection: { kind: 'embedded', file: join(data, 'ledger.sqlite') } });
    try {
      for (const name of strangest) {
        assert.throws(() => parseTenantId(name), { code: 'invalid_tenant' }, shown(name));
        assert.throws(() => parseProjectId(name), { code: 'invalid_project' }, shown(name));
      }
      // A directory's name is one item of a path, whatever is in it: even past the checks there is nothing to climb out of.
      const acme = parseTenantId('acme');
      await ledger.tenants.create(acme);
      await ledger.tenants.createProject(acme, parseProjectId('web'));
      for (const path of ['../acme', 'acme/web', '..', 'swarmledger', 'tenants'])
        await assert.rejects(ledger.project(path as typeof acme, parseProjectId('web')), { code: 'unknown_tenant' });
      for (const path of ['../acme/web', '..', '.'])
        await assert.rejects(ledger.project(acme, path as never), { code: 'unknown_project' });
    } finally {
      await ledger.close();
    }
  });
});
