import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@swarmledger/runtime';

/** Nothing of the person's or the machine's Git configuration, and the same identity and clock in every run. */
export const testEnvironment: Environment = {
  PATH: process.env['PATH'],
  HOME: tmpdir(),
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CEILING_DIRECTORIES: tmpdir(),
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '1700000000 +0100',
  GIT_COMMITTER_NAME: 'Grace',
  GIT_COMMITTER_EMAIL: 'grace@example.com',
  GIT_COMMITTER_DATE: '1700000100 -0500',
};

/** For tests: a real repository in a folder of its own, removed when the scope that it is handed to ends. */
export class TestRepository {
  readonly dir: string;

  constructor(scope: { after(undo: () => void): void }, ...initArguments: readonly string[]) {
    this.dir = mkdtempSync(join(tmpdir(), 'swarmledger-git-'));
    scope.after(() => rmSync(this.dir, { recursive: true, force: true }));
    this.git('init', '--quiet', '--initial-branch=main', ...initArguments);
  }

  git(...args: readonly string[]): string {
    return this.gitWith('', ...args);
  }

  /** @param input what git reads from its standard input */
  gitWith(input: string | Buffer, ...args: readonly string[]): string {
    const options = { cwd: this.dir, env: { ...testEnvironment }, input, maxBuffer: 64 * 1_048_576 };
    return execFileSync('git', args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
      .toString('utf8')
      .trim();
  }

  /** Everything in the work tree. @returns the commit's id */
  commit(message: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--allow-empty-message', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** Commits through `git fast-import`, for what a work tree cannot have. @returns the head's id */
  import(...commits: readonly FastCommit[]): string {
    this.gitWith(fastImport(commits), 'fast-import', '--quiet', '--force');
    return this.git('rev-parse', 'main');
  }
}

export type FastChange =
  | { readonly path: string; readonly mode: '100644' | '100755' | '120000'; readonly content: Buffer }
  | { readonly path: string; readonly mode: '160000'; readonly commit: string }
  | { readonly path: string; readonly mode: 'delete' };

export interface FastCommit {
  /** Unix seconds. */
  readonly seconds: number;
  readonly message: string;
  readonly changes: readonly FastChange[];
  /** Marks, from 1 in the order of the commits, of a parent other than the commit before, and of more parents. */
  readonly from?: number;
  readonly merge?: number;
}

function fastImport(commits: readonly FastCommit[]): Buffer {
  const parts: Buffer[] = [];
  const text = (line: string): void => void parts.push(Buffer.from(line));
  const data = (bytes: Buffer): void =>
    void parts.push(Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n'));
  for (const [index, commit] of commits.entries()) {
    text(`commit refs/heads/main\nmark :${index + 1}\ncommitter Grace <grace@example.com> ${commit.seconds} +0000\n`);
    data(Buffer.from(commit.message));
    const from = commit.from ?? index;
    if (from > 0) text(`from :${from}\n`);
    if (commit.merge !== undefined) text(`merge :${commit.merge}\n`);
    for (const change of commit.changes) {
      const path = quotePath(change.path);
      if (change.mode === 'delete') text(`D ${path}\n`);
      else if (change.mode === '160000') text(`M 160000 ${change.commit} ${path}\n`);
      else {
        text(`M ${change.mode} inline ${path}\n`);
        data(change.content);
      }
    }
  }
  return Buffer.concat(parts);
}

// Every byte as an octal escape: any path at all.
function quotePath(path: string): string {
  return `"${[...Buffer.from(path)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`;
}
