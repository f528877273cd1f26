import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findFreePort, stopChild } from '@swarmledger/runtime';
import { checkout, eventually, withFolder } from '../support/cli.ts';

const services = readdirSync(join(checkout, 'services')).filter((name) =>
  existsSync(join(checkout, 'services', name, 'src/main.ts')),
);
/** Nothing listens there. */
const nowhere = '127.0.0.1:1';

/** Part of each service's configuration is in a file, part in the environment. */
function writeConfigFile(folder: string, healthPort: number): string {
  const file = join(folder, 'config');
  writeFileSync(file, `# of the test\nSWARMLEDGER_DATA=${folder}\nSWARMLEDGER_HEALTH_PORT=${healthPort}\n`);
  return file;
}

for (const service of services) {
  test(`${service} is alive and says what it waits for before any of its servers is there, and SIGTERM ends it in time`, async () => {
    await withFolder(async (folder) => {
      const port = await findFreePort();
      const child = spawn(process.execPath, [join(checkout, 'services', service, 'dist/main.js')], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          SWARMLEDGER_CONFIG_FILE: writeConfigFile(folder, port),
          SWARMLEDGER_LEDGER: 'embedded',
          SWARMLEDGER_NATS_URL: `nats://${nowhere}`,
          SWARMLEDGER_CLICKHOUSE_URL: `http://${nowhere}`,
          SWARMLEDGER_ISSUER: `http://${nowhere}`,
          SWARMLEDGER_HTTP_PORT: '0',
          SWARMLEDGER_AUTH_PORT: '0',
          SWARMLEDGER_OUTBOX: join(folder, 'outbox.sqlite'),
          SWARMLEDGER_WORKER_COMMAND: '["true"]',
        },
      });
      let log = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
      const exited = new Promise<number | string>((resolve) => {
        child.once('exit', (code, signal) => resolve(code ?? signal ?? 'gone'));
      });
      try {
        const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
        await eventually(async () => {
          assert.equal(child.exitCode, null, log);
          return (await get('/healthz')).ok || undefined;
        });
        const ready = await get('/readyz');
        const sentence = await ready.text();
        // The replayer needs its ledger only, which is a file here; the syncer has nothing to send.
        const isReadyAlone = service === 'replayer' || service === 'syncer';
        if (!isReadyAlone) assert.deepEqual([ready.status, /waiting for .*NATS/.test(sentence)], [503, true], sentence);
        assert.match((await get('/metrics')).headers.get('content-type') ?? '', /version=0\.0\.4/);
        const startMs = performance.now();
        child.kill('SIGTERM');
        assert.equal(await exited, 0, log);
        assert.ok(performance.now() - startMs < 10_000);
      } finally {
        await stopChild(child, 1_000);
      }
    });
  });
}

for (const service of services) {
  test(`${service} that cannot start with its configuration names every problem of file and environment at once`, async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'config');
      writeFileSync(file, 'SWARMLEDGER_HEALTH_PORT=many\nnothing\n');
      const { status, stderr } = spawnSync(process.execPath, [join(checkout, 'services', service, 'dist/main.js')], {
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          SWARMLEDGER_CONFIG_FILE: file,
          SWARMLEDGER_LOG_LEVEL: 'loud',
          SWARMLEDGER_NATS_PASSWORD_FILE: join(folder, 'missing'),
        },
      });
      assert.equal(status, 2, stderr);
      for (const name of ['line 2', 'NATS_PASSWORD_FILE', 'HEALTH_PORT', 'LOG_LEVEL'])
        assert.ok(stderr.includes(name), stderr);
    });
  });
}
