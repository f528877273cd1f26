import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

/** Runs the package's own mocha files on the embedded module, in a process of their own. */
const runner = `
import { createRequire } from 'node:module';
const [modulePath, requireFrom, file] = process.argv.slice(1);
const { installEmbeddedModule } = await import(modulePath);
const require = createRequire(requireFrom);
installEmbeddedModule(require, file);
const Mocha = require('mocha');
const mocha = new Mocha({ reporter: 'json', timeout: 20000 });
for (const name of ['kv', 'range', 'directory', 'state']) mocha.addFile(require.resolve('foundationdb/dist/test/' + name + '.js'));
mocha.run((failures) => process.exit(failures));
`;

test("the foundationdb package's own suite passes as it does on a real server: 52 passing, 5 pending upstream", () => {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-fdb-suite-'));
  try {
    const modulePath = new URL('index.js', import.meta.url).href;
    const args = ['--input-type=module', '-e', runner, modulePath, import.meta.filename, join(folder, 'suite.sqlite')];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 120_000 });
    assert.equal(stderr, '');
    assert.equal(status, 0, stdout.slice(-2_000));
    const { stats } = JSON.parse(stdout.slice(stdout.indexOf('{\n'))) as {
      stats: { passes: number; pending: number; failures: number };
    };
    assert.deepEqual([stats.passes, stats.pending, stats.failures], [52, 5, 0]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
