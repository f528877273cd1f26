import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { createEventId, parseProjectId } from '@swarmledger/protocol';
import { priorities, type Appended } from './contract.ts';
import { openOutbox } from './open-outbox.ts';
import { openFile } from './store/open-file.ts';
import {
  createEntry,
  drainEvents,
  makeFolder,
  openTestOutbox,
  readEvents,
  readTexts,
  request,
  startChild,
  tenant,
  textOf,
} from './testing/entries.ts';

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const usage = { day: '2026-01-01', bytes: 10, messages: 1, committedEvents: 1 };

function assertDurable(appended: Appended): asserts appended is Extract<Appended, { kind: 'durable' }> {
  assert.equal(appended.kind, 'durable');
}

test('entries come back in the order of the calls, awaited or not, counted without gaps', async (t) => {
  const { outbox } = await openTestOutbox(t);
  await Promise.all(upTo(3_000).map((number) => outbox.append(createEntry([`${number}`]))));
  const events = await drainEvents(await outbox.lock());
  assert.deepEqual(events.map(textOf), upTo(3_000).map(String));
  assert.deepEqual(
    events.map(({ sequence }) => sequence),
    upTo(3_000),
  );
});

test('the sequence goes on after a restart, per agent and project, and a producer that counts is left alone', async (t) => {
  const { outbox, file } = await openTestOutbox(t);
  await outbox.append(createEntry(['a', 'b'], { agentId: 'one' }));
  await outbox.append(createEntry(['c'], { agentId: 'two' }));
  await outbox.append(createEntry(['d'], { agentId: 'one', project: 'other' }));
  await outbox.append(createEntry(['e'], { agentId: 'one', sequence: 'by_producer' }));
  await outbox.close();
  const { outbox: again } = await openTestOutbox(t, { file });
  const place = { tenant, project: parseProjectId('web'), agentId: 'one' };
  assert.equal(await again.nextSequence(place), 3);
  assert.equal(await again.nextSequence({ ...place, agentId: 'new' }), 1);
  const appended = await again.append(createEntry(['f'], { agentId: 'one' }));
  assertDurable(appended);
  assert.equal(appended.firstSequence, 3);
  const events = await drainEvents(await again.lock());
  assert.deepEqual(
    events.map((event) => [textOf(event), event.sequence]),
    [
      ['a', 1],
      ['b', 2],
      ['c', 1],
      ['e', 0],
      ['f', 3],
    ],
  );
});

test('processes that append at the same time keep each their order, and share no number', async (t) => {
  const file = join(await makeFolder(t), 'outbox.sqlite');
  const agents = ['a', 'b', 'c', 'same', 'same'];
  const children = agents.map((agent) => startChild('append-process', [file, agent, '400']));
  for (const child of children) child.stdout?.resume();
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
  assert.deepEqual(codes, [0, 0, 0, 0, 0]);
  const { outbox } = await openTestOutbox(t, { file });
  const events = await drainEvents(await outbox.lock());
  for (const agent of ['a', 'b', 'c']) {
    const own = events.filter(({ agentId }) => agentId === agent);
    assert.deepEqual(
      own.map(textOf),
      upTo(400).map((number) => `${agent} ${number}`),
    );
    assert.deepEqual(
      own.map(({ sequence }) => sequence),
      upTo(400),
    );
  }
  const shared = events.filter(({ agentId }) => agentId === 'same');
  assert.deepEqual(
    shared.map(({ sequence }) => sequence),
    upTo(800),
  );
});

test('those that open a new outbox at the same moment all get it', async (t) => {
  const folder = await makeFolder(t);
  for (const round of upTo(5)) {
    const file = join(folder, `${round}.sqlite`);
    const outboxes = await Promise.all(upTo(6).map(() => openOutbox({ file })));
    await Promise.all(outboxes.map((outbox) => outbox.close()));
  }
});

test('what was said to be durable is there after kill -9, in order, without gaps', async (t) => {
  const file = join(await makeFolder(t), 'outbox.sqlite');
  for (let round = 0; round < 3; round++) {
    const child = startChild('append-process', [file, `agent-${round}`, '100000']);
    let durable = 0;
    for await (const line of createInterface({ input: child.stdout ?? assert.fail() })) {
      durable = Number(line);
      if (durable === 300 + 77 * round) child.kill('SIGKILL');
    }
    const { outbox } = await openTestOutbox(t, { file });
    const lock = await outbox.lock();
    const events = await drainEvents(lock);
    assert.ok(events.length >= durable, `${events.length} of ${durable}`);
    assert.deepEqual(
      events.map(textOf),
      upTo(events.length).map((number) => `agent-${round} ${number}`),
    );
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      upTo(events.length),
    );
    await outbox.close();
  }
});

test('a copy of the files at the moment a call resolved has the entry: nothing is kept back in memory', async (t) => {
  const { outbox, file } = await openTestOutbox(t);
  for (const number of upTo(20)) {
    await outbox.append(createEntry([`${number}`]));
    const copy = join(await makeFolder(t), 'copy.sqlite');
    await copyFile(file, copy);
    await copyFile(`${file}-wal`, `${copy}-wal`);
    const { outbox: copied } = await openTestOutbox(t, { file: copy });
    assert.equal((await copied.stats()).events, number);
  }
});

test('the disk is asked to keep what is committed', async (t) => {
  const connection = openFile(join(await makeFolder(t), 'outbox.sqlite'));
  t.after(() => connection.close());
  assert.equal(connection.pragma('journal_mode', { simple: true }), 'wal');
  // FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
  assert.equal(connection.pragma('synchronous', { simple: true }), 2);
});

test('signals overtake by priority, everything else keeps its order', async (t) => {
  const { outbox } = await openTestOutbox(t);
  const note = (text: string, priority: keyof typeof priorities): Promise<Appended> =>
    outbox.append(createEntry([text], { priority: priorities[priority] }));
  await note('background', 'background');
  await note('one', 'normal');
  await note('low', 'low');
  await note('high', 'high');
  await note('two', 'normal');
  await note('critical', 'critical');
  const lock = await outbox.lock();
  const { batch } = await lock.readBatch({ ...request, project: 1 });
  assert.deepEqual(readTexts(batch?.data ?? assert.fail()), ['critical', 'high', 'one', 'two', 'low', 'background']);
  const { batch: urgent } = await lock.readBatch({ ...request, project: 1, priorityMin: priorities.high });
  assert.deepEqual(readTexts(urgent?.data ?? assert.fail()), ['critical', 'high']);
  const { byPriority } = await outbox.stats();
  assert.deepEqual(
    byPriority.map(({ priority, events }) => [priority, events]),
    [
      [10, 1],
      [8, 1],
      [5, 2],
      [3, 1],
      [1, 1],
    ],
  );
});

test('a batch ends at its bounds, always has one entry, and never cuts a group', async (t) => {
  const { outbox } = await openTestOutbox(t);
  await outbox.append(createEntry(['1', '2', '3']));
  await outbox.append(createEntry(['4']));
  await outbox.append(createEntry(['5']));
  const lock = await outbox.lock();
  const read = async (bounds: { eventsMax?: number; bytesMax?: number }): Promise<readonly string[]> =>
    readTexts((await lock.readBatch({ ...request, project: 1, ...bounds })).batch?.data ?? assert.fail());
  assert.deepEqual(await read({ eventsMax: 1 }), ['1', '2', '3']);
  assert.deepEqual(await read({ eventsMax: 4 }), ['1', '2', '3', '4']);
  assert.deepEqual(await read({ bytesMax: 10 }), ['1', '2', '3']);
  assert.deepEqual(await read({}), ['1', '2', '3', '4', '5']);
});

test('a message is compressed when that saves a tenth, and carries the measured clock offset', async (t) => {
  const { outbox } = await openTestOutbox(t);
  await outbox.append(createEntry(['x'.repeat(2_000)]));
  const lock = await outbox.lock();
  const { batch: plain } = await lock.readBatch({ ...request, project: 1, clockOffsetUs: -1_234_567 });
  const { batch: small } = await lock.readBatch({ ...request, project: 1, clockOffsetUs: -1_234_567, compress: true });
  assert.ok((small?.data.length ?? 0) < 500 && (plain?.data.length ?? 0) > 2_000);
  for (const batch of [plain, small]) {
    const [event] = readEvents(batch?.data ?? assert.fail());
    assert.equal(event?.clockOffsetUs, -1_234_567);
    assert.equal(event.sequence, 1);
  }
});

test('at its byte cap an append fails loudly and is not counted; room that is made can be used', async (t) => {
  const { outbox } = await openTestOutbox(t, { bytesMax: 20_000 });
  const padding = 'p'.repeat(1_000);
  const appends = await Promise.allSettled(upTo(30).map((n) => outbox.append(createEntry([`${n}`], { padding }))));
  const taken = appends.filter(({ status }) => status === 'fulfilled').length;
  assert.ok(taken > 10 && taken < 20);
  for (const result of appends.slice(taken)) {
    assert.equal(result.status === 'rejected' && (result.reason as { code: string }).code, 'outbox_full');
  }
  const lock = await outbox.lock();
  assert.equal((await drainEvents(lock)).length, taken);
  assert.equal((await outbox.stats()).bytes, 0);
  const appended = await outbox.append(createEntry(['again'], { padding }));
  assertDurable(appended);
  assert.equal(appended.firstSequence, taken + 1);
});

test('what is appended together is there together, or not at all', async (t) => {
  const { outbox } = await openTestOutbox(t, { bytesMax: 9_000 });
  const entries = ['one', 'two'].map((text) => createEntry([text], { padding: 'p'.repeat(3_000) }));
  assert.equal((await outbox.appendAll(entries)).length, 2);
  await assert.rejects(
    outbox.appendAll([createEntry(['large'], { padding: 'p'.repeat(3_000) }), createEntry(['small'])]),
    {
      code: 'outbox_full',
    },
  );
  const events = await drainEvents(await outbox.lock());
  assert.deepEqual(
    events.map((event) => [textOf(event), event.sequence]),
    [
      ['one', 1],
      ['two', 2],
    ],
  );
});

test('when so configured, background signals make room and are counted; decisions never do', async (t) => {
  const { outbox } = await openTestOutbox(t, { bytesMax: 10_000, whenFull: 'drop_background' });
  const padding = 'p'.repeat(1_000);
  const add = (text: string, priority: number): Promise<Appended> =>
    outbox.append(createEntry([text], { padding, priority: priority as 1 }));
  for (const number of upTo(6)) await add(`background ${number}`, priorities.background);
  for (const number of upTo(6)) await add(`decision ${number}`, priorities.normal);
  assert.equal((await add('background', priorities.background)).kind, 'dropped');
  const { droppedEvents } = await outbox.stats();
  assert.ok(droppedEvents >= 5, `${droppedEvents}`);
  const texts = (await drainEvents(await outbox.lock())).map(textOf);
  assert.deepEqual(
    texts.slice(0, 6),
    upTo(6).map((number) => `decision ${number}`),
  );
  assert.equal(texts.length + droppedEvents, 13);
  // What does not fit even then fails, and drops nothing for it.
  await add('background', priorities.background);
  await assert.rejects(outbox.append(createEntry(['x'], { padding: 'p'.repeat(20_000) })), { code: 'outbox_full' });
  assert.equal((await outbox.stats()).droppedEvents, droppedEvents);
});

test('what cannot be a message is refused before it is recorded', async (t) => {
  const { outbox } = await openTestOutbox(t);
  const many = {
    ...createEntry(['x']),
    events: upTo(5_001).map(() => ({ eventId: createEventId(), raw: new Uint8Array(1) })),
  };
  await assert.rejects(outbox.append(many), { code: 'group_too_large' });
  const large = { ...createEntry(['x']), events: [{ eventId: createEventId(), raw: new Uint8Array(999_990) }] };
  await assert.rejects(outbox.append(large), { code: 'group_too_large' });
  await assert.rejects(outbox.append({ ...createEntry(['x']), events: [] }), { code: 'group_too_large' });
  assert.equal((await outbox.stats()).events, 0);
});

test('a parked entry is out of the way, keeps its error, and comes back to its old place', async (t) => {
  const { outbox } = await openTestOutbox(t);
  for (const text of ['1', '2', '3']) await outbox.append(createEntry([text]));
  const lock = await outbox.lock();
  await lock.park([{ entry: 2, code: 'invalid_path', message: 'why'.repeat(1_000) }], 1_790_000_000_000);
  assert.deepEqual(readTexts((await lock.readBatch({ ...request, project: 1 })).batch?.data ?? assert.fail()), [
    '1',
    '3',
  ]);
  const [parked] = await outbox.parked();
  assert.deepEqual(
    { entry: parked?.entry, code: parked?.code, agentId: parked?.agentId, parkedMs: parked?.parkedMs },
    { entry: 2, code: 'invalid_path', agentId: 'agent', parkedMs: 1_790_000_000_000 },
  );
  assert.equal(parked?.message.length, 500);
  assert.equal((await outbox.parkedEvents(2))?.length, 1);
  assert.equal(await outbox.parkedEvents(1), undefined);
  assert.equal((await outbox.stats()).parked.entries, 1);
  assert.equal(await outbox.isSettled(1, 2), false);
  await lock.settle([1], usage);
  assert.equal(await outbox.isSettled(1, 2), true);
  assert.equal(await outbox.retryParked({ code: 'other' }), 0);
  assert.equal(await outbox.retryParked({ code: 'invalid_path', project: 'web' }), 1);
  assert.deepEqual((await drainEvents(lock)).map(textOf), ['2', '3']);
  assert.equal((await outbox.stats()).parked.entries, 0);
});

test('what was put back while its neighbours were on their way is not deleted with them', async (t) => {
  const { outbox } = await openTestOutbox(t);
  for (const text of ['1', '2', '3']) await outbox.append(createEntry([text]));
  const lock = await outbox.lock();
  await lock.park([{ entry: 2, code: 'x', message: '' }], 0);
  const { batch } = await lock.readBatch({ ...request, project: 1 });
  await outbox.retryParked();
  await lock.settle(batch?.entries.map(({ entry }) => entry) ?? [], usage);
  assert.deepEqual((await drainEvents(lock)).map(textOf), ['2']);
  assert.equal((await outbox.stats()).bytes, 0);
});

test('parked entries can be removed, and every count goes back to nothing', async (t) => {
  const { outbox } = await openTestOutbox(t);
  for (const text of ['1', '2']) await outbox.append(createEntry([text]));
  const lock = await outbox.lock();
  await lock.park(
    [1, 2, 99].map((entry) => ({ entry, code: 'x', message: '' })),
    0,
  );
  assert.equal(await outbox.dropParked({ entry: 1 }), 1);
  assert.equal(await outbox.dropParked(), 1);
  const { events, bytes, parked } = await outbox.stats();
  assert.deepEqual({ events, bytes, parked }, { events: 0, bytes: 0, parked: { entries: 0, events: 0, bytes: 0 } });
});

test('a row whose bytes have rotted is a problem of its own, not of its batch', async (t) => {
  const { outbox, file } = await openTestOutbox(t);
  for (const text of ['1', '2', '3']) await outbox.append(createEntry([text]));
  const connection = new Sqlite(file);
  t.after(() => connection.close());
  connection.prepare('UPDATE entries SET body = ? WHERE id = 2').run(Buffer.from('rotten'));
  const lock = await outbox.lock();
  const { batch, problems } = await lock.readBatch({ ...request, project: 1 });
  assert.deepEqual(readTexts(batch?.data ?? assert.fail()), ['1', '3']);
  assert.deepEqual(
    problems.map(({ entry, code }) => ({ entry, code })),
    [{ entry: 2, code: 'undecodable' }],
  );
});

test('one syncer at a time: in this process, in another, and free again when that one is killed', async (t) => {
  const { outbox, file } = await openTestOutbox(t);
  const { outbox: second } = await openTestOutbox(t, { file });
  const lock = await outbox.lock();
  await assert.rejects(second.lock(), { code: 'syncer_running' });
  assert.equal(await second.isUnlocked(), false);
  assert.equal(await outbox.isUnlocked(), false);
  await lock.release();
  assert.equal(await second.isUnlocked(), true);
  const child = startChild('append-process', [file, 'x', '0', 'lock']);
  await once(child.stdout ?? assert.fail(), 'data');
  await assert.rejects(second.lock(), { code: 'syncer_running' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  await (await second.lock()).release();
});

test('writes of other processes are heard of', async (t) => {
  const { outbox, file } = await openTestOutbox(t);
  let heard = 0;
  const stop = outbox.onChange(() => (heard += 1));
  const { outbox: second } = await openTestOutbox(t, { file });
  await second.append(createEntry(['x']));
  const deadlineMs = performance.now() + 5_000;
  while (heard < 2 && performance.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 5));
  stop();
  assert.ok(heard >= 2);
});

test('a file that is damaged, another program’s, or of a newer version is a clear error', async (t) => {
  const folder = await makeFolder(t);
  const damaged = join(folder, 'damaged.sqlite');
  await writeFile(damaged, 'this is no database, and long enough to be looked at as one'.repeat(100));
  await assert.rejects(openOutbox({ file: damaged }), { code: 'outbox_corrupt', message: /damaged.*move it away/ });
  const foreign = join(folder, 'foreign.sqlite');
  new Sqlite(foreign).exec('CREATE TABLE t (a)').close();
  await assert.rejects(openOutbox({ file: foreign }), { code: 'outbox_foreign' });
  const newer = join(folder, 'newer.sqlite');
  await (await openOutbox({ file: newer })).close();
  const connection = new Sqlite(newer);
  connection.pragma('user_version = 99');
  connection.close();
  await assert.rejects(openOutbox({ file: newer }), { code: 'outbox_newer', message: /upgrade/ });
  await assert.rejects(openOutbox({ file: join(newer, 'below-a-file') }), { code: 'outbox_unwritable' });
  await assert.rejects(openOutbox({ file: newer, bytesMax: 0 }), { code: 'invalid_config' });
});

test('damage in the middle of a file is said when it is met', async (t) => {
  const { outbox, file } = await openTestOutbox(t);
  for (const number of upTo(200)) await outbox.append(createEntry([`${number}`], { padding: 'x'.repeat(5_000) }));
  await outbox.close();
  const bytes = await readFile(file);
  bytes.fill(0xff, 8 * 4_096, bytes.length - 4_096);
  await writeFile(file, bytes);
  const { outbox: again } = await openTestOutbox(t, { file });
  const lock = await again.lock();
  await assert.rejects(lock.readBatch({ ...request, project: 1 }), { code: 'outbox_corrupt' });
});

test('a closed outbox says so, closes twice, and lets the process end', async (t) => {
  const { outbox } = await openTestOutbox(t);
  const last = outbox.append(createEntry(['last']));
  await Promise.all([outbox.close(), outbox.close()]);
  assertDurable(await last);
  await assert.rejects(outbox.append(createEntry(['late'])), { code: 'closed' });
  await assert.rejects(outbox.stats(), { code: 'closed' });
});
