import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { lstat, opendir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileModes } from '@swarmledger/protocol';
import { formatMode } from './git-modes.ts';
import { comparePaths } from './path-order.ts';

/** Enough to see what kind of thing is wrong. */
const differencesMax = 100;

/** Read in one piece: a stream costs several times what reading a small file does. */
const wholeBytesMax = 256 * 1024;

/** One line of `git ls-tree -r`: mode as six octal digits, id as 40 (SHA-1) or 64 (SHA-256) hex digits. */
export interface GitEntry {
  readonly mode: string;
  readonly id: string;
}

export type GitDifference =
  | { readonly kind: 'missing'; readonly path: string }
  | { readonly kind: 'unexpected'; readonly path: string }
  | { readonly kind: 'mode'; readonly path: string; readonly expected: string; readonly actual: string }
  | { readonly kind: 'content'; readonly path: string; readonly expected: string; readonly actual: string };

export interface GitVerification {
  /** True only if every path, mode and blob id is the same, and nothing else is there. */
  readonly matches: boolean;
  /** Paths of the Git tree. */
  readonly paths: number;
  /** The first 100, in path order. */
  readonly differences: readonly GitDifference[];
  readonly differencesTotal: number;
}

/**
 * Compares a folder with a Git tree, with nothing but the folder's bytes to go by: modes and blob ids are computed from what
 * stands there. A submodule (160000) is right when it is an empty folder, as `git checkout` leaves it. `.git` at the top is
 * not looked at.
 *
 * @param tree every path of `git ls-tree -r`
 */
export async function verifyAgainstGit(
  directory: string,
  tree: ReadonlyMap<string, GitEntry>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<GitVerification> {
  const differences: GitDifference[] = [];
  const seen = new Set<string>();
  for await (const path of walk(directory, '', tree)) {
    options.signal?.throwIfAborted();
    seen.add(path);
    const expected = tree.get(path);
    if (expected === undefined) differences.push({ kind: 'unexpected', path });
    else differences.push(...(await compare(directory, path, expected)));
  }
  for (const path of tree.keys()) {
    if (!seen.has(path)) differences.push({ kind: 'missing', path });
  }
  differences.sort((left, right) => comparePaths(left.path, right.path));
  return {
    matches: differences.length === 0,
    paths: tree.size,
    differences: differences.slice(0, differencesMax),
    differencesTotal: differences.length,
  };
}

/** Everything that is not a folder, and folders that stand for something or for nothing: empty ones. */
async function* walk(root: string, folder: string, tree: ReadonlyMap<string, GitEntry>): AsyncIterable<string> {
  for await (const item of await opendir(join(root, folder))) {
    const path = folder === '' ? item.name : `${folder}/${item.name}`;
    if (path === '.git') continue;
    if (!item.isDirectory()) {
      yield path;
    } else if (tree.has(path) || (await isEmpty(join(root, path)))) {
      yield path;
    } else {
      yield* walk(root, path, tree);
    }
  }
}

async function compare(root: string, path: string, expected: GitEntry): Promise<readonly GitDifference[]> {
  const name = join(root, path);
  const stats = await lstat(name);
  const actualMode = formatMode(gitMode(stats));
  if (actualMode !== expected.mode) return [{ kind: 'mode', path, expected: expected.mode, actual: actualMode }];
  if (stats.isDirectory()) {
    // Only a submodule's own repository knows the commit; an empty folder is all there is to see.
    return (await isEmpty(name)) ? [] : [{ kind: 'content', path, expected: 'an empty folder', actual: 'files' }];
  }
  const hash = createHash(expected.id.length === 64 ? 'sha256' : 'sha1');
  if (stats.isSymbolicLink()) {
    const target = await readlink(name, { encoding: 'buffer' });
    hash.update(blobHeader(target.length)).update(target);
  } else {
    hash.update(blobHeader(stats.size));
    if (stats.size <= wholeBytesMax) hash.update(await readFile(name));
    else for await (const piece of createReadStream(name)) hash.update(piece as Buffer);
  }
  const actual = hash.digest('hex');
  return actual === expected.id ? [] : [{ kind: 'content', path, expected: expected.id, actual }];
}

function gitMode(stats: Stats): number {
  if (stats.isSymbolicLink()) return fileModes.symlink;
  if (stats.isDirectory()) return fileModes.gitlink;
  return (stats.mode & 0o100) === 0 ? fileModes.regular : fileModes.executable;
}

/** Git's name for content is the hash of this and the bytes. */
function blobHeader(bytes: number): string {
  return `blob ${bytes}\0`;
}

async function isEmpty(folder: string): Promise<boolean> {
  const items = await opendir(folder);
  try {
    return (await items.read()) === null;
  } finally {
    await items.close();
  }
}
