import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectHistory } from '@swarmledger/ledger';
import { mainBranch, parseTagName } from '@swarmledger/protocol';
import { resolveMoment, restore, verifyAgainstGit, type GitDifference } from '@swarmledger/replayer';
import { listGitTree } from '../import/index.ts';

export interface RestoreCheck {
  readonly commit: string;
  readonly files: number;
  readonly matches: boolean;
  readonly differences: readonly GitDifference[];
}

/**
 * Restores the project as it was right after a Git commit, and compares every path, mode and blob id, computed from the restored
 * bytes, with `git ls-tree -r` of that commit. The restored folder is removed again.
 */
export async function checkRestore(
  history: ProjectHistory,
  source: { readonly repository: string; readonly commit: string },
  folder: string,
): Promise<RestoreCheck> {
  const moment = await resolveMoment(history, mainBranch, { kind: 'tag', name: parseTagName(`git:${source.commit}`) });
  const directory = join(folder, `restore-${source.commit.slice(0, 12)}`);
  try {
    const summary = await restore(history, { moment, directory, existing: 'replace', links: 'keep' });
    const { matches, differences } = await verifyAgainstGit(
      directory,
      await listGitTree(source.repository, source.commit),
    );
    return { commit: source.commit, files: summary.files + summary.symlinks, matches, differences };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
