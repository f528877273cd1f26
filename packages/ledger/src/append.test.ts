import assert from 'node:assert/strict';
import { createTwoFilesPatch } from 'diff';
import {
  fileModes,
  mainBranch,
  parseProjectId,
  parseTagName,
  parseTenantId,
  tagAttribute,
  type ReceivedEvent,
  type SwarmEvent,
} from '@swarmledger/protocol';
import { conflictEventId } from './append/conflict-event.ts';
import { appendOne, collect, commit, readEvents, readLatestFiles, testLedger } from './testing/backends.ts';
import {
  branchNamed,
  change,
  chunks,
  decision,
  hash,
  inline,
  message,
  project,
  receive,
  remove,
  rename,
  tenant,
  write,
} from './testing/events.ts';

function conflictsOf(events: readonly SwarmEvent[]): readonly object[] {
  return events.flatMap(({ payload }) =>
    payload.kind === 'conflict'
      ? [{ reason: payload.reason, path: payload.path, event: payload.eventId, other: payload.otherEventId }]
      : [],
  );
}

testLedger('keeps events in publish order with rising versions', async (open) => {
  const { lease, history } = await open();
  const texts = Array.from({ length: 40 }, (_, index) => `decision ${index}`);
  const messages = texts.map((text) => message(decision(text)));
  const versions = [
    ...(await commit(lease, ...messages.slice(0, 15))),
    ...(await commit(lease, ...messages.slice(15, 16))),
    ...(await commit(lease, ...messages.slice(16))),
  ];
  assert.deepEqual([...versions].sort(), versions);
  assert.equal(new Set(versions).size, versions.length);
  const stored = await collect((await history()).events({ branch: mainBranch }));
  assert.deepEqual(
    stored.map(({ version }) => version),
    versions,
  );
  assert.deepEqual(
    stored.map(({ event }) => (event.payload.kind === 'decision' ? event.payload.rationale : '')),
    texts,
  );
  assert.deepEqual(
    stored.map(({ raw }) => Buffer.from(raw)),
    messages.map(({ events }) => Buffer.from(events[0]!.raw)),
  );
});

testLedger('writes an event once, whatever comes again', async (open) => {
  const { lease, history } = await open();
  const [a, b, c] = [decision('a'), decision('b'), decision('c')];
  const [first] = await commit(lease, message(a));
  const [again, twice, mixed] = await lease.append([message(a), message(b, b), message(c, a, b)]);
  assert.ok(again?.kind === 'committed' && twice?.kind === 'committed' && mixed?.kind === 'committed');
  assert.deepEqual(again.events, [{ eventId: a.event.eventId, version: first, duplicate: true }]);
  assert.deepEqual(
    twice.events.map(({ duplicate }) => duplicate),
    [false, true],
  );
  assert.equal(twice.events[0]?.version, twice.events[1]?.version);
  assert.deepEqual(
    mixed.events.map(({ duplicate }) => duplicate),
    [false, true, true],
  );
  assert.deepEqual(
    mixed.events.slice(1).map(({ version }) => version),
    [first, twice.events[0]?.version],
  );
  assert.equal((await readEvents(await history())).length, 3);
  assert.equal((await (await history()).head(mainBranch))?.events, 3);
});

testLedger('commits a message as a whole or not at all', async (open) => {
  const { lease, history } = await open();
  const good = message(decision('good'));
  const bad = message(decision('before'), decision('elsewhere', branchNamed('nowhere')), decision('after'));
  const missing = message(write('a', '1'), change('b', { body: { kind: 'content_sha256', sha256: hash('no chunk') } }));
  const results = await lease.append([bad, good, missing]);
  assert.deepEqual(
    results.map((result) => (result.kind === 'rejected' ? result.code : result.kind)),
    ['unknown_branch', 'committed', 'content_missing'],
  );
  assert.equal((await readEvents(await history())).length, 1);
  assert.deepEqual(await readLatestFiles(await history()), {});
});

testLedger('rejects what names an unknown tenant and creates projects by itself', async (open) => {
  const { ledger, lease } = await open();
  const nobody = parseTenantId('nobody');
  const other = parseProjectId('other');
  const results = await lease.append([
    message(decision('x', { tenant: nobody })),
    message(decision('y', { project: other })),
  ]);
  assert.deepEqual(
    results.map((result) => (result.kind === 'rejected' ? result.code : result.kind)),
    ['unknown_tenant', 'committed'],
  );
  assert.deepEqual(await ledger.tenants.projects(tenant), [other]);
  await assert.rejects(ledger.project(nobody, other), { code: 'unknown_tenant' });
  await assert.rejects(ledger.project(tenant, project), { code: 'unknown_project' });
});

testLedger('keeps projects and tenants apart', async (open) => {
  const { ledger, lease } = await open();
  const other = parseTenantId('other');
  await ledger.tenants.create(other, { displayName: 'Other', plan: 'pro' });
  const theirs = write('a', 'theirs', { tenant: other });
  await commit(
    lease,
    message(write('a', 'ours')),
    message(theirs),
    message(write('a', 'next', { project: parseProjectId('next') })),
  );
  const ours = await ledger.project(tenant, project);
  assert.deepEqual(await readLatestFiles(ours), { a: 'ours' });
  assert.deepEqual(await readLatestFiles(await ledger.project(other, project)), { a: 'theirs' });
  assert.equal(await ours.find(theirs.event.eventId), undefined);
  await assert.rejects(collect(ours.content(hash('theirs'))), { code: 'content_missing' });
  assert.deepEqual(
    (await ledger.tenants.list()).map(({ id, plan }) => [id, plan]),
    [
      [tenant, 'free'],
      [other, 'pro'],
    ],
  );
});

testLedger('reports a change that did not see what it overwrote', async (open) => {
  const { lease, history } = await open();
  const first = write('a', 'one');
  const second = change('a', { body: inline('two'), baseSha256: hash('one') });
  const blind = change('a', { body: inline('three'), baseSha256: hash('one') });
  const onNothing = change('b', { body: inline('b'), baseSha256: hash('ghost') });
  const gone = remove('b');
  const afterGone = change('b', { body: inline('b2'), baseSha256: hash('b') });
  await commit(lease, message(first));
  const results = await lease.append([message(second), message(blind, onNothing), message(gone, afterGone)]);
  assert.deepEqual(
    results.map((result) => (result.kind === 'committed' ? result.conflicts : -1)),
    [0, 2, 1],
  );
  const events = await readEvents(await history());
  const conflict = { reason: 'base_mismatch' };
  assert.deepEqual(conflictsOf(events), [
    { ...conflict, path: 'a', event: blind.event.eventId, other: second.event.eventId },
    { ...conflict, path: 'b', event: onNothing.event.eventId, other: '' },
    { ...conflict, path: 'b', event: afterGone.event.eventId, other: gone.event.eventId },
  ]);
  assert.equal(events.length, 9);
  const at = events.findIndex(({ payload }) => payload.kind === 'conflict');
  assert.equal(events[at - 1]?.eventId, blind.event.eventId);
  assert.deepEqual(
    [events[at]?.agentId, events[at]?.agentRole, events[at]?.parentEventId],
    ['swarmledger', 'OPERATOR', blind.event.eventId],
  );
  assert.deepEqual(await readLatestFiles(await history()), { a: 'three', b: 'b2' });
  const [again] = await lease.append([message(blind)]);
  assert.ok(again?.kind === 'committed' && again.events[0]?.duplicate && again.conflicts === 0);
  assert.equal((await (await history()).head(mainBranch))?.events, 9);
});

testLedger('reports a path that was created, or moved to, over content that its author did not name', async (open) => {
  const { lease, history } = await open();
  const create = (path: string, text: string): ReceivedEvent => change(path, { action: 'CREATE', body: inline(text) });
  const [first, second] = [create('a', 'one'), create('a', 'two')];
  const named = change('a', { action: 'CREATE', body: inline('three'), baseSha256: hash('two') });
  const [here, there] = [write('here', 'moved'), write('there', 'replaced')];
  const move = rename('here', 'there');
  await commit(lease, message(first, create('a', 'one')));
  await commit(lease, message(second), message(named), message(here, there, move));
  await commit(lease, message(remove('a'), create('a', 'four'), rename('there', 'there'), rename('there', 'free')));
  assert.deepEqual(conflictsOf(await readEvents(await history())), [
    {
      reason: 'path_exists',
      path: 'a',
      event: second.event.eventId,
      other: (await readEvents(await history()))[1]?.eventId,
    },
    { reason: 'path_exists', path: 'there', event: move.event.eventId, other: there.event.eventId },
  ]);
  assert.deepEqual(await readLatestFiles(await history()), { a: 'four', free: 'moved' });
});

testLedger('leaves a path alone whose content is too large for a diff, and says so', async (open) => {
  const { lease, history } = await open();
  const large = Buffer.from('line\n'.repeat(1_000_000));
  const body = { kind: 'unified_diff', diff: '--- a\n+++ a\n@@ -1 +1 @@\n-line\n+word\n' } as const;
  const patch = change('a', { body });
  for (const chunk of chunks(large)) await commit(lease, message(chunk));
  const set = change('a', { body: { kind: 'content_sha256', sha256: hash(large) } });
  await commit(lease, message(set), message(patch));
  assert.deepEqual(conflictsOf(await readEvents(await history())), [
    { reason: 'diff_base_too_large', path: 'a', event: patch.event.eventId, other: set.event.eventId },
  ]);
});

testLedger('never gives two events one id, though a conflict’s id can be foretold', async (open) => {
  const { lease, history } = await open();
  const blind = (): ReceivedEvent => change('a', { body: inline('b'), baseSha256: hash('ghost') });
  const [first, second] = [blind(), blind()];
  const squat = ({ event }: ReceivedEvent): ReceivedEvent => decision('mine', { eventId: conflictEventId(event) });
  await commit(lease, message(squat(first)));
  await commit(lease, message(first), message(squat(second)), message(second));
  const ids = (await readEvents(await history())).map(({ eventId }) => eventId);
  assert.equal(ids.length, 4);
  assert.equal(new Set(ids).size, 4);
});

testLedger('applies diffs to what the path is, and reports those that do not apply', async (open) => {
  const { lease, history } = await open();
  const diff = (before: string, after: string): string => createTwoFilesPatch('a', 'a', before, after);
  const patch = (path: string, text: string): ReturnType<typeof change> =>
    change(path, { body: { kind: 'unified_diff', diff: text } });
  const wrong = patch('a', diff('other\n', 'thing\n'));
  const nowhere = patch('nowhere', diff('x\n', 'y\n'));
  await commit(lease, message(write('a', 'one\ntwo\n')));
  await commit(
    lease,
    message(patch('a', diff('one\ntwo\n', 'one\n2\n')), patch('a', diff('one\n2\n', '1\n2\n'))),
    message(wrong, nowhere),
    message(patch('a', diff('1\n2\n', '1\n2\n3\n')), write('b', 'b\n')),
    message(patch('b', diff('b\n', 'bb\n'))),
  );
  assert.deepEqual(await readLatestFiles(await history()), { a: '1\n2\n3\n', b: 'bb\n' });
  assert.deepEqual(conflictsOf(await readEvents(await history())), [
    {
      reason: 'diff_rejected',
      path: 'a',
      event: wrong.event.eventId,
      other: (await readEvents(await history()))[2]?.eventId,
    },
    { reason: 'diff_rejected', path: 'nowhere', event: nowhere.event.eventId, other: '' },
  ]);
});

testLedger('moves, deletes and re-creates paths, and keeps modes', async (open) => {
  const { lease, history } = await open();
  const executable = change('run', { action: 'CREATE', body: inline('#!'), mode: fileModes.executable });
  await commit(lease, message(executable, write('dir', 'file'), write('keep', 'k')));
  await commit(
    lease,
    message(rename('run', 'bin/run'), remove('dir'), write('dir/inner', 'folder now')),
    message(rename('keep', 'kept', { body: inline('k2') }), change('kept', { mode: fileModes.executable })),
    message(rename('ghost', 'shadow'), change('void', { mode: fileModes.executable })),
  );
  const project_ = await history();
  assert.deepEqual(await readLatestFiles(project_), { 'bin/run': '#!', 'dir/inner': 'folder now', kept: 'k2' });
  const latest = await project_.latest(mainBranch);
  const tree = await collect(project_.tree(mainBranch, latest!));
  assert.deepEqual(
    tree.map(({ path, mode, bytes }) => [path, mode.toString(8), bytes]),
    [
      ['bin/run', '100755', 2],
      ['dir/inner', '100644', 10],
      ['kept', '100755', 2],
    ],
  );
  assert.deepEqual(
    conflictsOf(await readEvents(project_)).map((conflict) => ('reason' in conflict ? conflict.reason : '')),
    ['base_missing', 'base_missing'],
  );
});

testLedger('names a moment in the transaction of the event that carries the tag', async (open) => {
  const { lease, history } = await open();
  const name = parseTagName('git:abc');
  const tagged = write('a', '1', { attributes: { [tagAttribute]: name } });
  const [version] = await commit(lease, message(tagged, write('a', '2')));
  const project_ = await history();
  const tag = await project_.tag(name);
  assert.ok(tag !== undefined && tag.version < version!);
  assert.equal(tag.eventId, tagged.event.eventId);
  await commit(lease, message(tagged));
  assert.deepEqual(await project_.tag(name), tag);
  const [moved] = await commit(lease, message(write('a', '3', { attributes: { [tagAttribute]: name } })));
  assert.equal((await project_.tag(name))?.version, moved);
  assert.deepEqual((await project_.tag(name))?.movedFrom, { branch: mainBranch, version: tag.version });
  await project_.setTag(parseTagName('release'), { branch: mainBranch, version: version! });
  assert.deepEqual(
    (await project_.tags()).map((each) => each.name),
    [name, 'release'],
  );
  const tooNew = `ffff${'f'.repeat(24)}` as typeof tag.version;
  await assert.rejects(project_.setTag(name, { branch: mainBranch, version: tooNew }), { code: 'unknown_version' });
});

testLedger('keeps events that exceed one value, and encrypted ones as they are', async (open) => {
  const { lease, history } = await open();
  const long = decision('long '.repeat(40_000));
  const sealed = receive({ kind: 'encrypted', bytes: Buffer.from('sealed') });
  await commit(lease, message(long, sealed));
  const stored = await collect((await history()).events({ branch: mainBranch }));
  assert.deepEqual(
    stored.map(({ event }) => event),
    [long.event, sealed.event],
  );
  assert.ok(Buffer.from(long.raw).equals(stored[0]!.raw));
  assert.deepEqual((await (await history()).find(long.event.eventId))?.event, long.event);
});

testLedger('splits what exceeds one transaction and rejects a message that does', async (open) => {
  const { lease, history } = await open();
  // Every byte random: 128 pieces of content in one message of 8 MB cannot be, but 12 MB over many messages can.
  const blob = (seed: number): Buffer => Buffer.alloc(500_000, `${seed} `);
  const messages = Array.from({ length: 24 }, (_, index) => message(write(`f${index}`, blob(index))));
  await commit(lease, ...messages);
  assert.equal((await readEvents(await history())).length, 24);
  const monster = message(...Array.from({ length: 24 }, (_, index) => write(`m${index}`, blob(100 + index))));
  const results = await lease.append([monster, message(decision('fine'))]);
  assert.deepEqual(
    results.map((result) => (result.kind === 'rejected' ? result.code : result.kind)),
    ['message_too_large', 'committed'],
  );
});

testLedger('counts a tenant’s events by day', async (open) => {
  const now = Date.UTC(2026, 0, 31, 23, 59);
  const { ledger, lease } = await open({ clock: () => now });
  const known = decision('a');
  await commit(lease, message(known), message(decision('b'), decision('c')));
  await commit(lease, message(known));
  assert.equal(await ledger.tenants.usage(tenant, '2026-01-31'), 3);
  assert.equal(await ledger.tenants.usage(tenant, '2026-02-01'), 0);
});

testLedger('writes nothing for an empty append', async (open) => {
  const { lease } = await open();
  assert.deepEqual(await lease.append([]), []);
  assert.deepEqual(await appendOne(lease, message()), { kind: 'committed', events: [], conflicts: 0 });
});
