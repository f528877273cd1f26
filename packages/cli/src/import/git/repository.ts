import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PermanentError, type Environment } from '@swarmledger/runtime';
import { lastLine, runGit, type GitContext } from './git-process.ts';

export interface Repository extends GitContext {
  /** The commit that the revision names: its full id. */
  readonly head: string;
  /** A clone with its older commits cut off. */
  readonly shallow: boolean;
}

/**
 * Checks that there is a history to read and finds its last commit.
 *
 * @param path the repository's root, work tree or bare
 * @throws PermanentError in one sentence: git_missing, not_a_repository, git_unsafe_directory, empty_repository, unknown_revision
 */
export async function openRepository(path: string, revision: string, environment: Environment): Promise<Repository> {
  const context = { repository: path, environment };
  const shown = JSON.stringify(path);
  await assertFolder(path, shown);
  const found = await runGit(context, ['rev-parse', '--is-shallow-repository', '--show-prefix']);
  if (!found.ok) throw repositoryError(path, shown, found.stderr);
  const [shallow, prefix = ''] = found.stdout.split('\n');
  if (prefix !== '') {
    const root = (await runGit(context, ['rev-parse', '--show-toplevel'])).stdout.trim();
    throw new PermanentError(
      'not_a_repository',
      `${shown} is a folder inside the repository ${JSON.stringify(root)}: name the repository itself`,
    );
  }
  return { ...context, head: await resolveRevision(context, revision), shallow: shallow === 'true' };
}

async function assertFolder(path: string, shown: string): Promise<void> {
  const found = path.includes('\0') ? undefined : await stat(path).catch(() => undefined);
  if (found === undefined) throw new PermanentError('not_a_repository', `${shown} does not exist`);
  if (!found.isDirectory()) {
    throw new PermanentError('not_a_repository', `${shown} is a file: name the folder of a Git repository`);
  }
}

// Git gives 128 for everything, so its text decides; LC_ALL=C keeps it in one language, and the name of the setting is in every
// version's message.
function repositoryError(path: string, shown: string, stderr: string): PermanentError {
  if (stderr.includes('safe.directory')) {
    return new PermanentError(
      'git_unsafe_directory',
      `Git does not read ${shown} because another user owns it: if you trust it, run "git config --global --add safe.directory ${resolve(path)}"`,
    );
  }
  return new PermanentError('not_a_repository', `${shown} is not a Git repository (${lastLine(stderr)})`);
}

async function resolveRevision(context: GitContext, revision: string): Promise<string> {
  const shown = JSON.stringify(context.repository);
  // Before --end-of-options (Git 2.30) a revision that starts with a dash would be an option.
  const askable = revision !== '' && !revision.startsWith('-') && !revision.includes('\0');
  const answer = askable
    ? await runGit(context, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`])
    : undefined;
  const id = answer?.stdout.trim() ?? '';
  if (answer?.ok === true && /^[0-9a-f]{40,64}$/.test(id)) return id;
  if (revision === 'HEAD') {
    throw new PermanentError(
      'empty_repository',
      `${shown} has no commits on its current branch: commit something first, or name a revision that has`,
    );
  }
  throw new PermanentError(
    'unknown_revision',
    `${shown} has no commit ${JSON.stringify(revision)}: name a branch, tag or commit id of it`,
  );
}
