import { PermanentError, type Environment } from '@swarmledger/runtime';
import { lastLine, runGit } from './git-process.ts';
import { openRepository } from './repository.ts';
import { readTree } from './tree.ts';

export interface GitHistoryDescription {
  /** Full id of the last commit. */
  readonly head: string;
  /** First-parent commits up to it. */
  readonly commits: number;
  readonly shallow: boolean;
  /** Submodules in the last commit's tree. */
  readonly submodules: number;
  /** What the user should know before the import, a sentence each. */
  readonly warnings: readonly string[];
}

/** How much `readGitHistory` is going to read. Same errors. */
export async function describeGitHistory(options: {
  readonly repository: string;
  readonly revision?: string;
  readonly environment?: Environment;
}): Promise<GitHistoryDescription> {
  const repository = await openRepository(
    options.repository,
    options.revision ?? 'HEAD',
    options.environment ?? process.env,
  );
  const { head, shallow } = repository;
  const counted = await runGit(repository, ['rev-list', '--first-parent', '--count', head]);
  if (!counted.ok) {
    throw new PermanentError('git_failed', `cannot count the commits: ${lastLine(counted.stderr)}`);
  }
  let submodules = 0;
  for await (const entry of readTree(repository, head)) if (entry.mode === '160000') submodules += 1;
  const warnings: string[] = [];
  if (shallow) {
    warnings.push(
      'this is a shallow clone: the history starts where it was cut, with every file of that commit; run "git fetch --unshallow" before the first import to have all of it',
    );
  }
  if (submodules > 0) {
    warnings.push(`${submodules} submodule${submodules === 1 ? ' is' : 's are'} recorded by commit id, without files`);
  }
  return { head, commits: Number(counted.stdout.trim()), shallow, submodules, warnings };
}
