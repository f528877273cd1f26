import type { BranchName, Version } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';

export function unknownBranch(branch: BranchName): PermanentError {
  return new PermanentError('unknown_branch', `there is no branch ${branch} in this project`);
}

export function unknownVersion(branch: BranchName, version: Version, latest: Version | undefined): PermanentError {
  return new PermanentError(
    'unknown_version',
    latest === undefined
      ? `nothing was committed to branch ${branch} yet`
      : `version ${version} is not between the first event of branch ${branch} and its latest, ${latest}`,
  );
}
