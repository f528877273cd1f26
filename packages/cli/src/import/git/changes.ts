import { fileModes } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import { openGit, type GitContext, type GitProcess } from './git-process.ts';
import { decodeGitPath } from './tree.ts';

/** About 300 bytes of memory each: a commit is held as a list, so that its deletions can go first. */
const changesPerCommitMax = 1_000_000;
const recordBytesMax = 1_048_576;
const colon = 0x3a;

export interface GitSide {
  /** One of `fileModes`. */
  readonly mode: number;
  /** Blob id, or a submodule's commit id. */
  readonly id: string;
}

/** One changed path: `before` absent when it is new, `after` absent when it is gone. */
export interface GitChange {
  /** As UTF-8; byte by byte when `problem` says that it is not. */
  readonly path: string;
  readonly problem?: string;
  readonly before?: GitSide;
  readonly after?: GitSide;
}

export interface ChangeReader {
  /** Asks ahead for a commit's changes against its first parent, or against nothing. */
  request(commit: string, parent: string | undefined): void;
  /** The changes of the oldest commit asked for: deletions first, so that a file can become a folder. */
  next(commit: string): Promise<readonly GitChange[]>;
  close(): Promise<void>;
}

export async function openChanges(context: GitContext): Promise<ChangeReader> {
  const git = await openGit(context, [
    'diff-tree',
    '--stdin',
    '-r',
    '-z',
    '--root',
    '--raw',
    '--no-renames',
    '--no-commit-id',
    // Otherwise `ignore = all` in the repository's .gitmodules hides a submodule's changes.
    '--ignore-submodules=none',
  ]);
  return {
    // A line that is no object id is echoed and flushed: the mark of where a commit's changes end.
    request: (commit, parent) => git.send(`${parent === undefined ? commit : `${commit} ${parent}`}\n.\n`),
    next: (commit) => readChanges(git, commit),
    close: () => git.close(),
  };
}

async function readChanges(git: GitProcess, commit: string): Promise<readonly GitChange[]> {
  const deletions: GitChange[] = [];
  const others: GitChange[] = [];
  while ((await git.output.peek()) === colon) {
    const record = await git.output.readUntil(0, recordBytesMax);
    const path = await git.output.readUntil(0, recordBytesMax);
    if (record === undefined || path === undefined) break;
    const change = parseRecord(record.toString('latin1'), path, commit);
    (change.after === undefined ? deletions : others).push(change);
    if (deletions.length + others.length > changesPerCommitMax) {
      throw new PermanentError(
        'git_commit',
        `commit ${commit.slice(0, 12)} changes more than ${changesPerCommitMax} paths`,
      );
    }
  }
  if ((await git.output.readLine(1)) !== '.')
    throw await git.failure(`read the changes of commit ${commit.slice(0, 12)}`);
  return [...deletions, ...others];
}

// ":100644 100755 <before> <after> M"
function parseRecord(record: string, pathBytes: Buffer, commit: string): GitChange {
  const [beforeMode = '', afterMode = '', beforeId = '', afterId = ''] = record.slice(1).split(' ');
  const before = side(beforeMode, beforeId);
  const after = side(afterMode, afterId);
  if (before === undefined && after === undefined) {
    throw new PermanentError(
      'git_commit',
      `commit ${commit.slice(0, 12)}: cannot read git's record ${JSON.stringify(record)}`,
    );
  }
  const path = decodeGitPath(pathBytes);
  return {
    path: path ?? pathBytes.toString('latin1'),
    ...(path === undefined ? { problem: 'is not UTF-8' } : {}),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

function side(octal: string, id: string): GitSide | undefined {
  const mode = parseInt(octal, 8);
  // Old histories have 0100664 and the like: Git reads only the owner's executable bit.
  if ((mode & 0o170000) === 0o100000) {
    return { mode: (mode & 0o100) === 0 ? fileModes.regular : fileModes.executable, id };
  }
  return mode === fileModes.symlink || mode === fileModes.gitlink ? { mode, id } : undefined;
}
