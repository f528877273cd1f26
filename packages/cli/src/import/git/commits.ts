import { PermanentError } from '@swarmledger/runtime';
import { openGit, type GitContext, type GitProcess } from './git-process.ts';

/** A commit message above this is no message. */
const fieldBytesMax = 16 * 1_048_576;
const format = ['%P', '%an', '%ae', '%ad', '%cn', '%ce', '%cd', '%B'];
const newline = '\n';

export interface GitPerson {
  readonly name: string;
  readonly email: string;
  /** Unix seconds; undefined when the commit has no readable time. */
  readonly seconds?: number;
  /** Such as `+0200`. */
  readonly timezone: string;
}

export interface GitCommit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
  /** As written, in UTF-8. */
  readonly message: string;
}

export interface CommitReader {
  /** The next commit, oldest first; undefined after the last. @throws PermanentError git_failed */
  next(): Promise<GitCommit | undefined>;
  close(): Promise<void>;
}

/**
 * The first-parent history of `head`, oldest first: each commit's first parent is the commit before it, and the first one is a root
 * or a shallow clone's boundary. Plumbing, so that the user's log settings change nothing.
 */
export async function openCommits(context: GitContext, head: string): Promise<CommitReader> {
  const git = await openGit(context, [
    'rev-list',
    '--first-parent',
    '--reverse',
    '--encoding=UTF-8',
    '--date=raw',
    `--format=${format.join('%x00')}%x00`,
    head,
  ]);
  git.end();
  return { next: () => readCommit(git), close: () => git.close() };
}

// "commit <id>\n<parents>\0<author name>\0…<message>\0\n": no field can have a NUL, since git itself ends texts there.
async function readCommit(git: GitProcess): Promise<GitCommit | undefined> {
  const fields: string[] = [];
  while (fields.length < format.length) {
    const field = await git.output.readUntil(0, fieldBytesMax);
    if (field === undefined) return endOfHistory(git, fields);
    fields.push(field.toString('utf8'));
  }
  await git.output.readLine(1);
  const [heading = '', authorName = '', authorEmail = '', authorDate = '', ...rest] = fields;
  const [name = '', email = '', date = '', message = ''] = rest;
  const [commitLine = '', parents = ''] = heading.split(newline);
  const id = /^commit ([0-9a-f]{40,64})$/.exec(commitLine)?.[1];
  if (id === undefined) throw await git.failure('read the history');
  return {
    id,
    parents: parents.split(' ').filter((parent) => parent !== ''),
    author: person(authorName, authorEmail, authorDate),
    committer: person(name, email, date),
    message,
  };
}

async function endOfHistory(git: GitProcess, fields: readonly string[]): Promise<undefined> {
  await git.assertSucceeded('read the history');
  if (fields.length > 0) {
    throw new PermanentError('git_failed', `a commit has a field of more than ${fieldBytesMax} bytes`);
  }
}

function person(name: string, email: string, date: string): GitPerson {
  const [, seconds, timezone] = /^(-?\d{1,15}) ([+-]\d{4})$/.exec(date) ?? [];
  return { name, email, timezone: timezone ?? '+0000', ...(seconds === undefined ? {} : { seconds: Number(seconds) }) };
}
