// Makes a checkout ready to run: packages, build, nats-server. Quiet and quick when nothing changed; everything it says goes to
// stderr, so that stdout stays data.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureNatsServer } from './nats-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const nodeMajorMin = 20;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Runs a command and hands its output through to stderr; on failure exits with one sentence. */
function run(what, command, args) {
  process.stderr.write(`setup: ${what}\n`);
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, CI: 'true' } });
  if (result.status !== 0) {
    process.stderr.write(`setup: ${what} failed (${result.error?.message ?? `exit code ${result.status}`})\n`);
    process.exit(1);
  }
}

function packageManifests() {
  const folders = ['packages', 'services'].flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(group, entry.name)),
  );
  return ['.', 'test', ...folders]
    .map((folder) => join(root, folder, 'package.json'))
    .filter((file) => existsSync(file));
}

/** Installing again is only needed when a manifest or the lock file changed, or node_modules is gone. */
function installStamp() {
  const hash = createHash('sha256').update(process.version);
  for (const file of [join(root, 'pnpm-lock.yaml'), join(root, 'pnpm-workspace.yaml'), ...packageManifests()]) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

function install() {
  const stampFile = join(root, 'node_modules', '.swarmledger-installed');
  const stamp = installStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const [name, version] = manifest.packageManager.split('@');
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
  run('installing packages (the first time takes a minute or two)', npx, [
    '--yes',
    `${name}@${version}`,
    'install',
    '--frozen-lockfile',
    '--reporter=append-only',
  ]);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stampFile, stamp);
}

if (Number(process.versions.node.split('.')[0]) < nodeMajorMin) {
  process.stderr.write(`setup: SwarmLedger needs Node ${nodeMajorMin} or newer; this is ${process.version}\n`);
  process.exit(1);
}
install();
run('building', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b']);
await ensureNatsServer();
