import { strict as assert } from 'node:assert';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { limits, parseBranchName, parseProjectId, parseTenantId, type SwarmEvent } from '@swarmledger/protocol';
import type { EventGroup } from '../event-group.ts';
import { BlobReader } from './blobs.ts';
import type { GitChange } from './changes.ts';
import { describeGitHistory } from './describe.ts';
import { EventTree } from './event-tree.ts';
import { readGitHistory, type GitHistoryOptions } from './read-git-history.ts';
import { TestRepository, testEnvironment, type FastChange } from './test-repository.ts';
import { listGitTree } from './tree.ts';

const target = {
  tenant: parseTenantId('acme'),
  project: parseProjectId('demo'),
  branch: parseBranchName('main'),
};

async function read(repository: TestRepository, options: Partial<GitHistoryOptions> = {}): Promise<EventGroup[]> {
  const groups: EventGroup[] = [];
  const all = { ...target, repository: repository.dir, environment: testEnvironment, ...options };
  for await (const group of readGitHistory(all)) groups.push(group);
  return groups;
}

function changesOf(group: EventGroup): Record<string, string> {
  return Object.fromEntries(
    group.events.flatMap(({ payload }) =>
      payload.kind === 'state_change' ? [[payload.path, `${payload.action} ${payload.mode.toString(8)}`]] : [],
    ),
  );
}

function file(path: string, content: string | Buffer, mode: '100644' | '100755' = '100644'): FastChange {
  return { path, mode, content: Buffer.from(content) };
}

async function assertHeadMatches(repository: TestRepository, groups: readonly EventGroup[]): Promise<void> {
  const tree = new EventTree();
  for (const group of groups) tree.apply(group);
  assert.deepEqual(tree.blobs(), new Map(await listGitTree(repository.dir, 'HEAD', testEnvironment)));
}

test('a commit becomes one decision with its author, message and dates, then its changes, the tag on the last', async (t) => {
  const repository = new TestRepository(t);
  writeFileSync(join(repository.dir, 'a.txt'), 'one\n');
  const id = repository.commit('Add a\n\nBecause it was missing.\n');
  const [group, ...rest] = await read(repository);
  assert.equal(rest.length, 0);
  const [decision, change] = group?.events ?? [];
  assert.equal(group?.label, id.slice(0, 12));
  assert.ok(decision?.payload.kind === 'decision');
  assert.equal(decision.payload.title, 'Add a');
  assert.equal(decision.payload.rationale, 'Add a\n\nBecause it was missing.\n');
  assert.equal(decision.agentId, 'ada@example.com');
  assert.equal(decision.agentRole, 'HUMAN');
  assert.equal(decision.timestampUs, 1_700_000_100_000_000);
  assert.deepEqual(decision.attributes, {
    'git.commit': id,
    'git.author': 'Ada <ada@example.com>',
    'git.author_time': '1700000000 +0100',
    'git.committer': 'Grace <grace@example.com>',
    'git.committer_time': '1700000100 -0500',
    'git.parents': '',
  });
  assert.equal(change?.parentEventId, decision.eventId);
  assert.deepEqual(change?.attributes, { 'git.commit': id, 'swarmledger.tag': `git:${id}` });
});

test('a commit without changes is a decision that has the tag itself', async (t) => {
  const repository = new TestRepository(t);
  const id = repository.commit('');
  const [group] = await read(repository);
  assert.equal(group?.events.length, 1);
  assert.equal(group.events[0]?.attributes['swarmledger.tag'], `git:${id}`);
});

test('modes, symlinks, empty and binary files, odd names, and a file that becomes a folder and back', async (t) => {
  const repository = new TestRepository(t);
  const put = (path: string, content: string | Buffer): void => writeFileSync(join(repository.dir, path), content);
  put('run.sh', '#!/bin/sh\n');
  put('empty', '');
  put('binary', Buffer.from([0, 255, 10, 13, 0]));
  put('with space "quotes"\nand naïve 日本', 'x');
  put('turn', 'a file');
  symlinkSync('empty', join(repository.dir, 'link'));
  repository.commit('one');
  chmodSync(join(repository.dir, 'run.sh'), 0o755);
  rmSync(join(repository.dir, 'turn'));
  mkdirSync(join(repository.dir, 'turn'));
  put('turn/inside', 'a folder');
  rmSync(join(repository.dir, 'link'));
  put('link', 'empty');
  repository.commit('two');
  rmSync(join(repository.dir, 'turn'), { recursive: true });
  put('turn', 'a file again');
  repository.commit('three');
  const groups = await read(repository);
  assert.deepEqual(changesOf(groups[1]!), {
    turn: 'DELETE 0',
    link: 'UPDATE 100644',
    'run.sh': 'UPDATE 100755',
    'turn/inside': 'CREATE 100644',
  });
  await assertHeadMatches(repository, groups);
});

test("a submodule is its commit id, and its changes count even when the repository's own settings hide them", async (t) => {
  const repository = new TestRepository(t);
  const settings = '[submodule "lib"]\n\tpath = lib\n\turl = ./lib\n\tignore = all\n';
  const [first, second] = ['1'.repeat(40), '2'.repeat(40)];
  repository.import(
    {
      seconds: 1,
      message: 'a',
      changes: [file('.gitmodules', settings), { path: 'lib', mode: '160000', commit: first }],
    },
    { seconds: 2, message: 'b', changes: [{ path: 'lib', mode: '160000', commit: second }] },
  );
  repository.git('checkout', '--quiet', '--force', 'main');
  const groups = await read(repository);
  assert.deepEqual(changesOf(groups[1]!), { lib: 'UPDATE 160000' });
  await assertHeadMatches(repository, groups);
  const { submodules, warnings } = await describeGitHistory({
    repository: repository.dir,
    environment: testEnvironment,
  });
  assert.equal(submodules, 1);
  assert.deepEqual(warnings, ['1 submodule is recorded by commit id, without files']);
});

test('a merge changes what it changes against its first parent, and the side line is not read', async (t) => {
  const repository = new TestRepository(t);
  repository.import(
    { seconds: 1, message: 'root', changes: [file('a', '1')] },
    { seconds: 2, message: 'side', changes: [file('side', 's')] },
    { seconds: 3, message: 'main', from: 1, changes: [file('b', '2')] },
    { seconds: 4, message: 'merge', merge: 2, changes: [file('side', 's')] },
  );
  const groups = await read(repository);
  assert.deepEqual(groups.map(changesOf), [{ a: 'CREATE 100644' }, { b: 'CREATE 100644' }, { side: 'CREATE 100644' }]);
  const merge = groups[2]!.events[0]!;
  assert.equal(merge.attributes['git.parents']?.split(' ').length, 2);
});

test('the same history gives the same bytes, in a bare clone too, and new commits only add groups', async (t) => {
  const repository = new TestRepository(t);
  repository.import(
    { seconds: 1_700_000_000, message: 'one', changes: [file('a', '1'), file('b', '2')] },
    { seconds: 1_700_000_001, message: 'two', changes: [file('a', '3'), { path: 'b', mode: 'delete' }] },
  );
  const before = await read(repository);
  const bare = new TestRepository(t, '--bare');
  bare.git('fetch', '--quiet', repository.dir, 'main:main');
  assert.deepEqual(await read(bare), before);
  writeFileSync(join(repository.dir, 'c'), '');
  repository.git('reset', '--quiet');
  repository.commit('three');
  const after = await read(repository);
  assert.equal(after.length, 3);
  assert.deepEqual(after.slice(0, 2), before);
  const ids = after.flatMap((group) => [group.batchId, ...group.events.map((event: SwarmEvent) => event.eventId)]);
  assert.equal(new Set(ids).size, ids.length);
});

test('another project, branch or tenant has other ids', async (t) => {
  const repository = new TestRepository(t);
  repository.commit('one');
  const ids = await Promise.all([
    read(repository),
    read(repository, { tenant: parseTenantId('other') }),
    read(repository, { project: parseProjectId('other') }),
    read(repository, { branch: parseBranchName('other') }),
  ]);
  assert.equal(new Set(ids.map(([group]) => group?.batchId)).size, 4);
  assert.equal(new Set(ids.map(([group]) => group?.events[0]?.eventId)).size, 4);
});

test('content above the inline limit leaves before its commit, in chunks', async (t) => {
  const repository = new TestRepository(t);
  const large = Buffer.alloc(limits.inlineContentBytesMax * 2 + 7, 'abc');
  repository.import({
    seconds: 1,
    message: 'large',
    changes: [file('a', 'small'), file('large', large), file('z', '')],
  });
  const groups = await read(repository);
  assert.deepEqual(
    groups.map(({ events, last }) => [events.map(({ payload }) => payload.kind), last]),
    [
      [['content_chunk'], false],
      [['content_chunk'], false],
      [['content_chunk'], false],
      [['decision', 'state_change', 'state_change', 'state_change'], true],
    ],
  );
  await assertHeadMatches(repository, groups);
});

// Small files fill a message's bytes before they reach its number of events.
test('a commit larger than a message becomes several groups, each within the limits, the tag on the very last', async (t) => {
  const repository = new TestRepository(t);
  const many = Array.from({ length: limits.batchEventsMax + 10 }, (_, index) => file(`d/${index}`, `${index}`));
  const heavy = Array.from({ length: 4 }, (_, index) => file(`heavy/${index}`, Buffer.alloc(400_000, `${index}`)));
  repository.import({ seconds: 1, message: 'many', changes: many }, { seconds: 2, message: 'heavy', changes: heavy });
  const groups = await read(repository);
  assert.deepEqual(
    groups.map(({ events, last }) => [events.length, last]),
    [
      [4_351, false],
      [660, true],
      [3, false],
      [2, true],
    ],
  );
  for (const group of groups) {
    assert.ok(group.encoded.reduce((sum, raw) => sum + raw.length, 0) <= limits.batchBytesTarget);
  }
  await assertHeadMatches(repository, groups);
});

test('dates that no event can have give way to those of the commit before', async (t) => {
  const repository = new TestRepository(t);
  repository.import(
    { seconds: 0, message: 'at the epoch', changes: [] },
    { seconds: 1_700_000_000, message: 'fine', changes: [] },
    { seconds: 7_000_000_000, message: 'in the year 2191', changes: [] },
  );
  const groups = await read(repository);
  assert.deepEqual(
    groups.map((group) => group.events[0]!.timestampUs),
    [1_000_000, 1_700_000_000_000_000, 1_700_000_000_000_000],
  );
  assert.equal(groups[2]!.events[0]!.attributes['git.committer_time'], '7000000000 +0000');
  for (const group of groups) new EventTree().apply(group);
});

test('messages in another encoding, very long ones and people without a name are taken', async (t) => {
  const repository = new TestRepository(t);
  repository.git('config', 'i18n.commitEncoding', 'ISO-8859-1');
  const tree = repository.git('write-tree');
  const commit = (message: Buffer): string => {
    const headers = `tree ${tree}\nauthor  <> 1700000000 +0000\ncommitter  <> 1700000000 +0000\nencoding ISO-8859-1\n\n`;
    const raw = Buffer.concat([Buffer.from(headers), message]);
    return repository.gitWith(raw, 'hash-object', '-t', 'commit', '-w', '--stdin', '--literally');
  };
  const latin = await read(repository, { revision: commit(Buffer.from('na\xefve', 'latin1')) });
  assert.ok(latin[0]?.events[0]?.payload.kind === 'decision');
  assert.equal(latin[0].events[0].payload.title, 'naïve');
  assert.equal(latin[0].events[0].agentId, 'unknown');
  const long = await read(repository, { revision: commit(Buffer.alloc(3_000_000, 'x')) });
  assert.ok(long[0]?.events[0]?.payload.kind === 'decision');
  assert.match(long[0].events[0].payload.rationale, /^x{200000,}… \[cut, 3000000 bytes in all\]$/);
});

test('a base is read again when its hash is forgotten, and is the same', async (t) => {
  const repository = new TestRepository(t);
  repository.import({ seconds: 1, message: 'one', changes: [file('a', '1'), file('b', '2'), file('c', '3')] });
  const blob = (path: string): string => repository.git('rev-parse', `main:${path}`);
  const changes: GitChange[] = ['a', 'b', 'c'].map((path) => ({
    path,
    before: { mode: 0o100644, id: blob(path) },
    after: { mode: 0o100755, id: blob('a') },
  }));
  const blobs = await BlobReader.open({ repository: repository.dir, environment: testEnvironment }, 1);
  t.after(() => blobs.close());
  const loaded: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    for await (const { baseSha256, content } of blobs.load('commit', changes)) {
      loaded.push(`${baseSha256?.toString('hex').slice(0, 4)} ${content?.toString('utf8')}`);
    }
  }
  const expected = ['6b86 1', 'd473 1', '4e07 1'];
  assert.deepEqual(loaded, [...expected, ...expected]);
});

test('reading stops when told to, and leaves no git behind', async (t) => {
  const repository = new TestRepository(t);
  for (const name of ['one', 'two', 'three']) repository.commit(name);
  const stop = new AbortController();
  const reading = readGitHistory({
    ...target,
    repository: repository.dir,
    environment: testEnvironment,
    signal: stop.signal,
  });
  await reading.next();
  stop.abort(new Error('enough'));
  await assert.rejects(reading.next(), { message: 'enough' });
  for await (const group of readGitHistory({ ...target, repository: repository.dir, environment: testEnvironment })) {
    assert.ok(group);
    break;
  }
  // Node forgets a process that has ended a few turns of its loop later.
  const running = (): boolean => process.getActiveResourcesInfo().includes('ProcessWrap');
  for (let turn = 0; turn < 100 && running(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(!running());
});
