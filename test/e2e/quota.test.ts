import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLedger } from '@swarmledger/ledger';
import { sleep } from '@swarmledger/runtime';
import { eventually, runCli, withFolder, withHub } from '../support/cli.ts';

/** docs/tenants.md: a change holds within so long. */
const quotaHoldsMs = 4_000;

test('a tenant’s quota is shown, set in parts, and taken back to its plan', async () => {
  await withFolder(async (data) => {
    const run = (...args: readonly string[]) => runCli(['--data', data, '--json', ...args]);
    // What a hub has made on its first start.
    await (await openLedger({ connection: { kind: 'embedded', file: join(data, 'ledger.sqlite') } })).close();
    assert.equal((await run('tenant', 'create', 'acme', '--plan', 'pro')).code, 0);
    const read = async (...args: readonly string[]): Promise<readonly unknown[]> => {
      const { code, stdout, stderr } = await run('quota', ...args);
      assert.equal(code, 0, stderr);
      const told = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
      // Whether plans hold, the next hub on this data decides.
      assert.equal(told['in_force'], 'unknown');
      assert.match(stderr, /without --auth no plan holds/);
      return ['events', 'events_per_day', 'events_per_second', 'burst_events'].map((name) => told[name]);
    };
    assert.deepEqual(await read('show', 'acme'), [0, 10_000_000, 2_000, 10_000]);
    assert.deepEqual(await read('set', 'acme', '--events-per-day', '5'), [0, 5, 2_000, 10_000]);
    assert.deepEqual(await read('set', 'acme', '--burst', 'unlimited'), [0, 5, 2_000, 'unlimited']);
    assert.deepEqual(await read('show', 'acme'), [0, 5, 2_000, 'unlimited']);
    assert.deepEqual(await read('set', 'acme', '--plan'), [0, 10_000_000, 2_000, 10_000]);
    for (const wrong of [
      ['set', 'acme'],
      ['set', 'acme', '--burst', '0'],
      ['show', 'nobody'],
      ['show', 'a.b'],
    ]) {
      const { code, stderr } = await run('quota', ...wrong);
      assert.notEqual(code, 0, wrong.join(' '));
      assert.ok(stderr.length > 0 && !stderr.includes('    at '), stderr);
    }
  });
});

test('on a hub without --auth only what was set holds, and that is what is shown', async () => {
  await withHub(async (hub) => {
    const run = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await hub.cli(args);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    await run('tenant', 'create', 'acme', '--plan', 'pro');
    assert.match(
      await run('quota', 'show', 'acme'),
      /^acme {2}no plan holds on this hub: 0 of unlimited events .*; each project unlimited a second, unlimited at once$/m,
    );
    await run('quota', 'set', 'acme', '--events-per-second', '5');
    const told = JSON.parse(await run('quota', 'show', 'acme', '--json')) as Readonly<Record<string, unknown>>;
    assert.deepEqual(
      ['in_force', 'events_per_day', 'events_per_second', 'burst_events'].map((name) => told[name]),
      ['own', 'unlimited', 5, 'unlimited'],
    );
  });
});

test('events over a day’s quota are dead letters, and the first try puts them back once there is room', async () => {
  await withHub(async (hub) => {
    const emit = (text: string) =>
      hub.cli(['emit', '-t', 'acme', '-p', 'web'], {
        input: `{"agent_id":"a","decision":{"title":"${text}","rationale":"r"}}\n`,
      });
    assert.equal((await emit('one')).code, 0);
    assert.equal((await hub.cli(['quota', 'set', 'acme', '--events-per-day', '1'])).code, 0);
    // A changed quota holds within seconds.
    const refused = await eventually(async () => {
      const finished = await emit('more');
      return finished.code === 2 ? finished : undefined;
    });
    assert.match(refused.stderr, /over_quota/);
    const countLog = async (): Promise<number> => {
      const { stdout } = await hub.cli(['log', '-t', 'acme', '-p', 'web', '--json']);
      return stdout.trim().split('\n').length;
    };
    const before = await countLog();
    assert.equal((await hub.cli(['quota', 'set', 'acme', '--events-per-day', '100'])).code, 0);
    // Nothing of the tenant is sent meanwhile: what is put back first has to meet the new quota.
    await sleep(quotaHoldsMs);
    assert.equal((await hub.cli(['dlq', 'replay', '--tenant', 'acme', '--reason', 'over_quota'])).code, 0);
    await eventually(async () => ((await countLog()) === before + 1 ? true : undefined));
  });
});
