import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createTwoFilesPatch } from 'diff';
import type { ProjectHistory } from '@swarmledger/ledger';
import {
  createEventId,
  mainBranch,
  parseBranchName,
  type BranchName,
  type ChangeBody,
  type EventId,
  type ProjectPath,
  type StateChange,
  type SwarmEvent,
} from '@swarmledger/protocol';
import {
  conflictToJson,
  createSettlement,
  diffSides,
  listConflicts,
  plainStyle,
  renderConflict,
  renderConflictEntry,
  showConflict,
  whyPath,
  resolveMoment,
  renderWhy,
  type ConflictDetails,
  type ConflictEntry,
  type Settlement,
} from '@swarmledger/replayer';
import {
  decide,
  makeEvent,
  openProject,
  put,
  remove,
  rename,
  signal,
  type EventFields,
  type TestProject,
} from './project.ts';

const author = { agentId: 'ana', agentRole: 'HUMAN', nowMs: Date.UTC(2026, 0, 2) } as const;
const five = '1\n2\n3\n4\n5\n';

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function text(content: string): ChangeBody {
  return { kind: 'content', content: Buffer.from(content) };
}

function change(
  path: string,
  fields: Partial<StateChange> & { readonly body: ChangeBody },
  event: EventFields = {},
): SwarmEvent {
  return makeEvent(
    { kind: 'state_change', path: path as ProjectPath, action: 'UPDATE', mode: 0, contentBytes: 0, ...fields },
    event,
  );
}

function patch(path: string, before: string, after: string, base?: Buffer): SwarmEvent {
  const body = { kind: 'unified_diff', diff: createTwoFilesPatch(path, path, before, after) } as const;
  return change(path, { body, ...(base === undefined ? {} : { baseSha256: base }) });
}

async function conflictsOf(history: ProjectHistory, branch: BranchName = mainBranch, state: 'open' | 'all' = 'open') {
  const all: ConflictEntry[] = [];
  for await (const entry of listConflicts(history, branch, { state })) all.push(entry);
  return all;
}

async function only(history: ProjectHistory, branch: BranchName = mainBranch): Promise<ConflictDetails> {
  const [entry, ...others] = await conflictsOf(history, branch);
  assert.ok(entry !== undefined && others.length === 0);
  return showConflict(history, entry.conflict.event.eventId, branch);
}

async function settle(
  project: TestProject,
  details: ConflictDetails,
  settlement: Settlement,
): Promise<readonly SwarmEvent[]> {
  const events = await createSettlement(details, settlement, author);
  await project.append(...events);
  return events;
}

async function contentOf(
  history: ProjectHistory,
  path: string,
  branch: BranchName = mainBranch,
): Promise<string | undefined> {
  const latest = await history.latest(branch);
  assert.ok(latest !== undefined);
  const entry = await history.pathState(branch, path as ProjectPath, latest);
  if (entry === undefined) return undefined;
  const [content] = await history.contents([entry]);
  return content?.toString();
}

/** Two agents change the same file, each having seen only the first version. */
async function collide(
  project: TestProject,
  first: string,
  second: string,
): Promise<readonly [SwarmEvent, SwarmEvent]> {
  const decision = decide('second thoughts');
  const one = change('a', { body: text(first), baseSha256: hash(five) }, { agentId: 'one' });
  const two = change(
    'a',
    { body: text(second), baseSha256: hash(five) },
    { agentId: 'two', parentEventId: decision.eventId },
  );
  await project.append(...put('a', five));
  await project.append(one);
  await project.append(decision, two);
  return [one, two];
}

test('changes of different lines merge cleanly, into an event with both parents and the decision to merge', async (context) => {
  const project = await openProject(context);
  const [one, two] = await collide(project, 'one\n2\n3\n4\n5\n', '1\n2\n3\n4\nfive\n');
  const history = await project.history();
  const details = await only(history);
  assert.equal(details.proposal.kind, 'clean');
  assert.deepEqual([details.sides.standing, details.first?.event.eventId], ['second', one.eventId]);
  const [decision, merged] = await settle(project, details, { kind: 'merge' });
  assert.ok(decision !== undefined && merged?.payload.kind === 'state_change');
  assert.deepEqual(merged.payload.mergedEventIds, [one.eventId, two.eventId]);
  assert.deepEqual(merged.payload.baseSha256, hash('1\n2\n3\n4\nfive\n'));
  assert.equal(decision.parentEventId, details.conflict.event.eventId);
  assert.equal(await contentOf(history, 'a'), 'one\n2\n3\n4\nfive\n');
  assert.deepEqual(await conflictsOf(history), []);
  const [settled] = await conflictsOf(history, mainBranch, 'all');
  assert.equal(settled?.settledBy?.event.eventId, decision.eventId);
  // Why the path is what it is begins with the merge.
  const moment = await resolveMoment(history, mainBranch, { kind: 'head' });
  for await (const reason of whyPath(history, moment, 'a' as ProjectPath)) {
    const told = renderWhy(reason, plainStyle);
    assert.match(told, new RegExp(`merges ${one.eventId} and ${two.eventId}`));
    assert.match(told, /because Settle the conflict over a: both changes are merged/);
    break;
  }
});

test('changes of the same lines are marked for a person, whose version can be committed', async (context) => {
  const project = await openProject(context);
  await collide(project, 'one\n2\n3\n4\n5\n', 'uno\n2\n3\n4\n5\n');
  const history = await project.history();
  const details = await only(history);
  assert.ok(details.proposal.kind === 'marked' && details.proposal.places === 1);
  assert.match(details.proposal.content.toString(), /^<<<<<<< current[^]*uno[^]*one[^]*>>>>>>> first[^\n]*\n2\n/);
  await assert.rejects(createSettlement(details, { kind: 'merge' }, author), { code: 'nothing_to_take' });
  await settle(project, details, { kind: 'use', content: Buffer.from('both\n') });
  assert.equal(await contentOf(history, 'a'), 'both\n');
  assert.deepEqual(await conflictsOf(history), []);
});

test('what was lost is merged into what is there now, not into what was there then', async (context) => {
  const project = await openProject(context);
  await collide(project, 'one\n2\n3\n4\n5\n', '1\n2\n3\n4\nfive\n');
  await project.append(...put('a', '1\n2\n3\n4\nfive\nsix\n'));
  const history = await project.history();
  await settle(project, await only(history), { kind: 'merge' });
  assert.equal(await contentOf(history, 'a'), 'one\n2\n3\n4\nfive\nsix\n');
});

test('a side can be taken whole, a deletion too, and a path left as it is', async (context) => {
  for (const [side, expected] of [
    ['first', 'uno\n'],
    ['second', 'one\n'],
    ['current', 'one\n'],
  ] as const) {
    const project = await openProject(context);
    await collide(project, 'uno\n', 'one\n');
    const history = await project.history();
    await settle(project, await only(history), { kind: 'take', side });
    assert.equal(await contentOf(history, 'a'), expected);
    assert.deepEqual(await conflictsOf(history), []);
  }
  const project = await openProject(context);
  await project.append(...put('a', five), remove('a'), change('a', { body: text('x\n'), baseSha256: hash(five) }));
  const history = await project.history();
  const details = await only(history);
  assert.deepEqual(details.sides.first.kind, 'absent');
  assert.ok(details.proposal.kind === 'manual');
  await settle(project, details, { kind: 'take', side: 'first' });
  assert.equal(await contentOf(history, 'a'), undefined);
});

test('a conflict is settled once, whoever comes second and however late', async (context) => {
  const project = await openProject(context);
  await collide(project, 'one\n2\n3\n4\n5\n', '1\n2\n3\n4\nfive\n');
  const history = await project.history();
  const seenByBoth = await only(history);
  await settle(project, seenByBoth, { kind: 'merge' });
  // Prepared before the other one was committed: the same ids, so the ledger knows them.
  const late = await createSettlement(seenByBoth, { kind: 'use', content: Buffer.from('late') }, author);
  assert.ok((await project.append(...late)).every(({ duplicate }) => duplicate));
  assert.equal(await contentOf(history, 'a'), 'one\n2\n3\n4\nfive\n');
  const again = await showConflict(history, seenByBoth.conflict.event.eventId, undefined);
  await assert.rejects(createSettlement(again, { kind: 'merge' }, author), { code: 'conflict_settled' });
});

test('a change that comes between looking and settling makes a conflict again, never a loss', async (context) => {
  const project = await openProject(context);
  await collide(project, 'one\n2\n3\n4\n5\n', '1\n2\n3\n4\nfive\n');
  const history = await project.history();
  const details = await only(history);
  await project.append(...put('a', 'meanwhile\n'));
  await settle(project, details, { kind: 'merge' });
  const next = await only(history);
  assert.equal(next.conflict.event.payload.reason, 'base_mismatch');
  assert.equal(next.sides.first.kind === 'content' && (await next.sides.first.read()).toString(), 'meanwhile\n');
});

test('a diff that did not apply is merged from the base that its author named', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', five));
  await project.append(...put('a', 'one\n2\n3\n4\n5\n'));
  const late = patch('a', five, '1\n2\n3\n4\nfive\n', hash(five));
  await project.append(late);
  const history = await project.history();
  assert.equal(await contentOf(history, 'a'), 'one\n2\n3\n4\n5\n');
  const details = await only(history);
  assert.deepEqual([details.conflict.event.payload.reason, details.sides.standing], ['diff_rejected', 'first']);
  const [, merged] = await settle(project, details, { kind: 'merge' });
  assert.equal(await contentOf(history, 'a'), 'one\n2\n3\n4\nfive\n');
  assert.ok(merged?.payload.kind === 'state_change' && merged.payload.mergedEventIds?.[1] === late.eventId);
});

test('a diff to a file that is too large to patch while committing is merged afterwards', async (context) => {
  const project = await openProject(context);
  const large = `first\n${'line\n'.repeat(900_000)}last\n`;
  await project.append(...put('a', large));
  await project.append(patch('a', 'first\nline\nline\nline\n', 'FIRST\nline\nline\nline\n'));
  const history = await project.history();
  const details = await only(history);
  assert.equal(details.conflict.event.payload.reason, 'diff_base_too_large');
  assert.ok(details.proposal.kind === 'clean');
  assert.equal(details.proposal.content.toString(), large.replace('first', 'FIRST'));
});

test('what cannot be merged says why', async (context) => {
  const cases: readonly (readonly [why: RegExp, events: readonly SwarmEvent[]])[] = [
    [/never in this project/, [...put('a', 'x'), change('a', { body: text('y'), baseSha256: hash('elsewhere') })]],
    [/does not apply to anything/, [...put('a', 'x\n'), patch('a', 'p\n', 'q\n')]],
    [/binary/, [...put('a', 'x\0'), ...put('a', 'y\0'), change('a', { body: text('z\0'), baseSha256: hash('x\0') })]],
    [
      /does not exist any more/,
      [...put('a', 'x'), ...put('a', 'y'), change('a', { body: text('z'), baseSha256: hash('x') }), remove('a')],
    ],
    [/no content/, [rename('nowhere', 'somewhere')]],
  ];
  for (const [why, events] of cases) {
    const project = await openProject(context);
    await project.append(...events);
    const { proposal } = await only(await project.history());
    assert.ok(proposal.kind === 'manual', why.source);
    assert.match(proposal.why, why);
  }
});

test('two files created at one path, and a move onto one, keep both contents within reach', async (context) => {
  const project = await openProject(context);
  const create = (content: string) => change('a', { action: 'CREATE', body: text(content) });
  await project.append(create('mine\n'), create('yours\n'));
  const history = await project.history();
  const details = await only(history);
  assert.equal(details.conflict.event.payload.reason, 'path_exists');
  assert.ok(details.proposal.kind === 'marked');
  await settle(project, details, { kind: 'take', side: 'first' });
  assert.equal(await contentOf(history, 'a'), 'mine\n');
});

test('a conflict of the parent is open on a fork until the fork settles it, or the parent had before', async (context) => {
  const project = await openProject(context);
  await collide(project, 'one\n2\n3\n4\n5\n', '1\n2\n3\n4\nfive\n');
  const history = await project.history();
  const [early, child, late] = ['early', 'child', 'late'].map(parseBranchName) as [BranchName, BranchName, BranchName];
  const fork = async (name: BranchName, branch: BranchName) => {
    const version = await history.latest(branch);
    assert.ok(version !== undefined);
    await history.fork(name, { branch, version }, { by: 'ana', reason: '' });
  };
  await fork(early, mainBranch);
  await settle(project, await only(history), { kind: 'merge' });
  await fork(late, mainBranch);
  assert.deepEqual(await conflictsOf(history, late), []);
  await fork(child, early);
  const onChild = await only(history, child);
  await settle(project, onChild, { kind: 'take', side: 'first' });
  assert.deepEqual(await conflictsOf(history, child), []);
  assert.equal((await conflictsOf(history, early)).length, 1);
  assert.equal(await contentOf(history, 'a', child), 'one\n2\n3\n4\n5\n');
  assert.equal(await contentOf(history, 'a', early), '1\n2\n3\n4\nfive\n');
  // What happened on one fork is nothing that another one sees.
  await project.append(change('a', { body: text('?'), baseSha256: hash('??') }, { branch: child }));
  const onlyThere = await only(history, child);
  await assert.rejects(showConflict(history, onlyThere.conflict.event.eventId, early), { code: 'not_a_conflict' });
});

test('a conflict is found by the change that came second, and other events are none', async (context) => {
  const project = await openProject(context);
  const [one, two] = await collide(project, 'x\n', 'y\n');
  const other = signal('nothing');
  await project.append(other);
  const history = await project.history();
  const details = await showConflict(history, two.eventId, undefined);
  assert.equal(details.second.event.eventId, two.eventId);
  for (const event of [one, other]) {
    await assert.rejects(showConflict(history, event.eventId, undefined), { code: 'not_a_conflict' });
  }
  await assert.rejects(showConflict(history, createEventId(), undefined), { code: 'unknown_event' });
});

test('a conflict is told with both sides, their decisions and what tells them apart', async (context) => {
  const project = await openProject(context);
  const [one, two] = await collide(project, 'one\n2\n3\n4\n5\n', '1\n2\n3\n4\nfive\n');
  const history = await project.history();
  const details = await only(history);
  const told = renderConflict(details, await diffSides(details), plainStyle);
  for (const part of [
    one.eventId,
    two.eventId,
    'because second thoughts (75 % sure)',
    '-1\n+one\n',
    '-5\n+five\n',
    'merge cleanly',
  ]) {
    assert.ok(told.includes(part), part);
  }
  const [entry] = await conflictsOf(history);
  assert.ok(entry !== undefined);
  assert.match(renderConflictEntry(entry, plainStyle), /open {5}a \(base_mismatch\)$/);
  assert.deepEqual(
    [conflictToJson(entry)['state'], conflictToJson(entry)['second_event_id']],
    ['open', two.eventId satisfies EventId],
  );
});
