import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { limits, mainBranch, parseBranchName, parseTagName } from '@swarmledger/protocol';
import { exportGit, resolveMoment } from '@swarmledger/replayer';
import { openTestLedger } from './test-ledger.ts';
import { TestRepository, testEnvironment } from './test-repository.ts';

const checkout = fileURLToPath(new URL('../../../../..', import.meta.url));

function git(repository: string, ...args: readonly string[]): string {
  const options = {
    cwd: repository,
    env: { ...testEnvironment, HOME: process.env['HOME'] },
    maxBuffer: 256 * 1_048_576,
  };
  return execFileSync('git', args, { ...options, encoding: 'utf8' }).trim();
}

/** Oldest first: tree, author, committer, subject of each first-parent commit. */
function readCommits(repository: string, revision = 'HEAD'): readonly string[] {
  const format = '--format=%T %an <%ae> %ad %cn <%ce> %cd %s';
  return git(repository, 'log', '--first-parent', '--reverse', '--date=raw', format, revision).split('\n');
}

function makeHistory(repository: TestRepository): void {
  const path = (name: string): string => join(repository.dir, name);
  writeFileSync(path('README'), 'hello\n');
  writeFileSync(path('empty'), '');
  writeFileSync(path('becomes'), 'a file');
  mkdirSync(path('sp ace'));
  writeFileSync(path('sp ace/"quoted" \\ 日本'), 'text');
  repository.commit('root\n\nWith a body.\n\nSigned-off-by: Ada <ada@example.com>\n');
  repository.commit('');
  writeFileSync(path('run.sh'), '#!/bin/sh\n');
  chmodSync(path('run.sh'), 0o755);
  symlinkSync('/etc/hostname', path('absolute'));
  rmSync(path('becomes'));
  mkdirSync(path('becomes'));
  writeFileSync(path('becomes/a'), 'folder');
  repository.commit('SwarmLedger-Agent: not a trailer');
  renameSync(path('README'), path('moved'));
  rmSync(path('becomes'), { recursive: true });
  writeFileSync(path('becomes'), 'a file again');
  writeFileSync(path('large'), Buffer.alloc(limits.inlineContentBytesMax * 3 + 1, 'large '));
  repository.commit('rename, large');
  for (let index = 0; index < 1_200; index++) writeFileSync(path(`many-${index}`), `${index}`);
  repository.commit('more than one ledger commit');
  const module = repository.git('rev-parse', 'HEAD');
  repository.git('update-index', '--add', '--cacheinfo', `160000,${module},module`);
  repository.git('commit', '--quiet', '-m', 'submodule');
  repository.git('checkout', '--quiet', '-b', 'side', 'HEAD~1');
  repository.commit('on the side');
  repository.git('checkout', '--quiet', '-f', 'main');
  repository.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'side');
}

for (const format of ['sha1', 'sha256']) {
  test(`a Git history comes back commit by commit, tree by tree, with its people and dates (${format})`, async (t) => {
    const repository = new TestRepository(t, `--object-format=${format}`);
    makeHistory(repository);
    const ledger = await openTestLedger(t);
    const directory = join(ledger.folder, 'export');
    const summary = await exportGit(await ledger.importGit('first', repository.dir), { directory });
    const original = readCommits(repository.dir);
    assert.equal(summary.commits, original.length);
    assert.deepEqual(
      readCommits(directory),
      // Git shows the subject of a message that has none as nothing.
      original.map((line, index) => (index === 1 ? `${line}(no message)` : line)),
    );
    git(directory, 'fsck', '--strict', '--no-dangling');
    const trailers = '--format=%(trailers:key=SwarmLedger-Git-Commit,valueonly)';
    const ids = git(directory, 'log', '--reverse', trailers)
      .split('\n')
      .filter((line) => line !== '');
    assert.deepEqual(ids, git(repository.dir, 'rev-list', '--first-parent', '--reverse', 'HEAD').split('\n'));
    // And once more around: what was exported is a Git history like any other.
    const again = join(ledger.folder, 'again');
    await exportGit(await ledger.importGit('second', directory), { directory: again });
    assert.deepEqual(readCommits(again), readCommits(directory));
  });
}

test("the project's own history comes back with every commit's tree id", async (t) => {
  const ledger = await openTestLedger(t);
  const directory = join(ledger.folder, 'export');
  await exportGit(await ledger.importGit('own', checkout), { directory });
  assert.deepEqual(readCommits(directory), readCommits(checkout));
});

test('a branch of a fork comes back whole, and two branches share what they share', async (t) => {
  const repository = new TestRepository(t);
  writeFileSync(join(repository.dir, 'a'), '1');
  const fork = repository.commit('one');
  writeFileSync(join(repository.dir, 'a'), '2');
  repository.commit('two');
  const other = new TestRepository(t);
  writeFileSync(join(other.dir, 'b'), '1');
  other.commit('on the fork');
  const ledger = await openTestLedger(t);
  const history = await ledger.importGit('forked', repository.dir);
  const query = { kind: 'tag', name: parseTagName(`git:${fork}`) } as const;
  const { version } = await resolveMoment(history, mainBranch, query);
  await history.fork(parseBranchName('idea'), { branch: mainBranch, version }, { by: 'test', reason: '' });
  await ledger.importGit('forked', other.dir, { branch: 'idea' });
  const directory = join(ledger.folder, 'export');
  await exportGit(history, { directory });
  assert.equal(git(directory, 'log', '--format=%s', 'idea'), 'on the fork\none');
  assert.equal(git(directory, 'merge-base', 'main', 'idea'), git(directory, 'rev-parse', 'main~1'));
  assert.equal(git(directory, 'ls-tree', '-r', '--name-only', 'idea'), 'a\nb');
  const back = await ledger.importGit('back', directory, { revision: 'idea' });
  const again = join(ledger.folder, 'again');
  await exportGit(back, { directory: again });
  assert.deepEqual(readCommits(again), readCommits(directory, 'idea'));
});
