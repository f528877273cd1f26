// Runs every test file of the checkout, built, each in a process of its own, and ends with one line that counts them.
//   node scripts/test.mjs [--fdb] [--oldest-nats] [--only TEXT]
//     --fdb: the tests that can run on a FoundationDB cluster, on FDB_CLUSTER_FILE
//     --oldest-nats: the tests of the bus and of its tenants, on the oldest nats-server that is promised to do
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureKeycloak } from './keycloak.mjs';
import { ensureNatsServer, ensureOldestNatsServer } from './nats-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
const onCluster = args.includes('--fdb');
const onOldestNats = args.includes('--oldest-nats');
/** Server tests share two cores with the servers they start; more at once only makes them slower. */
const filesAtOnce = Math.max(1, Math.min(2, availableParallelism()));
/** A file that hangs fails, and the rest is still run. */
const fileMinutesMax = 12;

function findTests(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && entry.name.endsWith('.test.js') && !join(entry.parentPath, '').includes('node_modules'),
    )
    .map((entry) => join(entry.parentPath, entry.name));
}

const folders = ['packages', 'services'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => join(root, group, name, 'dist')),
);
let files = [...folders, join(root, 'test/dist')].flatMap(findTests).sort();
if (only !== undefined) files = files.filter((file) => file.includes(only));
if (onCluster) {
  if (!process.env.FDB_CLUSTER_FILE) {
    process.stderr.write('test:fdb needs FDB_CLUSTER_FILE to name a cluster file\n');
    process.exit(2);
  }
  files = files.filter((file) => /[/\\](ledger|cluster)[/\\.-]/.test(relative(root, file)));
}
if (files.length === 0) {
  process.stderr.write('no test files found: run "npm run build" first\n');
  process.exit(1);
}
if (onOldestNats) files = files.filter((file) => /test\/dist\/(bus|auth\/(nats|agent))/.test(relative(root, file)));
process.env.SWARMLEDGER_NATS_SERVER = onOldestNats ? ensureOldestNatsServer() : await ensureNatsServer();
// Large, and needs Java: fetched when its test is asked for. In CI the test fails without it, elsewhere it is skipped and counted.
if (files.some((file) => /keycloak/.test(file))) {
  const { folder, reason } = ensureKeycloak();
  if (folder !== undefined) process.env.SWARMLEDGER_KEYCLOAK = folder;
  else process.env.SWARMLEDGER_KEYCLOAK_MISSING = reason;
}
if (!onCluster && process.env.FDB_CLUSTER_FILE === undefined) {
  process.stdout.write('ledger: embedded (FDB_CLUSTER_FILE is not set; "npm run test:fdb" runs on a cluster)\n');
}

const runner = spawn(
  process.execPath,
  [
    '--test',
    `--test-concurrency=${filesAtOnce}`,
    `--test-timeout=${fileMinutesMax * 60_000}`,
    '--test-reporter=spec',
    ...files,
  ],
  {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const counts = { pass: 0, fail: 0, skipped: 0, todo: 0, cancelled: 0 };
let tail = '';
runner.stdout.setEncoding('utf8');
runner.stdout.on('data', (text) => {
  process.stdout.write(text);
  tail = (tail + text).slice(-20_000);
});
runner.on('close', (code) => {
  for (const name of Object.keys(counts)) {
    const found = [...tail.matchAll(new RegExp(`^ℹ ${name} (\\d+)$`, 'gm'))].at(-1);
    counts[name] = Number(found?.[1] ?? 0);
  }
  const failed = counts.fail + counts.cancelled;
  process.stdout.write(`${counts.pass} passed, ${failed} failed, ${counts.skipped + counts.todo} skipped\n`);
  process.exit(code === 0 && failed === 0 && counts.pass > 0 ? 0 : 1);
});
