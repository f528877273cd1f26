import assert from 'node:assert/strict';
import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  encodeEvent,
  decodeEvent,
  fileModes,
  mainBranch,
  parseBranchName,
  parseProjectId,
  parseTagName,
  parseTenantId,
  type BranchName,
  type ProjectPath,
  type Version,
} from '@swarmledger/protocol';
import {
  diffMoments,
  forkAt,
  listTree,
  readLog,
  resolveMoment,
  restore,
  showEvent,
  whyPath,
  type Moment,
} from '@swarmledger/replayer';
import { decide, onBranch, openProject, put, remove, rename, type TestProject } from './project.ts';

async function headOf(project: TestProject, branch: BranchName = mainBranch): Promise<Moment> {
  return resolveMoment(await project.history(), branch, { kind: 'head' });
}

async function pathsAt(project: TestProject, moment: Moment): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const entry of listTree(await project.history(), moment)) paths.push(entry.path);
  return paths;
}

async function restoreAt(project: TestProject, moment: Moment, name: string): Promise<string> {
  const directory = join(project.folder, name);
  await restore(await project.history(), { moment, directory });
  return directory;
}

async function why(project: TestProject, path: string, branch = mainBranch): Promise<readonly string[]> {
  const told: string[] = [];
  for await (const { stored } of whyPath(await project.history(), await headOf(project, branch), path as ProjectPath)) {
    const { payload } = stored.event;
    if (payload.kind === 'state_change') told.push(`${payload.action} ${payload.path}`);
  }
  return told;
}

test('a file becomes a folder and a file again, and each time is restored as what it was', async (context) => {
  const project = await openProject(context);
  const [first] = await project.append(...put('x', 'file'));
  const [, second] = await project.append(remove('x'), ...put('x/inner/deep', 'folder'));
  const [, third] = await project.append(remove('x/inner/deep'), ...put('x', 'file again'));
  const history = await project.history();
  const at = (version: Version | undefined) =>
    resolveMoment(history, mainBranch, { kind: 'version', version: version! });
  assert.equal(await readFile(join(await restoreAt(project, await at(first?.version), 'one'), 'x'), 'utf8'), 'file');
  const folder = await restoreAt(project, await at(second?.version), 'two');
  assert.equal(await readFile(join(folder, 'x/inner/deep'), 'utf8'), 'folder');
  assert.equal(
    await readFile(join(await restoreAt(project, await at(third?.version), 'three'), 'x'), 'utf8'),
    'file again',
  );
  // Over the other shape, too.
  await restore(history, { moment: await at(first?.version), directory: folder, existing: 'replace' });
  assert.ok((await lstat(join(folder, 'x'))).isFile());
  const shapes: string[] = [];
  for await (const { path, before, after } of diffMoments(history, {
    from: await at(first?.version),
    to: await at(second?.version),
  })) {
    shapes.push(`${before === undefined ? '-' : path} ${after === undefined ? '-' : path}`);
  }
  assert.deepEqual(shapes, ['x -', '- x/inner/deep']);
});

test('a chain of renames is one story, on a fork too', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', '1'), rename('a', 'b'), rename('b', 'dir/c'));
  const history = await project.history();
  const branch = parseBranchName('fork');
  await forkAt(history, branch, await headOf(project), { by: 'test', reason: '' });
  await project.append(rename('dir/c', 'd', onBranch('fork')), ...put('d', '2', onBranch('fork')));
  const story = ['RENAME dir/c', 'RENAME b', 'UPDATE a'];
  assert.deepEqual(await why(project, 'dir/c'), story);
  assert.deepEqual(await why(project, 'd', branch), ['UPDATE d', 'RENAME d', ...story]);
  assert.deepEqual(await pathsAt(project, await headOf(project, branch)), ['d']);
  assert.deepEqual(await pathsAt(project, await headOf(project)), ['dir/c']);
});

test('a swap of two files by way of a third is followed to where each came from', async (context) => {
  const project = await openProject(context);
  await project.append(...put('left', 'L'), ...put('right', 'R'));
  await project.append(rename('left', 'tmp'), rename('right', 'left'), rename('tmp', 'right'));
  const folder = await restoreAt(project, await headOf(project), 'out');
  assert.equal(await readFile(join(folder, 'left'), 'utf8'), 'R');
  assert.deepEqual(await why(project, 'right'), ['RENAME right', 'RENAME tmp', 'UPDATE left']);
});

test('one content under a thousand paths and modes is restored everywhere', async (context) => {
  const project = await openProject(context);
  const mode = (index: number): number => (index % 2 === 0 ? fileModes.regular : fileModes.executable);
  await project.append(
    ...Array.from({ length: 1_000 }, (_, index) =>
      put(`d${index % 10}/f${index}`, 'same', { mode: mode(index) }),
    ).flat(),
  );
  const folder = await restoreAt(project, await headOf(project), 'out');
  for (const index of [0, 1, 498, 999]) {
    const file = join(folder, `d${index % 10}/f${index}`);
    assert.equal(await readFile(file, 'utf8'), 'same');
    assert.equal((await lstat(file)).mode & 0o100, index % 2 === 0 ? 0 : 0o100);
  }
  assert.equal((await readdir(folder)).length, 10);
});

test('what is deleted and made again is new, and its story goes on', async (context) => {
  const project = await openProject(context);
  const [, deleted] = await project.append(...put('a', '1', { mode: fileModes.executable }), remove('a'));
  await project.append(...put('a', '2', { mode: 0 }));
  const history = await project.history();
  const gone = await resolveMoment(history, mainBranch, { kind: 'version', version: deleted!.version });
  assert.deepEqual(await pathsAt(project, gone), []);
  const folder = await restoreAt(project, await headOf(project), 'out');
  assert.equal((await lstat(join(folder, 'a'))).mode & 0o100, 0);
  assert.deepEqual(await why(project, 'a'), ['UPDATE a', 'DELETE a', 'UPDATE a']);
});

test('a fork of a fork of a fork sees each of its parents up to where it left them', async (context) => {
  const project = await openProject(context);
  const [one, two, three] = ['one', 'two', 'three'].map(parseBranchName) as [BranchName, BranchName, BranchName];
  const why_ = { by: 'test', reason: 'deeper' };
  await project.append(...put('main-1', ''));
  const history = await project.history();
  await forkAt(history, one, await headOf(project), why_);
  await project.append(...put('main-2', ''), ...put('one-1', '', onBranch('one')));
  await forkAt(history, two, await headOf(project, one), why_);
  // A fork of a branch that has nothing of its own.
  await forkAt(history, three, await headOf(project, two), why_);
  await project.append(
    ...put('one-2', '', onBranch('one')),
    ...put('two-1', '', onBranch('two')),
    ...put('three-1', '', onBranch('three')),
    remove('main-1', onBranch('three')),
  );
  assert.deepEqual(await pathsAt(project, await headOf(project)), ['main-1', 'main-2']);
  assert.deepEqual(await pathsAt(project, await headOf(project, one)), ['main-1', 'one-1', 'one-2']);
  assert.deepEqual(await pathsAt(project, await headOf(project, two)), ['main-1', 'one-1', 'two-1']);
  assert.deepEqual(await pathsAt(project, await headOf(project, three)), ['one-1', 'three-1']);
  const differing: string[] = [];
  const across = { from: await headOf(project, two), to: await headOf(project, three) };
  for await (const { path, before } of diffMoments(history, across))
    differing.push(`${before === undefined ? '+' : '-'}${path}`);
  assert.deepEqual(differing, ['-main-1', '+three-1', '-two-1']);
  await assert.rejects(forkAt(history, one, await headOf(project), why_), { code: 'branch_exists' });
});

test('a branch begins at a version: right before an event, right after one, not at an event time', async (context) => {
  const project = await openProject(context);
  const [a, b] = [...put('a', ''), ...put('b', '')];
  await project.append(a!, b!, ...put('c', ''));
  const history = await project.history();
  const moment = (kind: 'before_event' | 'after_event') =>
    resolveMoment(history, mainBranch, { kind, eventId: b!.eventId });
  await forkAt(history, parseBranchName('before'), await moment('before_event'), { by: '', reason: '' });
  await forkAt(history, parseBranchName('after'), await moment('after_event'), { by: '', reason: '' });
  assert.deepEqual(await pathsAt(project, await headOf(project, parseBranchName('before'))), ['a']);
  assert.deepEqual(await pathsAt(project, await headOf(project, parseBranchName('after'))), ['a', 'b']);
  const byAgents = await resolveMoment(history, mainBranch, { kind: 'event_time', timeUs: a!.timestampUs });
  await assert.rejects(forkAt(history, parseBranchName('never'), byAgents, { by: '', reason: '' }), {
    code: 'not_a_version',
  });
});

test('a reader of one tenant finds nothing of another, by whatever name it asks', async (context) => {
  const project = await openProject(context);
  const rival = parseTenantId('rival');
  const theirs = parseProjectId('rocket');
  await project.append(...put('mine', 'mine'));
  await project.ledger.tenants.ensure(rival);
  const secret = decide('secret plan');
  const [change] = put('secret', 'their secret', { parentEventId: secret.eventId });
  const lease = await project.ledger.partitions.acquire(1, 'test');
  const events = [secret, change!].map((event) => {
    const raw = encodeEvent({
      ...event,
      tenant: rival,
      project: theirs,
      attributes: { 'swarmledger.tag': 'their tag' },
    });
    return { event: decodeEvent(raw), raw };
  });
  const [result] = await lease.append([{ tenant: rival, project: theirs, events }]);
  assert.ok(result?.kind === 'committed');
  const other = await project.ledger.project(rival, theirs);
  await other.fork(
    parseBranchName('their-branch'),
    { branch: mainBranch, version: result.events[1]!.version },
    { by: '', reason: '' },
  );
  const history = await project.history();
  await assert.rejects(showEvent(history, secret.eventId), { code: 'unknown_event' });
  for (const kind of ['before_event', 'after_event'] as const) {
    await assert.rejects(resolveMoment(history, mainBranch, { kind, eventId: change!.eventId }), {
      code: 'unknown_event',
    });
  }
  await assert.rejects(resolveMoment(history, mainBranch, { kind: 'tag', name: parseTagName('their tag') }), {
    code: 'unknown_tag',
  });
  await assert.rejects(resolveMoment(history, parseBranchName('their-branch'), { kind: 'head' }), {
    code: 'unknown_branch',
  });
  // Their content by its hash is not there; their version is some moment of ours, or none.
  const entry = await other.pathState(mainBranch, 'secret' as ProjectPath, result.events[1]!.version);
  await assert.rejects(history.contents([entry!]), { code: 'content_missing' });
  assert.deepEqual(await pathsAt(project, await headOf(project)), ['mine']);
  for await (const { event } of readLog(history, mainBranch)) assert.notEqual(event.tenant, rival);
  await assert.rejects(why(project, 'secret'), { code: 'unknown_path' });
  await assert.rejects(project.ledger.project(rival, parseProjectId('unknown')), { code: 'unknown_project' });
});
