import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { limits, parseBranchName, parseProjectId, parseTenantId } from '@swarmledger/protocol';
import type { Environment } from '@swarmledger/runtime';
import { describeGitHistory } from './describe.ts';
import { EventTree } from './event-tree.ts';
import { readGitHistory, type GitHistoryOptions, type IllegalPath } from './read-git-history.ts';
import { TestRepository, testEnvironment } from './test-repository.ts';
import { listGitTree } from './tree.ts';

const target = {
  tenant: parseTenantId('acme'),
  project: parseProjectId('demo'),
  branch: parseBranchName('main'),
};

/** The labels of the groups until the import stops, and how it stops. */
async function attempt(
  repository: string,
  options: Partial<GitHistoryOptions> = {},
): Promise<{ labels: string[]; code: string; message: string }> {
  const labels: string[] = [];
  try {
    for await (const group of readGitHistory({ ...target, repository, environment: testEnvironment, ...options })) {
      labels.push(group.label);
    }
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error, String(error));
    assert.doesNotMatch(error.message, /\n/, 'one sentence');
    return { labels, code: String(error.code), message: error.message };
  }
  return { labels, code: '', message: '' };
}

function temporaryFolder(t: { after(undo: () => void): void }): string {
  const dir = mkdtempSync(join(tmpdir(), 'swarmledger-plain-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test('what is not a repository is named as what it is', async (t) => {
  const dir = temporaryFolder(t);
  writeFileSync(join(dir, 'file'), '');
  assert.match((await attempt(dir)).message, /is not a Git repository/);
  assert.match((await attempt(join(dir, 'nowhere'))).message, /does not exist/);
  assert.match((await attempt(join(dir, 'file'))).message, /is a file: name the folder/);
  assert.match((await attempt('a\0b')).message, /does not exist/);
  assert.equal((await attempt(dir)).code, 'not_a_repository');
});

test('a folder inside a repository is not taken for the repository', async (t) => {
  const repository = new TestRepository(t);
  repository.commit('one');
  mkdirSync(join(repository.dir, 'inside'));
  const { code, message } = await attempt(join(repository.dir, 'inside'));
  assert.equal(code, 'not_a_repository');
  assert.match(message, /is a folder inside the repository ".*": name the repository itself/);
});

test('a repository without commits says so', async (t) => {
  const { code, message } = await attempt(new TestRepository(t).dir);
  assert.equal(code, 'empty_repository');
  assert.match(message, /has no commits on its current branch/);
});

test('an unknown revision says so, and none is taken for an option', async (t) => {
  const repository = new TestRepository(t);
  repository.commit('one');
  const revisions = [
    'nowhere',
    '',
    '-h',
    '--output=x',
    '--all',
    'main..main',
    'HEAD:',
    'main^{tree}',
    '^main',
    'a b',
    '\0',
  ];
  for (const revision of revisions) {
    const { code, labels } = await attempt(repository.dir, { revision });
    assert.deepEqual({ revision, code, labels }, { revision, code: 'unknown_revision', labels: [] });
  }
  assert.equal((await attempt(repository.dir, { revision: 'main' })).labels.length, 1);
});

test('a machine without git says what to install', async (t) => {
  const repository = new TestRepository(t);
  repository.commit('one');
  const environment: Environment = { PATH: temporaryFolder(t) };
  const { code, message } = await attempt(repository.dir, { environment });
  assert.equal(code, 'git_missing');
  assert.match(message, /install Git 2\.25 or newer/);
});

test("another user's repository is refused with the way to trust it", async (t) => {
  const repository = new TestRepository(t);
  repository.commit('one');
  const environment = { ...testEnvironment, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
  const { code, message } = await attempt(repository.dir, { environment });
  assert.equal(code, 'git_unsafe_directory');
  assert.match(message, /another user owns it: if you trust it, run "git config --global --add safe\.directory \/.*"/);
});

test('a shallow clone starts at its boundary, and says so', async (t) => {
  const origin = new TestRepository(t);
  for (const name of ['one', 'two', 'three']) {
    writeFileSync(join(origin.dir, name), name);
    origin.commit(name);
  }
  const clone = new TestRepository(t);
  clone.git('fetch', '--quiet', '--depth=2', `file://${origin.dir}`, 'main:main', '--update-head-ok');
  const description = await describeGitHistory({ repository: clone.dir, environment: testEnvironment });
  assert.equal(description.shallow, true);
  assert.equal(description.commits, 2);
  assert.match(description.warnings[0] ?? '', /shallow clone/);
  const tree = new EventTree();
  for await (const group of readGitHistory({ ...target, repository: clone.dir, environment: testEnvironment })) {
    tree.apply(group);
  }
  assert.deepEqual(tree.blobs(), new Map(await listGitTree(clone.dir, 'HEAD', testEnvironment)));
});

test('a partial clone fetches nothing, runs nothing, and says what to do', async (t) => {
  const origin = new TestRepository(t);
  writeFileSync(join(origin.dir, 'a'), 'content');
  origin.commit('one');
  origin.git('config', 'uploadpack.allowFilter', 'true');
  const clone = new TestRepository(t);
  clone.git('remote', 'add', 'origin', `file://${origin.dir}`);
  clone.git('fetch', '--quiet', '--filter=blob:none', 'origin', 'main:main', '--update-head-ok');
  const trap = join(temporaryFolder(t), 'ran');
  clone.git('config', 'remote.origin.uploadpack', `touch ${trap};`);
  const { code, message, labels } = await attempt(clone.dir);
  assert.deepEqual(labels, []);
  assert.match(code, /^git_/);
  assert.match(message, /"a" in commit [0-9a-f]{12}.*git fetch --refetch/);
  assert.equal(existsSync(trap), false);
});

test('a repository cannot run anything through its configuration, nor show another history', async (t) => {
  const repository = new TestRepository(t);
  writeFileSync(join(repository.dir, 'a'), 'true');
  const real = repository.commit('real');
  const trap = join(temporaryFolder(t), 'ran');
  writeFileSync(join(repository.dir, '.git/hooks/post-checkout'), `#!/bin/sh\ntouch ${trap}\n`, { mode: 0o755 });
  writeFileSync(join(repository.dir, '.git/info/attributes'), '* filter=trap diff=trap\n');
  for (const name of [
    'core.fsmonitor',
    'filter.trap.smudge',
    'diff.trap.textconv',
    'diff.external',
    'core.pager',
    'gpg.program',
  ]) {
    repository.git('config', name, `touch ${trap}; cat`);
  }
  repository.git('config', 'log.showSignature', 'true');
  repository.git('config', 'diff.renames', 'copies');
  const fake = repository.gitWith('fake', 'commit-tree', `${real}^{tree}`);
  repository.git('replace', real, fake);
  const environment = {
    ...testEnvironment,
    GIT_DIR: join(repository.dir, 'elsewhere'),
    GIT_EXTERNAL_DIFF: `touch ${trap}`,
  };
  const titles: string[] = [];
  for await (const { events } of readGitHistory({ ...target, repository: repository.dir, environment })) {
    if (events[0]?.payload.kind === 'decision') titles.push(events[0].payload.title);
  }
  assert.deepEqual(titles, ['real']);
  assert.equal(existsSync(trap), false);
});

test('a path that a project cannot have stops the import before its commit, or is left out and reported', async (t) => {
  const repository = new TestRepository(t);
  const content = Buffer.from('x');
  repository.import(
    { seconds: 1, message: 'fine', changes: [{ path: 'a', mode: '100644', content }] },
    {
      seconds: 2,
      message: 'drive',
      changes: [
        { path: 'C:/b', mode: '100644', content },
        { path: 'c', mode: '100644', content },
      ],
    },
  );
  const stopped = await attempt(repository.dir);
  assert.equal(stopped.labels.length, 1);
  assert.equal(stopped.code, 'git_path');
  assert.match(stopped.message, /^commit [0-9a-f]{12}: path "C:\/b" has a drive letter$/);
  const reported: IllegalPath[] = [];
  const skipped = await attempt(repository.dir, { onIllegalPath: (illegal) => reported.push(illegal) });
  assert.equal(skipped.labels.length, 2);
  assert.deepEqual(
    reported.map(({ path }) => path),
    ['C:/b'],
  );
});

test('a path that is not UTF-8 or hides a .git folder is refused by name', async (t) => {
  const repository = new TestRepository(t);
  const blob = repository.gitWith('x', 'hash-object', '-w', '--stdin');
  for (const [path, problem] of [
    [Buffer.from([0x61, 0xe9]), /"aé" is not UTF-8/],
    [Buffer.from('.GIT'), /has a "\.git" segment/],
  ] as const) {
    const entry = Buffer.concat([Buffer.from(`100644 blob ${blob}\t`), path, Buffer.from([0])]);
    const tree = repository.gitWith(entry, 'mktree', '-z');
    const commit = repository.gitWith('odd', 'commit-tree', tree);
    const { code, message, labels } = await attempt(repository.dir, { revision: commit });
    assert.deepEqual({ code, labels }, { code: 'git_path', labels: [] });
    assert.match(message, problem);
  }
});

test('a file above the content limit is refused by name, and nothing of its commit is given out', async (t) => {
  const repository = new TestRepository(t);
  repository.commit('one');
  // The large one comes last, after enough to fill a group.
  for (const name of ['a', 'b', 'c']) writeFileSync(join(repository.dir, name), Buffer.alloc(400_000, name));
  writeFileSync(join(repository.dir, 'd'), Buffer.alloc(limits.contentBytesMax + 1));
  repository.commit('two');
  const { code, message, labels } = await attempt(repository.dir);
  assert.equal(code, 'content_too_large');
  assert.match(message, /^"d" in commit [0-9a-f]{12} has 67108865 bytes/);
  assert.equal(labels.length, 1);
});

test('a damaged repository is an error, never a shorter history', async (t) => {
  const repository = new TestRepository(t);
  writeFileSync(join(repository.dir, 'a'), '1');
  repository.commit('one');
  writeFileSync(join(repository.dir, 'a'), '2');
  repository.commit('two');
  const remove = (id: string): void => rmSync(join(repository.dir, '.git/objects', id.slice(0, 2), id.slice(2)));
  const [blob, tree, parent] = ['HEAD:a', 'HEAD~1^{tree}', 'HEAD~1'].map((name) => repository.git('rev-parse', name));
  remove(blob ?? '');
  const lost = await attempt(repository.dir);
  assert.equal(lost.labels.length, 1);
  assert.equal(lost.code, 'git_object_missing');
  remove(tree ?? '');
  assert.equal((await attempt(repository.dir)).code, 'git_failed');
  remove(parent ?? '');
  assert.equal((await attempt(repository.dir)).code, 'git_failed');
});
