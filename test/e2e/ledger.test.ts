import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { connect } from 'nats';
import { encodeEvent, eventsSubject, type SwarmEvent } from '@swarmledger/protocol';
import { createSignal, toScope } from '../ingest/events.ts';
import { runCli, withFolder, withHubOn } from '../support/cli.ts';

interface HubNats {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

// These tests copy and damage ledger files, also where FDB_CLUSTER_FILE names a cluster.
process.env['SWARMLEDGER_LEDGER'] = 'embedded';

const scope = toScope({ tenant: 'acme', project: 'web' });
const emit = ['emit', '-t', 'acme', '-p', 'web', '--json'];
const change = (content: string): string =>
  `{"agent_id":"a","state_change":{"target_resource":"a.txt","action":"UPDATE","content":"${content}"}}\n`;

async function cli(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** As an agent does that is gone before its receipt comes. */
async function publishWithoutWaiting(nats: HubNats, event: SwarmEvent): Promise<void> {
  const connection = await connect({ servers: nats.url, user: nats.user, pass: nats.password });
  await connection.jetstream().publish(eventsSubject(scope.tenant, scope.project), encodeEvent(event));
  await connection.close();
}

async function readLog(data: string): Promise<readonly unknown[]> {
  const lines = await cli('--data', data, 'log', '-t', 'acme', '-p', 'web', '--json');
  return lines
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as unknown);
}

test('a ledger moves away under a running hub and back again, and what was sent meanwhile waits for it', async () => {
  await withFolder(async (folder) => {
    const [data, other] = [join(folder, 'data'), join(folder, 'other')];
    await withHubOn(data, async (hub) => {
      assert.equal((await hub.cli(emit, { input: change('one') + change('two') })).code, 0);
      const copied = JSON.parse(await cli('ledger', 'copy', '--from', data, '--to', other, '--json')) as {
        readonly identity: { readonly incarnation: number };
        readonly projects: number;
      };
      assert.deepEqual([copied.identity.incarnation, copied.projects], [2, 1]);
      // Nobody commits to the source any more: what is published now stays in NATS.
      await publishWithoutWaiting(hub.file.nats, createSignal(scope, 3));
    });
    assert.deepEqual(await readLog(other), await readLog(data));
    assert.match(await cli('ledger', 'stats', '--ledger', data), /sealed since/);
    assert.match(await cli('ledger', 'stats', '--ledger', other), /incarnation 2, open[\s\S]*acme +web +1 +2/);
    assert.match(await cli('ledger', 'verify', '--ledger', other), /2 events of 1 projects.*all of it agrees/);

    assert.match(await cli('ledger', 'copy', '--from', other, '--to', data), /incarnation 3/);
    await withHubOn(data, async (hub) => {
      assert.equal((await hub.cli(emit, { input: change('four') })).code, 0);
      assert.equal((await hub.cli(['feed', 'verify'])).code, 0);
    });
    assert.equal((await readLog(data)).length, 4);
    assert.match(await cli('ledger', 'verify', '--ledger', data), /all of it agrees/);
  });
});

test('a restored backup is promoted, and a hub goes on with it', async () => {
  await withFolder(async (folder) => {
    const [data, restored] = [join(folder, 'data'), join(folder, 'restored')];
    await withHubOn(data, async (hub) => {
      assert.equal((await hub.cli(emit, { input: change('one') })).code, 0);
    });
    await mkdir(restored);
    await copyFile(join(data, 'ledger.sqlite'), join(restored, 'ledger.sqlite'));
    assert.match(await cli('ledger', 'promote', '--ledger', restored), /goes on as ledger .*, incarnation 2\./);
    await withHubOn(restored, async (hub) => {
      assert.equal((await hub.cli(['feed', 'rebuild'])).code, 0);
      assert.equal((await hub.cli(emit, { input: change('two') })).code, 0);
      assert.equal((await hub.cli(['feed', 'verify'])).code, 0);
    });
    assert.equal((await readLog(restored)).length, 2);
    const nowhere = await runCli(['ledger', 'promote', '--ledger', join(folder, 'nowhere')]);
    assert.deepEqual([nowhere.code, /there is no ledger at/.test(nowhere.stderr)], [2, true]);
  });
});

test('verify says what is damaged and fails; copy and stats say what they need', async () => {
  await withFolder(async (folder) => {
    const data = join(folder, 'data');
    await withHubOn(data, async (hub) => {
      assert.equal((await hub.cli(emit, { input: change('one') })).code, 0);
    });
    const database = new Sqlite(join(data, 'ledger.sqlite'));
    database.prepare('UPDATE kv SET v = ? WHERE v = ?').run(Buffer.from('two'), Buffer.from('one'));
    database.close();
    const damaged = await runCli(['--data', data, 'ledger', 'verify']);
    assert.equal(damaged.code, 2);
    assert.match(damaged.stdout, /acme\/web: the 3 bytes of content .* do not have that hash/);
    assert.match(damaged.stderr, /the ledger has 1 problems/);

    const nowhere = await runCli(['ledger', 'copy', '--from', join(folder, 'nowhere'), '--to', join(folder, 'copy')]);
    assert.deepEqual([nowhere.code, /there is no ledger at/.test(nowhere.stderr)], [2, true]);
    const same = await runCli(['ledger', 'copy', '--from', data, '--to', data]);
    assert.deepEqual([same.code, /are one ledger/.test(same.stderr)], [2, true]);
    const open = await runCli(['--data', data, 'ledger', 'unseal']);
    assert.deepEqual([open.code, /nothing to unseal/.test(open.stderr)], [2, true]);
    const name = await runCli(['ledger', 'stats', '--ledger', 'fdb:']);
    assert.deepEqual([name.code, /names no ledger/.test(name.stderr)], [2, true]);
  });
});
