import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProjectHistory } from '@swarmledger/ledger';
import {
  createEventId,
  mainBranch,
  parseBranchName,
  parseTagName,
  parseVersion,
  tagAttribute,
  type Version,
} from '@swarmledger/protocol';
import { listTree, readPath, resolveMoment, type Moment, type MomentQuery } from '@swarmledger/replayer';
import { decide, onBranch, openProject, put, remove, rename, signal, type TestProject } from './project.ts';

const start = Date.UTC(2026, 0, 1);
const second = 1_000;

async function resolve(project: TestProject, query: MomentQuery, branch = mainBranch): Promise<Moment> {
  return resolveMoment(await project.history(), branch, query, { nowMs: project.clock.nowMs });
}

async function filesAt(project: TestProject, moment: Moment): Promise<Record<string, string>> {
  const history: ProjectHistory = await project.history();
  const files: Record<string, string> = {};
  for await (const entry of listTree(history, moment)) {
    const pieces: Buffer[] = [];
    if (entry.bytes > 0) for await (const piece of history.content(entry.sha256)) pieces.push(piece);
    files[entry.path] = Buffer.concat(pieces).toString();
  }
  return files;
}

test('a commit time means the last commit at or before it', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', '1'));
  project.clock.nowMs = start + 10 * second;
  await project.append(...put('a', '2'));
  project.clock.nowMs = start + 20 * second;
  for (const [afterMs, expected] of [
    [0, '1'],
    [10 * second - 1, '1'],
    [10 * second, '2'],
    [20 * second, '2'],
  ] as const) {
    const moment = await resolve(project, { kind: 'commit_time', timeMs: start + afterMs });
    assert.deepEqual(await filesAt(project, moment), { a: expected });
  }
});

test('of two commits in one millisecond the later one counts', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', '1'));
  const [last] = await project.append(...put('a', '2'));
  const moment = await resolve(project, { kind: 'commit_time', timeMs: start });
  assert.equal(moment.version, last?.version);
  assert.deepEqual(await filesAt(project, moment), { a: '2' });
});

test('a version between two events is the earlier one, a version of a batch a part of it', async (context) => {
  const project = await openProject(context);
  const [first, middle, last] = await project.append(...put('a', '1'), ...put('b', '2'), ...put('c', '3'));
  assert.ok(first !== undefined && middle !== undefined && last !== undefined);
  const half = await resolve(project, { kind: 'version', version: middle.version });
  assert.deepEqual(await filesAt(project, half), { a: '1', b: '2' });
  const [next] = await project.append(signal('later'));
  assert.ok(next !== undefined);
  const between = decrement(next.version);
  assert.equal((await resolve(project, { kind: 'version', version: between })).version, last.version);
});

test('a version that is not ingested yet, or before the first, is refused', async (context) => {
  const project = await openProject(context);
  const [first] = await project.append(...put('a', '1'));
  assert.ok(first !== undefined);
  const future = parseVersion('f'.repeat(28));
  await assert.rejects(resolve(project, { kind: 'version', version: future }), {
    name: 'PermanentError',
    code: 'not_ingested_yet',
    message: new RegExp(first.version),
  });
  const past = decrement(first.version);
  await assert.rejects(resolve(project, { kind: 'version', version: past }), { code: 'before_first_event' });
  await assert.rejects(resolve(project, { kind: 'version', version: parseVersion('0'.repeat(28)) }), {
    code: 'before_first_event',
  });
});

test('a time before the first event, and one in the future, are refused', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', '1'));
  await assert.rejects(resolve(project, { kind: 'commit_time', timeMs: start - 1 }), {
    code: 'before_first_event',
    message: /main begins at 2026-01-01T00:00:00.000Z/,
  });
  await assert.rejects(resolve(project, { kind: 'commit_time', timeMs: start + 1 }), { code: 'time_in_future' });
  await assert.rejects(resolve(project, { kind: 'event_time', timeUs: (start + 1) * 1_000 }), {
    code: 'time_in_future',
  });
  await assert.rejects(resolve(project, { kind: 'event_time', timeUs: 1 }), { code: 'before_first_event' });
});

test('a tag names a moment, a unique beginning of a commit does too', async (context) => {
  const project = await openProject(context);
  const sha = 'abcdef0123456789abcdef0123456789abcdef01';
  await project.append(...put('a', '1', { attributes: { [tagAttribute]: `git:${sha}` } }));
  await project.append(...put('a', '2', { attributes: { [tagAttribute]: 'git:abcd999' } }));
  await project.append(...put('a', '3'));
  const at = (name: string) => resolve(project, { kind: 'tag', name: parseTagName(name) });
  assert.deepEqual(await filesAt(project, await at(`git:${sha}`)), { a: '1' });
  assert.deepEqual(await filesAt(project, await at('git:abcdef0')), { a: '1' });
  await assert.rejects(at('git:abcd'), { code: 'unknown_tag', message: /2 tags begin with git:abcd/ });
  await assert.rejects(at('release'), { code: 'unknown_tag', message: /"release"/ });
});

test('just before an event', async (context) => {
  const project = await openProject(context);
  const decision = decide('first');
  await project.append(decision, ...put('a', '1'));
  const [change] = put('a', '2');
  assert.ok(change !== undefined);
  await project.append(change);
  const moment = await resolve(project, { kind: 'before_event', eventId: change.eventId });
  assert.deepEqual(await filesAt(project, moment), { a: '1' });
  await assert.rejects(resolve(project, { kind: 'before_event', eventId: decision.eventId }), {
    code: 'before_first_event',
  });
  await assert.rejects(resolve(project, { kind: 'before_event', eventId: createEventId() }), { code: 'unknown_event' });
});

test('a branch that does not exist, and one without events, are told apart', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', '1'));
  await assert.rejects(resolve(project, { kind: 'head' }, parseBranchName('nowhere')), { code: 'unknown_branch' });
});

test('a fork has what its parent had, and goes its own way', async (context) => {
  const project = await openProject(context);
  const [first] = await project.append(...put('a', '1'), ...put('b', '1'));
  await project.append(...put('a', '2'));
  const history = await project.history();
  const fork = parseBranchName('fork');
  assert.ok(first !== undefined);
  await history.fork(fork, { branch: mainBranch, version: first.version }, { by: 'test', reason: 'to try' });
  assert.deepEqual(await filesAt(project, await resolve(project, { kind: 'head' }, fork)), { a: '1' });
  await project.append(...put('c', '3', onBranch('fork')), remove('a', onBranch('fork')));
  assert.deepEqual(await filesAt(project, await resolve(project, { kind: 'head' }, fork)), { c: '3' });
  assert.deepEqual(await filesAt(project, await resolve(project, { kind: 'head' })), { a: '2', b: '1' });
});

test('event time is what the agents had done by their own clocks, however late the hub heard', async (context) => {
  const project = await openProject(context);
  const at = (afterS: number) => ({ timestampUs: (start + afterS * second) * 1_000 });
  project.clock.nowMs = start + 1_000 * second;
  await project.append(...put('on time', '1', at(10)), ...put('deleted later', 'still there', at(20)));
  await project.append(...put('on time', '2', at(100)), remove('deleted later', at(110)));
  // Synced a week later, done early.
  project.clock.nowMs = start + 600_000 * second;
  await project.append(...put('late', 'from the outbox', at(15)));
  const files = async (afterS: number) =>
    filesAt(project, await resolve(project, { kind: 'event_time', timeUs: (start + afterS * second) * 1_000 }));
  assert.deepEqual(await files(10), { 'on time': '1' });
  assert.deepEqual(await files(15), { late: 'from the outbox', 'on time': '1' });
  assert.deepEqual(await files(50), { 'deleted later': 'still there', late: 'from the outbox', 'on time': '1' });
  assert.deepEqual(await files(500), { late: 'from the outbox', 'on time': '2' });
});

test('at an event time, later versions win over later clocks, and renames take the old name away', async (context) => {
  const project = await openProject(context);
  const at = (afterS: number) => ({ timestampUs: (start + afterS * second) * 1_000 });
  project.clock.nowMs = start + 1_000 * second;
  await project.append(...put('a', 'clock 20', at(20)));
  await project.append(...put('a', 'clock 10, committed later', at(10)));
  await project.append(...put('old', 'moved', at(5)), rename('old', 'new', at(30)));
  const moment = await resolve(project, { kind: 'event_time', timeUs: (start + 25 * second) * 1_000 });
  assert.deepEqual(await filesAt(project, moment), { a: 'clock 10, committed later', old: 'moved' });
  const later = await resolve(project, { kind: 'event_time', timeUs: (start + 30 * second) * 1_000 });
  assert.deepEqual(await filesAt(project, later), { a: 'clock 10, committed later', new: 'moved' });
  const history = await project.history();
  assert.equal(await readPath(history, later, 'old' as never), undefined);
  assert.equal((await readPath(history, moment, 'old' as never))?.bytes, 5);
});

function decrement(version: Version): Version {
  return parseVersion((BigInt(`0x${version}`) - 1n).toString(16).padStart(28, '0'));
}
