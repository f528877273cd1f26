import type { Branch, ProjectHistory, Why } from '@swarmledger/ledger';
import type { BranchName } from '@swarmledger/protocol';
import { replayError } from './errors.ts';
import type { Moment } from './moment.ts';

/**
 * A new branch that begins at a moment. It costs one record, whatever the project holds: nothing is copied.
 *
 * @throws PermanentError not_a_version: an event time is a view, not a place in the order of versions; branch_exists, fork_too_deep
 */
export async function forkAt(history: ProjectHistory, name: BranchName, moment: Moment, why: Why): Promise<Branch> {
  if (moment.eventTimeUs !== undefined) {
    throw replayError(
      'not_a_version',
      'a branch begins at a version, and an event time is none: give --at, --version, --tag, --before or --after',
    );
  }
  return history.fork(name, { branch: moment.branch, version: moment.version }, why);
}
