import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { runCli, withHub as withUp } from '../support/cli.ts';
import { eventually, uniqueScope, withHub } from '../ingest/hub.ts';
import { readJobLog, spawnWorker, startHubForJobs, submit } from './hub.ts';

/** Where a bwrap is that works: PATH, or Debian's package unpacked beside the test. Undefined: this machine allows no namespaces. */
function findBubblewrap(): string | undefined {
  const works = (program: string): boolean =>
    spawnSync(program, ['--unshare-all', '--die-with-parent', '--ro-bind', '/', '/', 'true']).status === 0;
  if (works('bwrap')) return dirname(spawnSync('which', ['bwrap'], { encoding: 'utf8' }).stdout.trim());
  const folder = mkdtempSync(join(tmpdir(), 'swarmledger-bwrap-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  spawnSync('apt-get', ['download', 'bubblewrap'], { cwd: folder, stdio: 'ignore', timeout: 60_000 });
  const archive = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (archive === undefined || spawnSync('dpkg-deb', ['-x', join(folder, archive), folder]).status !== 0)
    return undefined;
  const bin = join(folder, 'usr', 'bin');
  copyFileSync(join(bin, 'bwrap'), join(folder, 'bwrap'));
  return works(join(bin, 'bwrap')) ? bin : undefined;
}

const curiousAgent = `
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
const attempt = (name, body) => { try { console.log(name + '=' + body()); } catch (error) { console.log(name + '=' + error.code); } };
writeFileSync('mine.txt', 'x');
attempt('folder', () => readdirSync('.').join());
attempt('hub', () => readdirSync(JSON.parse(readFileSync(0, 'utf8')).hub).join());
attempt('processes', () => readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).length < 10);
attempt('parent', () => readFileSync('/proc/' + JSON.parse('{"pid": PID}').pid + '/environ', 'utf8').includes('SWARMLEDGER_NATS_PASSWORD'));
attempt('write', () => writeFileSync('/usr/x', ''));
const { port } = new URL('SERVER');
await new Promise((resolve) => {
  connect(Number(port), '127.0.0.1').on('connect', () => { console.log('network=open'); resolve(); }).on('error', (error) => { console.log('network=' + error.code); resolve(); });
});
process.exit();
`;

test('inside bubblewrap the agent has its folder and nothing else: no network, no hub, no secrets of the worker', async () => {
  const bin = findBubblewrap();
  await withHub(async (hub) => {
    await startHubForJobs(hub);
    const { tenant, job } = await submit(hub, uniqueScope(), JSON.stringify({ hub: hub.dataDir }));
    const agent = curiousAgent.replace('SERVER', hub.address.servers).replace('PID', String(process.pid));
    const environment = bin === undefined ? {} : { PATH: `${bin}:${process.env['PATH']}` };
    if (bin === undefined) {
      // Then the promise is another one: whoever asks for bubblewrap is told, and nothing runs without it.
      const refused = await spawnWorker(hub, agent, { SWARMLEDGER_WORKER_SANDBOX: 'bubblewrap' });
      assert.equal(await refused.exited, 2);
      assert.ok(refused.logLines.some((line) => line.includes('no_sandbox')));
      return;
    }
    const worker = await spawnWorker(hub, agent, { SWARMLEDGER_WORKER_SANDBOX: 'auto', ...environment });
    assert.equal(await worker.exited, 0, worker.logLines.join('\n'));
    assert.ok(worker.logLines.some((line) => line.includes('"sandbox":"bubblewrap"')));
    const lines = new Map(
      (await readJobLog(hub, tenant, job)).split('\n').map((line) => line.split('=') as [string, string]),
    );
    assert.equal(lines.get('folder'), 'mine.txt');
    assert.ok(
      !(lines.get('hub') ?? '').includes('ledger.sqlite'),
      `the hub's data is out of reach: ${lines.get('hub')}`,
    );
    assert.equal(lines.get('processes'), 'true');
    assert.equal(lines.get('parent'), 'ENOENT');
    assert.match(lines.get('write') ?? '', /EROFS|EACCES|EPERM/);
    assert.match(lines.get('network') ?? '', /ECONNREFUSED|ENETUNREACH/);
  });
});

test('jobs are submitted, done, listed, read and cancelled on the command line', async () => {
  await withUp(async (hub) => {
    const { tenant, project } = uniqueScope();
    const target = ['-t', tenant, '-p', project];
    const submitted = await hub.cli(['job', 'submit', ...target, '--task', 'say hello', '--deadline', '30s']);
    assert.equal(submitted.code, 0, submitted.stderr);
    const id = submitted.stdout.trim();
    const work = await hub.cli(['job', 'work', '--sandbox', 'none', '--', 'sh', '-c', 'cat > task.txt; echo done']);
    assert.equal(work.code, 0, work.stderr);
    const listed = await hub.cli(['job', 'ls', '-t', tenant, '--json']);
    assert.deepEqual((JSON.parse(listed.stdout) as { id: string; state: string }).state, 'done');
    assert.equal((await hub.cli(['job', 'logs', id, '-t', tenant])).stdout, 'done\n');
    const why = await eventually(async () => {
      const { code, stdout } = await hub.cli(['tree', ...target]);
      return code === 0 && stdout;
    });
    assert.match(String(why), /task\.txt/);
    const late = await hub.cli(['job', 'cancel', id, '-t', tenant]);
    assert.deepEqual([late.code, /is done already/.test(late.stderr)], [2, true]);
    const second = (await hub.cli(['job', 'submit', ...target], { input: 'from standard input' })).stdout.trim();
    assert.equal((await hub.cli(['job', 'cancel', second, '-t', tenant])).code, 0);
    assert.equal((await hub.cli(['job', 'work', '--', 'false'])).code, 0);
    const states = (await hub.cli(['job', 'ls', '-t', tenant, '--json'])).stdout.trim().split('\n');
    assert.equal((JSON.parse(states.at(-1) ?? '{}') as { state: string }).state, 'cancelled');
    assert.equal((await hub.cli(['job', 'logs', 'nonsense', '-t', tenant])).code, 2);
    assert.equal((await runCli(['job', 'ls', '-t', tenant, '--data', join(hub.data, 'none')])).code, 2);
  });
});
