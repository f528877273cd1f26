import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

// In a process of its own, where the addon and its library are not to be found whatever this machine has installed: node-gyp-build,
// which loads it, looks into this folder first.
const script = `
  import { openLedger } from ${JSON.stringify(new URL('./index.js', import.meta.url).href)};
  try {
    await openLedger({ connection: { kind: 'cluster', clusterFile: 'missing.cluster' } });
    console.log('opened');
  } catch (error) {
    console.log(error.name + ' ' + error.code + ': ' + error.message);
  }
  const ledger = await openLedger({ connection: { kind: 'embedded', file: process.argv[1] } });
  console.log((await ledger.tenants.list()).length);
  await ledger.close();
`;

test('a machine without the client library gets one clear line, and the embedded ledger beside it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'swarmledger-unavailable-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const env = { ...process.env, LD_LIBRARY_PATH: '', FOUNDATIONDB_PREBUILD: dirname(fileURLToPath(import.meta.url)) };
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script, join(folder, 'ledger.sqlite')],
    {
      env,
      encoding: 'utf8',
    },
  );
  assert.equal(stderr, '');
  assert.match(stdout, /^PermanentError ledger_unavailable: FoundationDB.*\n0\n$/);
});
