import { PermanentError, type Environment } from '@swarmledger/runtime';
import { openGit, type GitContext } from './git-process.ts';
import { openRepository } from './repository.ts';

/** Longer than any path that a file system takes. */
const treeLineBytesMax = 1_048_576;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface GitTreeEntry {
  /** Six octal digits, as `git ls-tree` prints them. */
  readonly mode: string;
  /** Blob id, or a submodule's commit id. */
  readonly id: string;
}

/**
 * Every path of a commit, as `git ls-tree -r` lists them: what a restored tree is compared with.
 *
 * @param commit any revision that names a commit
 * @throws PermanentError as `openRepository`, and git_path for a path that is not UTF-8
 */
export async function listGitTree(
  repository: string,
  commit: string,
  environment: Environment = process.env,
): Promise<ReadonlyMap<string, GitTreeEntry>> {
  const opened = await openRepository(repository, commit, environment);
  const tree = new Map<string, GitTreeEntry>();
  for await (const { path, mode, id } of readTree(opened, opened.head)) tree.set(path, { mode, id });
  return tree;
}

/** The entries of `git ls-tree -r`, in its order. */
export async function* readTree(
  context: GitContext,
  commit: string,
): AsyncGenerator<GitTreeEntry & { readonly path: string }> {
  const git = await openGit(context, ['ls-tree', '-r', '-z', '--full-tree', commit]);
  try {
    git.end();
    while ((await git.output.peek()) !== undefined) {
      const line = await git.output.readUntil(0, treeLineBytesMax);
      if (line === undefined) throw await git.failure('list the tree');
      const tab = line.indexOf('\t');
      const [mode = '', , id = ''] = line.toString('latin1', 0, tab).split(' ');
      const path = decodeGitPath(line.subarray(tab + 1));
      if (path === undefined) {
        const shown = JSON.stringify(line.toString('latin1', tab + 1));
        throw new PermanentError('git_path', `commit ${commit.slice(0, 12)}: path ${shown} is not UTF-8`);
      }
      yield { path, mode, id };
    }
    await git.assertSucceeded('list the tree');
  } finally {
    await git.close();
  }
}

/** Undefined unless the bytes are UTF-8. */
export function decodeGitPath(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
