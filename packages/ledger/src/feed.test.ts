import assert from 'node:assert/strict';
import { mainBranch, parseBranchName, parseProjectId, parseTenantId, type Version } from '@swarmledger/protocol';
import { openDatabase } from './fdb/open-database.ts';
import { foundationdb } from './fdb/package.ts';
import type { FeedGroup, FeedRow } from './feed.ts';
import { collect, collectPages, commit, readPartitions, testLedger, type PartitionsFeed } from './testing/backends.ts';
import { decision, message, tenant } from './testing/events.ts';

const limits = { rowsTarget: 1_000, bytesMax: 10_000_000 };

async function drain(feed: PartitionsFeed, each = limits): Promise<readonly (readonly Version[])[]> {
  const groups: (readonly Version[])[] = [];
  for (;;) {
    const group = await feed.nextGroup(each);
    if (group === undefined) return groups;
    groups.push((await collectPages(feed.rows(group))).map(({ version }) => version));
    await feed.complete(group);
  }
}

testLedger('gives every commit once, in order, in groups of whole commits', async (open) => {
  const { ledger, lease } = await open();
  const versions: Version[] = [];
  for (let index = 0; index < 12; index++) {
    versions.push(...(await commit(lease, message(decision('a')), message(decision('b'), decision('c')))));
  }
  const groups = await drain(readPartitions(ledger.feed, 0), { ...limits, rowsTarget: 10 });
  assert.deepEqual(
    groups.map((group) => group.length),
    [12, 12, 12],
  );
  const all = groups.flat();
  assert.deepEqual([...all].sort(), all);
  assert.ok(versions.every((version) => all.includes(version)));
  assert.deepEqual(await ledger.feed.progress(), {
    paused: false,
    pendingCommits: 0,
    pendingRows: 0,
    more: false,
    partitions: [],
  });
});

testLedger('rows carry their tenant, project and branch, those of other partitions left out', async (open) => {
  const { ledger, lease } = await open();
  const other = parseTenantId('other');
  const side = parseBranchName('side');
  await ledger.tenants.create(other);
  const [first] = await commit(lease, message(decision('1')));
  const { id } = await ledger.tenants.show(tenant);
  const history = await ledger.project(id, decision('x').event.project);
  await history.fork(side, { branch: mainBranch, version: first! }, { by: 'me', reason: '' });
  await commit(
    lease,
    message(decision('2', { tenant: other })),
    message(decision('3', { branch: side })),
    message(decision('4')),
  );
  // The project's partition changes and changes back: what came in between belongs to the other feed.
  const elsewhere = await ledger.partitions.acquire(5, 'test');
  await commit(elsewhere, message(decision('5')));
  await commit(lease, message(decision('6'), decision('7', { branch: side })));
  const feed = readPartitions(ledger.feed, 0);
  const group = await feed.nextGroup(limits);
  const rows = await collectPages(feed.rows(group!));
  const name = ({ tenant: owner, branch, event }: FeedRow): readonly string[] => [
    owner,
    branch,
    event.payload.kind === 'decision' ? event.payload.rationale : '',
  ];
  // Branch by branch, as the feed names them; versions are in publish order within a project.
  assert.deepEqual(rows.map(name), [
    [tenant, mainBranch, '1'],
    [tenant, mainBranch, '4'],
    [tenant, mainBranch, '6'],
    [other, mainBranch, '2'],
    [tenant, side, '3'],
    [tenant, side, '7'],
  ]);
  const mine = rows.filter((row) => row.tenant === tenant).sort((a, b) => (a.version < b.version ? -1 : 1));
  assert.deepEqual(
    mine.map((row) => name(row)[2]),
    ['1', '3', '4', '6', '7'],
  );
  const progress = await ledger.feed.progress();
  assert.deepEqual(
    progress.partitions.map(({ partition, pendingRows, groupId }) => [partition, pendingRows, groupId]),
    [
      [0, 6, group?.id],
      [5, 1, undefined],
    ],
  );
  assert.equal((await drain(readPartitions(ledger.feed, 5))).flat().length, 1);
});

testLedger('gives the same group again after a crash at any step', async (open) => {
  const { lease, ledger, reopen } = await open();
  await commit(lease, message(decision('a'), decision('b')));
  const crashed = readPartitions(ledger.feed, 0);
  const first = (await crashed.nextGroup(limits))!;
  assert.equal(first.recovered, false);
  const rows = await collectPages(crashed.rows(first));
  // Crash after the group was persisted; commits go on.
  await commit(lease, message(decision('c')));
  const feed = readPartitions((await reopen()).feed, 0);
  const again = (await feed.nextGroup(limits))!;
  assert.deepEqual(again, { ...first, recovered: true, left: [0] });
  assert.deepEqual(await collectPages(feed.rows(again)), rows);
  // Crash after the insert, before it was noted.
  assert.deepEqual(await readPartitions((await reopen()).feed, 0).nextGroup({ ...limits, rowsTarget: 1 }), again);
  await feed.complete(again);
  // The one that was thought dead completes too: it must not take the next group with it.
  const next = (await feed.nextGroup(limits))!;
  assert.notEqual(next.id, first.id);
  await crashed.complete(first);
  assert.deepEqual(await feed.nextGroup(limits), { ...next, recovered: true, left: [0] });
  assert.deepEqual((await collectPages(feed.rows(next))).length, 1);
  await feed.complete(next);
  assert.equal(await feed.nextGroup(limits), undefined);
});

testLedger('a group has rows of several partitions, and any of them gives it again', async (open) => {
  const { lease, ledger, reopen } = await open();
  const [elsewhere, third] = [await ledger.partitions.acquire(5, 'test'), await ledger.partitions.acquire(7, 'test')];
  // The project changes its partition and back: its rows come in the order of its versions all the same.
  const versions = [
    ...(await commit(lease, message(decision('a')), message(decision('b')))),
    ...(await commit(elsewhere, message(decision('c')))),
    ...(await commit(lease, message(decision('d')))),
  ];
  const [later] = await commit(third, message(decision('e')));
  const group = (await readPartitions(ledger.feed, 5, 0, 3).nextGroup(limits))!;
  assert.deepEqual([group.rows, group.recovered, group.left], [4, false, []]);
  assert.deepEqual(
    group.slices.map(({ partition }) => partition),
    [5, 0],
  );
  assert.deepEqual(
    (await collectPages(ledger.feed.open().rows(group))).map(({ version }) => version),
    versions,
  );
  // Crash; another process has one of its partitions, and one that is not in it.
  const other = readPartitions((await reopen()).feed, 7, 0);
  const again = (await other.nextGroup({ ...limits, rowsTarget: 1 }))!;
  assert.deepEqual(again, { ...group, recovered: true, left: [7, 0] });
  assert.deepEqual(
    (await collectPages(other.rows(again))).map(({ version }) => version),
    versions,
  );
  await other.complete(again);
  // All of it is gone, for whoever has the other partition too; the first feeder completes late, and takes nothing with it.
  const next = (await other.nextGroup(limits))!;
  await ledger.feed.open().complete(group);
  assert.equal(await readPartitions(ledger.feed, 5).nextGroup(limits), undefined);
  assert.deepEqual(
    (await collectPages(other.rows(next))).map(({ version }) => version),
    [later],
  );
  assert.deepEqual(await other.nextGroup(limits), { ...next, recovered: true, left: [7, 0] });
});

testLedger('partitions that are not all of a full group are left, and come next', async (open) => {
  const { lease, ledger } = await open();
  const elsewhere = await ledger.partitions.acquire(5, 'test');
  for (let index = 0; index < 3; index++) {
    await commit(lease, message(decision('a')));
    await commit(elsewhere, message(decision('b')));
  }
  const feed = readPartitions(ledger.feed, 0, 5);
  const first = (await feed.nextGroup({ ...limits, rowsTarget: 2 }))!;
  assert.deepEqual([first.rows, first.slices.map(({ partition }) => partition), first.left], [2, [0], [0, 5]]);
  await feed.complete(first);
  const second = (await feed.nextGroup({ ...limits, rowsTarget: 3 }))!;
  assert.deepEqual([second.rows, second.slices.map(({ partition }) => partition), second.left], [3, [0, 5], [5]]);
  // Partitions of a group that is on its way do not hold up the others.
  await commit(await ledger.partitions.acquire(7, 'test'), message(decision('c')));
  assert.equal((await readPartitions(ledger.feed, 7).nextGroup(limits))?.rows, 1);
});

testLedger('a group that was never sent is dissolved, one that was given out twice is not', async (open) => {
  const { lease, ledger, reopen } = await open();
  const elsewhere = await ledger.partitions.acquire(5, 'test');
  await commit(lease, message(decision('a')));
  await commit(elsewhere, message(decision('b')));
  const feed = readPartitions(ledger.feed, 0, 5);
  const first = (await feed.nextGroup(limits))!;
  await feed.dissolve(first);
  const alone = (await readPartitions(ledger.feed, 5).nextGroup(limits))!;
  assert.notEqual(alone.id, first.id);
  assert.deepEqual([alone.rows, alone.recovered], [1, false]);
  // Whoever comes late with the group that was dissolved changes nothing.
  await feed.complete(first);
  const again = (await readPartitions((await reopen()).feed, 5).nextGroup(limits))!;
  assert.deepEqual(again, { ...alone, recovered: true, left: [5] });
  await feed.dissolve(alone);
  assert.deepEqual(await readPartitions(ledger.feed, 5).nextGroup(limits), again);
});

testLedger('a group that an older version wrote is given again', async (open) => {
  const { lease, ledger, root, connection } = await open();
  const [from] = await commit(lease, message(decision('a')));
  const [to] = await commit(lease, message(decision('b')));
  await commit(lease, message(decision('c')));
  const { DirectoryLayer, Database, root: everything, tuple } = foundationdb();
  const database = new Database(openDatabase(connection), everything);
  const directory = await new DirectoryLayer().open(database, [...root, 'feed']);
  const key = Buffer.concat([directory.getSubspace().prefix, tuple.pack(['g', 0])]);
  await database.set(
    key,
    Buffer.from(JSON.stringify({ id: 'old', rows: 2, bytes: 10, commitTimeMs: 1_000, from, to })),
  );
  database.close();
  const feed = readPartitions(ledger.feed, 0);
  const group = (await feed.nextGroup(limits))!;
  assert.deepEqual(
    { ...group },
    {
      id: 'old',
      slices: [{ partition: 0, from, to }],
      rows: 2,
      bytes: 10,
      commitTimeMs: 1_000,
      recovered: true,
      left: [0],
    },
  );
  assert.equal((await collectPages(feed.rows(group))).length, 2);
  await feed.complete(group);
  assert.equal((await feed.nextGroup(limits))?.rows, 1);
});

testLedger('a group never crosses a month, whatever single branches’ clocks say', async (open) => {
  const february = Date.UTC(2026, 1, 1);
  let now = february - 1;
  const { ledger, lease } = await open({ clock: () => now });
  const ahead = parseProjectId('ahead');
  await commit(lease, message(decision('january')));
  now = february;
  await commit(lease, message(decision('ahead', { project: ahead })));
  // The clock steps back: one project stays in February, the other is in January again, in one transaction.
  now = february - 1;
  await commit(lease, message(decision('ahead still', { project: ahead })), message(decision('january again')));
  const feed = readPartitions(ledger.feed, 0);
  const months: string[][] = [];
  for (let group: FeedGroup | undefined; (group = await feed.nextGroup(limits)) !== undefined;) {
    const rows = await collectPages(feed.rows(group));
    months.push([...new Set(rows.map(({ commitTimeMs }) => new Date(commitTimeMs).toISOString().slice(0, 7)))]);
    await feed.complete(group);
  }
  assert.ok(
    months.every((group) => group.length === 1),
    JSON.stringify(months),
  );
  assert.deepEqual(months.flat(), ['2026-01', '2026-02', '2026-01']);
});

testLedger('a group ends before it exceeds its bytes, but one commit is always given', async (open) => {
  const { ledger, lease } = await open();
  for (let index = 0; index < 3; index++) await commit(lease, message(decision('x'.repeat(1_000))));
  const small = await drain(readPartitions(ledger.feed, 0), { ...limits, bytesMax: 500 });
  assert.deepEqual(
    small.map((group) => group.length),
    [1, 1, 1],
  );
});

testLedger('wakes a feeder for a commit that came between its look and its watch', async (open) => {
  const { ledger, lease } = await open();
  const feed = readPartitions(ledger.feed, 0);
  const { signal } = new AbortController();
  assert.equal(await feed.nextGroup(limits), undefined);
  await commit(lease, message(decision('x')));
  await feed.watch({ signal });
  await drain(feed);
  const watching = feed.watch({ signal });
  await commit(lease, message(decision('y')));
  await watching;
  await drain(feed);
  const stop = new AbortController();
  const stopped = feed.watch({ signal: stop.signal });
  stop.abort();
  await stopped;
});

testLedger('a rebuild gets every event once: the old ones from history, the new ones from the feed', async (open) => {
  const { ledger, lease, reopen } = await open();
  const other = parseTenantId('other');
  const side = parseBranchName('side');
  await ledger.tenants.create(other);
  const [first] = await commit(lease, message(decision('1')), message(decision('2', { tenant: other })));
  const history = await ledger.project(tenant, decision('x').event.project);
  await history.fork(side, { branch: mainBranch, version: first! }, { by: 'me', reason: '' });
  const feed = readPartitions(ledger.feed, 0);
  await drain(feed);
  await commit(lease, message(decision('3', { branch: side })));
  const dead = (await feed.nextGroup(limits))!;
  // The feeder died with its group; the rebuild crashes after its first step and starts again.
  await ledger.feed.pause({ drainMs: 0 });
  assert.equal(await feed.nextGroup(limits), undefined);
  assert.equal((await ledger.feed.progress()).paused, true);
  const again = await reopen();
  const { upTo } = await again.feed.pause({ drainMs: 0 });
  const [later] = await commit(lease, message(decision('4')));
  await feed.complete(dead);
  const rows = await collect(again.feed.allHistory(upTo));
  assert.deepEqual(
    rows.map(({ tenant: owner, branch, event }) => [
      owner,
      branch,
      event.payload.kind === 'decision' && event.payload.rationale,
    ]),
    [
      [tenant, mainBranch, '1'],
      [tenant, side, '3'],
      [other, mainBranch, '2'],
    ],
  );
  const { signal } = new AbortController();
  assert.equal(await feed.nextGroup(limits), undefined);
  const watching = feed.watch({ signal });
  await again.feed.resume();
  await watching;
  assert.deepEqual(await drain(feed), [[later]]);
  const counts = await collect(ledger.feed.counts());
  assert.deepEqual(
    counts.map(({ tenant: owner, branch, events }) => [owner, branch, events]),
    [
      [tenant, mainBranch, 2],
      [tenant, side, 1],
      [other, mainBranch, 1],
    ],
  );
});

testLedger('a rebuild waits for the group that a live feeder is inserting', async (open) => {
  const { ledger, lease } = await open();
  await commit(lease, message(decision('1')));
  const feed = readPartitions(ledger.feed, 0);
  const group = (await feed.nextGroup(limits))!;
  let paused = false;
  const pausing = ledger.feed.pause({ drainMs: 60_000 }).then(() => (paused = true));
  const { signal } = new AbortController();
  await feed.watch({ signal });
  assert.equal(await feed.nextGroup(limits), undefined);
  assert.equal(paused, false);
  await feed.complete(group);
  await pausing;
});

testLedger('leaves the rows of a project that was deleted meanwhile out', async (open) => {
  const { ledger, lease, root, connection, reopen } = await open();
  const gone = parseProjectId('gone');
  await commit(lease, message(decision('stays')), message(decision('goes', { project: gone })));
  const { DirectoryLayer, Database, root: everything } = foundationdb();
  const database = new Database(openDatabase(connection), everything);
  await new DirectoryLayer().remove(database, [...root, 'tenants', tenant, gone]);
  database.close();
  // A process that remembers the directory finds nothing there, one that does not finds no directory.
  for (const { feed } of [ledger, await reopen()]) {
    const group = await readPartitions(feed, 0).nextGroup(limits);
    assert.equal(group?.rows, 2);
    assert.equal((await collectPages(readPartitions(feed, 0).rows(group))).length, 1);
  }
});
