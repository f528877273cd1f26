import { lstat, mkdir, readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, parse, relative, resolve, sep } from 'node:path';
import { errorCode } from '@swarmledger/runtime';
import { explainFileError, replayError } from './errors.ts';

export interface RestoreTarget {
  /** Absolute; the folders above it are real ones, no links. */
  readonly path: string;
  /** `occupied` only when it may be replaced. */
  readonly state: 'absent' | 'empty' | 'occupied';
}

export interface TargetRules {
  readonly existing: 'refuse' | 'replace';
  /** Folders that a replacement must not take away, such as the hub's data. */
  readonly protect: readonly string[];
  /** False for a dry run: then nothing is made. */
  readonly makeParents: boolean;
}

/**
 * Decides whether a restore may put a folder there. Replacing is refused for the root, the home and the current folder, for
 * Git repositories, and for whatever holds a protected folder: `--force` means a former restore, not a home.
 *
 * @throws PermanentError target_not_empty, target_not_directory, target_protected, permission_denied
 */
export async function checkTarget(directory: string, rules: TargetRules): Promise<RestoreTarget> {
  const asked = resolve(directory);
  if (asked === parse(asked).root)
    throw replayError('target_protected', `${asked} cannot be replaced: name a folder in it`);
  try {
    if (rules.makeParents) await mkdir(dirname(asked), { recursive: true });
    const path = join(await realParent(asked), basename(asked));
    const state = await readState(path);
    if (state !== 'absent') await refuseProtected(path, state, rules);
    return { path, state };
  } catch (error) {
    throw explainFileError(error, `use ${asked}`);
  }
}

async function readState(path: string): Promise<RestoreTarget['state']> {
  const stats = await lstat(path).catch(nothingThere);
  if (stats === undefined) return 'absent';
  if (!stats.isDirectory()) {
    const what = stats.isSymbolicLink() ? 'a symbolic link' : 'a file';
    throw replayError('target_not_directory', `${path} is ${what}, not a folder`);
  }
  return (await readdir(path)).length === 0 ? 'empty' : 'occupied';
}

async function refuseProtected(path: string, state: 'empty' | 'occupied', rules: TargetRules): Promise<void> {
  const current = await realpath(process.cwd());
  if (isWithin(path, current)) {
    throw replayError('target_protected', `${path} is or holds the current folder; restore into a new folder instead`);
  }
  if (state === 'empty') return;
  if (rules.existing === 'refuse') {
    throw replayError('target_not_empty', `${path} is not empty; choose another folder or replace it with --force`);
  }
  for (const kept of [homedir(), ...rules.protect]) {
    const real = await realpath(kept).catch(() => resolve(kept));
    if (isWithin(path, real)) throw replayError('target_protected', `${path} holds ${kept} and will not be replaced`);
  }
  if ((await lstat(join(path, '.git')).catch(nothingThere)) !== undefined) {
    throw replayError(
      'target_protected',
      `${path} is a Git working tree and will not be replaced; choose another folder`,
    );
  }
}

/** A dry run may name folders that do not exist yet; then the nearest one that does is made real. */
async function realParent(path: string): Promise<string> {
  const parent = dirname(path);
  try {
    return await realpath(parent);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || parent === path) throw error;
    return join(await realParent(parent), basename(parent));
  }
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || parse(way).root !== '');
}

function nothingThere(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
  return undefined;
}
