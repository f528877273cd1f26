import assert from 'node:assert/strict';
import {
  createEventId,
  mainBranch,
  parseBranchName,
  parseProjectPath,
  type BranchName,
  type Version,
} from '@swarmledger/protocol';
import { Directories } from './directories.ts';
import { openDatabase } from './fdb/open-database.ts';
import { Store } from './fdb/store.ts';
import { foundationdb } from './fdb/package.ts';
import { readIdentity, writeIdentity } from './identity.ts';
import { ProjectKeys } from './keyspace.ts';
import { appendOne, collect, commit, readFiles, readLatestFiles, testLedger } from './testing/backends.ts';
import { branchNamed, decision, hash, message, project, remove, tenant, write } from './testing/events.ts';

const side = parseBranchName('side');
const deep = parseBranchName('side/deep');
const why = { by: 'tester', reason: 'to see' };

function texts(events: readonly { event: { payload: { kind: string; rationale?: string } } }[]): string {
  return events.map(({ event }) => event.payload.rationale ?? event.payload.kind).join(' ');
}

async function* abortAtFirst<T>(items: AsyncIterable<T>, stop: AbortController): AsyncGenerator<T> {
  for await (const item of items) {
    stop.abort();
    yield item;
  }
}

testLedger('a branch is its parent up to the fork, then itself', async (open) => {
  const { lease, history } = await open();
  const say = (text: string, branch: BranchName = mainBranch): ReturnType<typeof message> =>
    message(decision(text, { branch }), write('file', text, { branch }));
  const [, , fork] = await commit(lease, say('m1'), message(write('gone', 'g')), say('m2'));
  const project_ = await history();
  await commit(lease, say('m3'));
  const branch = await project_.fork(side, { branch: mainBranch, version: fork! }, why);
  assert.deepEqual(branch.parent, { branch: mainBranch, version: fork });
  assert.deepEqual(await readLatestFiles(project_, side), { file: 'm2', gone: 'g' });
  assert.equal(await project_.head(side), undefined);
  const [s1] = await commit(lease, say('s1', side), message(remove('gone', { branch: side })));
  await project_.fork(deep, { branch: side, version: s1! }, why);
  await commit(lease, say('d1', deep), say('m4'), say('s2', side));

  const read = async (name: BranchName, order: 'oldest_first' | 'newest_first', limit?: number): Promise<string> => {
    const events = await collect(project_.events({ branch: name, order, ...(limit === undefined ? {} : { limit }) }));
    return texts(events.filter(({ event }) => event.payload.kind === 'decision' || limit !== undefined));
  };
  assert.equal(await read(mainBranch, 'oldest_first'), 'm1 m2 m3 m4');
  assert.equal(await read(side, 'oldest_first'), 'm1 m2 s1 s2');
  assert.equal(await read(deep, 'oldest_first'), 'm1 m2 s1 d1');
  assert.equal(await read(deep, 'newest_first'), 'd1 s1 m2 m1');
  assert.equal(await read(deep, 'newest_first', 3), 'state_change d1 state_change');
  assert.equal(await read(deep, 'oldest_first', 0), '');
  assert.deepEqual(await readLatestFiles(project_, side), { file: 's2' });
  assert.deepEqual(await readLatestFiles(project_, deep), { file: 'd1', gone: 'g' });
  assert.deepEqual(await readFiles(project_, fork!, deep), { file: 'm2', gone: 'g' });
  const changes = project_.pathChanges(deep, parseProjectPath('file'), (await project_.latest(deep))!);
  const found = (await collect(changes)).map((change) => (change.exists ? change.sha256.toString('hex') : ''));
  assert.deepEqual(
    found,
    ['d1', 's1', 'm2', 'm1'].map((text) => hash(text).toString('hex')),
  );
  assert.deepEqual(
    (await project_.branches()).map(({ name }) => name),
    [mainBranch, side, deep],
  );
});

testLedger('reads of what is not there say so', async (open) => {
  const { lease, history } = await open();
  const [version] = await commit(lease, message(write('a', '1')));
  const project_ = await history();
  const beyond = `${version!.slice(0, 24)}ffff` as Version;
  const before = '0'.repeat(28) as Version;
  await assert.rejects(collect(project_.events({ branch: side })), { code: 'unknown_branch' });
  await assert.rejects(project_.head(side), { code: 'unknown_branch' });
  await assert.rejects(collect(project_.tree(mainBranch, beyond)), { code: 'unknown_version' });
  assert.deepEqual(await collect(project_.tree(mainBranch, before)), []);
  const from = { branch: mainBranch, version: before };
  await assert.rejects(project_.fork(side, from, why), { code: 'unknown_version' });
  await assert.rejects(project_.fork(mainBranch, { branch: mainBranch, version: version! }, why), {
    code: 'branch_exists',
  });
  await assert.rejects(project_.versionBefore(createEventId()), { code: 'unknown_event' });
  assert.equal(await project_.find(createEventId()), undefined);
  assert.equal(await project_.pathState(mainBranch, parseProjectPath('b'), version!), undefined);
});

testLedger('finds the version of a moment, whatever the hub’s clock did', async (open) => {
  let now = 1_000;
  const { lease, history } = await open({ clock: () => now });
  const at = async (timeMs: number, branch = mainBranch): Promise<Version> => {
    now = timeMs;
    return (await commit(lease, message(decision(`${timeMs}`, { branch }), decision('more', { branch }))))[0]!;
  };
  const v1000 = await at(1_000);
  const v3000 = await at(3_000);
  const stepBack = await at(2_000);
  const project_ = await history();
  await project_.fork(side, { branch: mainBranch, version: v1000 }, why);
  await project_.fork(deep, { branch: mainBranch, version: stepBack }, why);
  const v5000 = await at(5_000, side);
  const v2500 = await at(2_500, deep);
  const find = (timeMs: number, branch = mainBranch): Promise<Version | undefined> =>
    project_.versionAtTime(branch, timeMs);
  assert.deepEqual(await Promise.all([find(-1), find(999), find(1_000), find(2_999.5), find(3_000), find(Infinity)]), [
    undefined,
    undefined,
    v1000,
    v1000,
    stepBack,
    stepBack,
  ]);
  assert.deepEqual(await Promise.all([find(4_999, side), find(5_000, side)]), [v1000, v5000]);
  // The fork of a moment at 3,000 cannot have happened before it.
  assert.deepEqual(await Promise.all([find(2_999, deep), find(3_000, deep)]), [v1000, v2500]);
  assert.notEqual(stepBack, v3000);
  assert.equal((await project_.head(mainBranch))?.commitTimeMs, 3_000);
  assert.equal((await project_.head(deep))?.commitTimeMs, 3_000);
});

testLedger('finds events, what was before them, and receipts', async (open) => {
  const { lease, history } = await open();
  const [a, b, c, d] = [decision('a'), decision('b'), decision('c'), decision('d', branchNamed('side'))];
  const [, vb, vc] = await commit(lease, message(a), message(b), message(c));
  const project_ = await history();
  await project_.fork(side, { branch: mainBranch, version: vb! }, why);
  const [vd] = await commit(lease, message(d));
  assert.equal((await project_.find(c.event.eventId))?.version, vc);
  assert.equal((await project_.find(d.event.eventId))?.event.branch, side);
  assert.deepEqual(await project_.versionBefore(c.event.eventId), { branch: mainBranch, version: vb });
  assert.deepEqual(await project_.versionBefore(d.event.eventId), { branch: side, version: vb });
  assert.equal(await project_.versionBefore(a.event.eventId), undefined);
  const unknown = createEventId();
  assert.deepEqual(await project_.receipts([unknown, d.event.eventId]), [
    { kind: 'unknown', eventId: unknown },
    { kind: 'committed', eventId: d.event.eventId, version: vd, duplicate: false },
  ]);
});

testLedger('pages through more events than one read gives, from both ends and between versions', async (open) => {
  const { lease, history } = await open();
  const versions = await commit(lease, ...Array.from({ length: 1_203 }, (_, index) => message(decision(`${index}`))));
  const project_ = await history();
  const range = { branch: mainBranch, after: versions[99]!, until: versions[1_150]! };
  const forward = await collect(project_.events(range));
  assert.deepEqual(
    forward.map(({ version }) => version),
    versions.slice(100, 1_151),
  );
  const backward = await collect(project_.events({ ...range, order: 'newest_first', limit: 700 }));
  assert.deepEqual(
    backward.map(({ version }) => version),
    versions.slice(451, 1_151).reverse(),
  );
  const stop = new AbortController();
  await assert.rejects(
    async () => {
      await collect(abortAtFirst(project_.events({ branch: mainBranch }, { signal: stop.signal }), stop));
    },
    { name: 'AbortError' },
  );
});

testLedger('wakes a watcher when the head moves, and when it is told to stop', async (open) => {
  const { lease, history, reopen } = await open();
  const [first] = await commit(lease, message(decision('x')));
  const project_ = await history();
  const signal = new AbortController().signal;
  const watching = project_.watchHead(mainBranch, { signal, after: first! });
  const other = await (await reopen()).partitions.acquire(1, 'other process');
  await commit(other, message(decision('y')));
  await watching;
  await project_.watchHead(mainBranch, { signal, after: first! });
  const stop = new AbortController();
  const stopped = project_.watchHead(mainBranch, { signal: stop.signal });
  stop.abort();
  await stopped;
});

testLedger('a deleted and a moved project are not written to any more', async (open) => {
  const { lease, root, connection, ledger, history } = await open();
  await commit(lease, message(write('a', 'old')));
  const { DirectoryLayer, Database, root: everything } = foundationdb();
  const native = openDatabase(connection);
  const database = new Database(native, everything);
  const layer = new DirectoryLayer();
  await layer.remove(database, [...root, 'tenants', tenant, project]);
  await commit(lease, message(write('a', 'new')));
  assert.deepEqual(await readLatestFiles(await history()), { a: 'new' });
  assert.equal((await (await history()).head(mainBranch))?.events, 1);
  await layer.move(database, [...root, 'tenants', tenant], [...root, 'tenants', 'renamed']);
  const result = await appendOne(lease, message(write('a', 'newer')));
  assert.ok(result.kind === 'rejected' && result.code === 'unknown_tenant');
  assert.deepEqual(
    (await ledger.tenants.list()).map(({ id }) => id),
    ['renamed'],
  );
  database.close();
});

testLedger('says which record cannot be read', async (open) => {
  const { lease, history, root, connection } = await open();
  const [version] = await commit(lease, message(write('a', 'content')));
  const project_ = await history();
  const native = openDatabase(connection);
  const store = new Store(native);
  const { DirectoryLayer } = foundationdb();
  const place = await store.transact(async (tn) =>
    new DirectoryLayer().open(tn, [...root, 'tenants', tenant, project]),
  );
  const keys = new ProjectKeys(place.content.prefix, 1);
  const branch = keys.branch(mainBranch);
  const spoil = (key: Buffer, value: string): Promise<void> =>
    store.transact(async (tn) => tn.set(key, Buffer.from(value, 'hex')));
  await spoil(keys.content(hash('content')).piece(0), '00');
  await assert.rejects(collect(project_.content(hash('content'))), { code: 'corrupt_record', message: /hash/ });
  await spoil(branch.history.at(version!), 'ff');
  await assert.rejects(collect(project_.events({ branch: mainBranch })), {
    code: 'corrupt_record',
    message: new RegExp(version!),
  });
  await spoil(branch.state('a'), 'ff');
  await assert.rejects(collect(project_.tree(mainBranch, version!)), { code: 'corrupt_record' });
  await spoil(branch.head, 'ff');
  await assert.rejects(project_.head(mainBranch), { code: 'corrupt_record' });
  await assert.rejects(lease.append([message(decision('y'))]), { code: 'corrupt_record' });
  store.close();
});

testLedger('versions of a later incarnation come after all earlier ones', async (open) => {
  const { lease, reopen, history, connection, root } = await open();
  const [before] = await commit(lease, message(write('a', '1')));
  const store = new Store(openDatabase(connection));
  const { identity } = await Directories.open(store, root);
  await store.transact(async (tn) =>
    writeIdentity(tn, identity, { ...(await readIdentity(tn, identity)), incarnation: 300 }),
  );
  store.close();
  const moved = await reopen();
  const [after] = await commit(await moved.partitions.acquire(0, 'moved'), message(write('a', '2')));
  assert.ok(after! > before! && after!.startsWith('012c'));
  const project_ = await moved.project(tenant, project);
  assert.deepEqual(
    (await collect(project_.events({ branch: mainBranch }))).map(({ version }) => version),
    [before, after],
  );
  assert.deepEqual(await readFiles(project_, before!), { a: '1' });
  assert.deepEqual(await readLatestFiles(await history()), { a: '2' });
});
