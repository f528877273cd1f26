import { limits, parseProjectPath, ProtocolError, quote, type ProjectPath } from '@swarmledger/protocol';
import { PermanentError, Scope, type Environment } from '@swarmledger/runtime';
import { GroupPacker, type EventGroup } from '../event-group.ts';
import type { ImportTarget } from '../target.ts';
import { BlobReader } from './blobs.ts';
import { openChanges, type ChangeReader, type GitChange } from './changes.ts';
import { commitEvents, type DatedCommit, type LegalChange } from './commit-events.ts';
import { openCommits, type CommitReader, type GitCommit } from './commits.ts';
import { openRepository } from './repository.ts';

/** Commits whose changes are asked for ahead: git works while we encode. */
const lookaheadCommits = 32;
/** An hour within the protocol's own limit: the hub's clock is not ours. */
const clockAheadMsMax = limits.clockAheadMsMax - 3_600_000;

/** A path that a project cannot have: not UTF-8, too long, or a danger when restored. */
export interface IllegalPath {
  readonly commit: string;
  readonly path: string;
  readonly problem: string;
}

export interface GitHistoryOptions extends ImportTarget {
  /** Root of a work tree, or a bare repository. */
  readonly repository: string;
  /** `HEAD` by default. */
  readonly revision?: string;
  /**
   * What to do about a path that a project cannot have. Without it the import stops before that commit; with it the path is left out
   * and reported here, once for each change: a restored tree then lacks it.
   */
  readonly onIllegalPath?: (illegal: IllegalPath) => void;
  readonly environment?: Environment;
  readonly signal?: AbortSignal;
}

/**
 * The first-parent history of a revision, oldest commit first, one group for each commit or, when it is larger than a message,
 * several. Read as it is asked for: memory holds one group, one file's content and one commit's list of paths, whatever the
 * history. The same history gives the same groups, byte for byte; more commits only add groups at the end.
 *
 * @throws PermanentError in one sentence; of the commit that it names nothing was given out
 */
export async function* readGitHistory(options: GitHistoryOptions): AsyncGenerator<EventGroup> {
  const environment = options.environment ?? process.env;
  const repository = await openRepository(options.repository, options.revision ?? 'HEAD', environment);
  const scope = new Scope();
  try {
    const commits = scope.own('commits', await openCommits(repository, repository.head));
    const changes = scope.own('changes', await openChanges(repository));
    const blobs = scope.own('contents', await BlobReader.open(repository));
    for await (const { commit, list } of readCommits(commits, changes)) {
      options.signal?.throwIfAborted();
      yield* commitGroups(options, { commit, list: legalChanges(commit, list, options), blobs });
    }
  } finally {
    await scope.close();
  }
}

interface CommitChanges {
  readonly commit: DatedCommit;
  readonly list: readonly GitChange[];
}

async function* readCommits(commits: CommitReader, changes: ChangeReader): AsyncGenerator<CommitChanges> {
  const ahead: DatedCommit[] = [];
  let newest: DatedCommit | undefined;
  for (;;) {
    while (ahead.length < lookaheadCommits) {
      const next = await commits.next();
      if (next === undefined) break;
      changes.request(next.id, newest?.id);
      newest = { ...next, timeMs: eventTimeMs(next, newest?.timeMs) };
      ahead.push(newest);
    }
    const commit = ahead.shift();
    if (commit === undefined) return;
    yield { commit, list: await changes.next(commit.id) };
  }
}

/** A date that no event can have (before 1970, in the future, unreadable) gives way to the commit before. */
function eventTimeMs(commit: GitCommit, previousMs: number | undefined): number {
  const ms = (commit.committer.seconds ?? 0) * 1_000;
  return ms > 0 && ms <= Date.now() + clockAheadMsMax ? ms : (previousMs ?? 1_000);
}

function legalChanges(
  commit: GitCommit,
  changes: readonly GitChange[],
  { onIllegalPath }: GitHistoryOptions,
): readonly LegalChange[] {
  return changes.flatMap((change) => {
    const { path, problem } = parsePath(change);
    if (problem === undefined) return [{ ...change, path }];
    if (onIllegalPath === undefined) {
      throw new PermanentError('git_path', `commit ${commit.id.slice(0, 12)}: ${problem}`);
    }
    onIllegalPath({ commit: commit.id, path, problem });
    return [];
  });
}

type ParsedPath =
  { readonly path: ProjectPath; readonly problem?: undefined } | { readonly path: string; readonly problem: string };

function parsePath({ path, problem }: GitChange): ParsedPath {
  if (problem !== undefined) return { path, problem: `path ${quote(path)} ${problem}` };
  try {
    return { path: parseProjectPath(path) };
  } catch (error) {
    if (error instanceof ProtocolError) return { path, problem: error.message };
    throw error;
  }
}

interface ReadableCommit {
  readonly commit: DatedCommit;
  readonly list: readonly LegalChange[];
  readonly blobs: BlobReader;
}

async function* commitGroups(
  target: ImportTarget,
  { commit, list, blobs }: ReadableCommit,
): AsyncGenerator<EventGroup> {
  const { tenant, project, branch } = target;
  const packer = new GroupPacker();
  let checked = false;
  for await (const event of commitEvents({ tenant, project, branch }, commit, { list, blobs })) {
    for (const group of packer.add(event, commit.id.slice(0, 12))) {
      // The first part of a commit must not leave when a later part cannot.
      if (!checked) await blobs.assertReadable(commit.id, list);
      checked = true;
      yield group;
    }
  }
  yield* packer.finish();
}
