import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isRunning } from '@swarmledger/runtime';
import { eventually, runCli, withFolder, withHub, withHubOn } from '../support/cli.ts';

/** Whatever it is; one that has ended and was not waited for does not count. */
function isAlive(pid: number): boolean {
  return isRunning(pid, '');
}

const emit = ['emit', '-t', 'acme', '-p', 'web', '--json'];
const line = '{"agent_id":"a","decision":{"title":"t"}}\n';

test('Ctrl-C ends every process of the hub, and what was committed is there at the next start', async () => {
  await withFolder(async (data) => {
    let pids: readonly number[] = [];
    await withHubOn(data, async (hub) => {
      pids = [hub.file.pid, hub.file.nats.pid, hub.file.ingestor.pid];
      assert.equal((await hub.cli(emit, { input: line })).code, 0);
      const { code, stderr } = await runCli(['--data', data, 'up']);
      assert.equal(code, 2);
      assert.match(stderr, /^swarmledger: a hub \(process \d+\) runs .* already\n$/);
    });
    assert.deepEqual(pids.filter(isAlive), []);
    const stopped = await runCli(['--data', data, 'sql', 'SELECT 1']);
    assert.deepEqual([stopped.code, /no hub is running/.test(stopped.stderr)], [2, true]);
    // The history can be read without a hub.
    assert.equal(
      (await runCli(['--data', data, 'log', '-t', 'acme', '-p', 'web', '--json'])).stdout.trim().split('\n').length,
      1,
    );
    await withHubOn(data, async (hub) => {
      assert.equal((await hub.cli(['feed', 'verify'])).code, 0);
      // With and without the name of the database.
      for (const table of ['swarm_events', 'swarmledger.swarm_events']) {
        const { stdout } = await hub.cli(['sql', `SELECT count() AS n FROM ${table}`, '--json']);
        assert.equal(Number((JSON.parse(stdout) as { readonly n: unknown }).n), 1, table);
      }
    });
  });
});

test('a killed hub takes its processes with it, or the next one does', async () => {
  await withFolder(async (data) => {
    let left: readonly number[] = [];
    await withHubOn(data, async (hub) => {
      left = [hub.file.nats.pid, hub.file.ingestor.pid];
      process.kill(hub.file.pid, 'SIGKILL');
      await eventually(() => (isAlive(hub.file.ingestor.pid) ? undefined : true));
    });
    await withHubOn(data, async (hub) => {
      assert.deepEqual(left.filter(isAlive), []);
      assert.equal((await hub.cli(emit, { input: line })).code, 0);
    });
  });
});

test('an emit whose hub has gone silent says so after the time that it was given', async () => {
  await withHub(async (hub) => {
    process.kill(hub.file.ingestor.pid, 'SIGSTOP');
    const { code, stderr } = await hub.cli([...emit, '--timeout', '3'], { input: line });
    assert.equal(code, 1, stderr);
    assert.match(stderr, /the hub has confirmed nothing for 3 s/);
    process.kill(hub.file.ingestor.pid, 'SIGCONT');
    assert.equal((await hub.cli(emit, { input: line })).code, 0);
  });
});

test('passwords are in files that only their owner can read, and in no log', async () => {
  await withHub(async (hub) => {
    for (const name of ['hub.json', 'secrets.json', 'nats/nats-server.conf']) {
      assert.equal((await stat(join(hub.data, name))).mode & 0o077, 0, name);
    }
    const log = await readFile(join(hub.data, 'logs/ingestor.log'), 'utf8');
    for (const secret of [hub.file.nats.password, hub.file.analytics.password, hub.file.analytics.analyst.password]) {
      assert.ok(!log.includes(secret));
    }
    assert.equal((await hub.cli(['doctor'])).code, 0);
  });
});
