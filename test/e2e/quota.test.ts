import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLedger } from '@swarmledger/ledger';
import { runCli, withFolder } from '../support/cli.ts';

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
