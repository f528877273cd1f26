import assert from 'node:assert/strict';
import { mainBranch, parseBranchName, parseTenantId } from '@swarmledger/protocol';
import { openDatabase } from './fdb/open-database.ts';
import { foundationdb } from './fdb/package.ts';
import {
  appendOne,
  collect,
  collectPages,
  commit,
  readEvents,
  readFiles,
  readLatestFiles,
  testLedger,
  readPartitions,
} from './testing/backends.ts';
import { change, chunks, decision, hash, inline, message, project, tenant, write } from './testing/events.ts';
import { FaultyDatabase, type Fault } from './testing/faults.ts';

const sequences: readonly (readonly Fault[])[] = [
  ['unknown_after'],
  ['unknown_before'],
  ['conflict'],
  ['unknown_before', 'unknown_after'],
  ['conflict', 'unknown_before', 'conflict', 'unknown_after'],
  ['unknown_after', 'unknown_after', 'conflict'],
  ['unknown_late'],
  ['unknown_late', 'unknown_late', 'conflict', 'unknown_after'],
  ['transaction_too_old'],
  ['future_version', 'process_behind', 'database_locked'],
  ['transaction_too_old', 'unknown_late', 'future_version', 'unknown_before', 'process_behind'],
];

for (const faults of sequences) {
  testLedger(`commits once after ${faults.join(', ')}`, async (open) => {
    const faulty = new FaultyDatabase();
    const { lease, ledger, history } = await open({ wrap: faulty.wrap });
    const before = decision('before');
    const [known] = await commit(lease, message(before, write('a', 'old')));
    const blind = change('a', { body: inline('new'), baseSha256: hash('seen') });
    faulty.next(...faults);
    const again = message(before, blind, blind);
    const results = await lease.append([again, message(decision('after'))]);
    const [first, second] = results;
    assert.ok(first?.kind === 'committed' && second?.kind === 'committed');
    assert.equal(first.conflicts, 1);
    assert.deepEqual(
      first.events.map(({ duplicate }) => duplicate),
      [true, false, true],
    );
    assert.ok(first.events[0]!.version < known!);
    assert.deepEqual(
      second.events.map(({ duplicate }) => duplicate),
      [false],
    );

    const stored = await collect((await history()).events({ branch: mainBranch }));
    assert.equal(stored.length, 5);
    assert.equal(stored[2]?.version, first.events[1]?.version);
    assert.equal(stored[4]?.version, second.events[0]?.version);
    assert.equal((await (await history()).head(mainBranch))?.events, 5);
    const feed = readPartitions(ledger.feed, 0);
    const group = await feed.nextGroup({ rowsTarget: 100, bytesMax: 1_000_000 });
    assert.equal(group?.rows, 5);
    assert.deepEqual(
      (await collectPages(feed.rows(group))).map(({ version }) => version),
      stored.map(({ version }) => version),
    );
  });

  testLedger(`gives out a feed group as new after ${faults.join(', ')}`, async (open) => {
    const faulty = new FaultyDatabase();
    const { lease, ledger } = await open({ wrap: faulty.wrap });
    await commit(lease, message(decision('x')));
    const feed = readPartitions(ledger.feed, 0);
    faulty.next(...faults);
    const group = await feed.nextGroup({ rowsTarget: 100, bytesMax: 1_000_000 });
    assert.equal(group?.recovered, false);
    faulty.next(...faults);
    await feed.complete(group);
    assert.equal(await feed.nextGroup({ rowsTarget: 100, bytesMax: 1_000_000 }), undefined);
  });

  testLedger(`creates a tenant and a fork once after ${faults.join(', ')}`, async (open) => {
    const faulty = new FaultyDatabase();
    const { lease, ledger, history } = await open({ wrap: faulty.wrap });
    const [version] = await commit(lease, message(decision('x')));
    faulty.next(...faults);
    await ledger.tenants.create(parseTenantId('late'), { plan: 'pro' });
    await assert.rejects(ledger.tenants.create(parseTenantId('late')), { code: 'tenant_exists' });
    const from = { branch: mainBranch, version: version! };
    const why = { by: 'me', reason: 'to try' };
    faulty.next(...faults);
    const project = await history();
    await project.fork(parseBranchName('try'), from, why);
    await assert.rejects(project.fork(parseBranchName('try'), from, why), { code: 'branch_exists' });
    assert.equal((await project.branches()).length, 2);
  });
}

for (const moment of ['before the next call', 'during the next call', 'after the next call', 'never'] as const) {
  testLedger(`a timed-out append that lands ${moment} is committed once`, async (open) => {
    const faulty = new FaultyDatabase();
    const { lease, history } = await open({ wrap: faulty.wrap });
    await commit(lease, message(write('a', 'old')));
    const blind = change('a', { body: inline('new'), baseSha256: hash('seen') });
    const messages = [message(blind), message(decision('why'))];
    faulty.next('timed_out_late');
    await assert.rejects(lease.append(messages), { name: 'TransientError', code: 'ledger_timeout' });
    if (moment === 'before the next call') assert.equal(await faulty.land(), 1);
    // A cluster forgets a commit that it did not begin; one that it did begin, it finishes.
    const late = moment === 'during the next call' ? undefined : faulty.takeLate();
    const results = await lease.append(messages);
    if (moment === 'after the next call')
      assert.equal(await faulty.land(late), 0, 'it conflicts with what was written');
    assert.deepEqual(
      results.map((result) => result.kind === 'committed' && result.events.map(({ duplicate }) => duplicate)),
      // They are new to a caller who was never told, unless they were there before it called again.
      moment === 'before the next call' ? [[true], [true]] : [[false], [false]],
    );
    const events = await readEvents(await history());
    assert.deepEqual(
      events.map(({ payload }) => payload.kind),
      ['state_change', 'state_change', 'conflict', 'decision'],
    );
    assert.equal((await (await history()).head(mainBranch))?.events, 4);
    assert.deepEqual(await readLatestFiles(await history()), { a: 'new' });
  });
}

testLedger('reads that meet an old version, a version to come or a slow server are done again', async (open) => {
  const faulty = new FaultyDatabase();
  const { lease, history } = await open({ wrap: faulty.wrap });
  const [version] = await commit(lease, message(write('a', '1'), write('b', '2')));
  const reader = await history();
  for (const code of [1007, 1009, 1037]) {
    faulty.nextReads(code);
    assert.equal((await reader.head(mainBranch))?.version, version);
    faulty.nextReads(code, code);
    assert.deepEqual(await readFiles(reader, version!), { a: '1', b: '2' });
    faulty.nextReads(code);
    assert.equal((await readEvents(reader)).length, 2);
  }
  // Not one of FoundationDB's that help themselves: the caller hears of it.
  faulty.nextReads(1031);
  await assert.rejects(reader.head(mainBranch), { code: 'ledger_timeout' });
});

testLedger('the owner that lost its lease cannot commit any more', async (open) => {
  const { ledger, lease: older, reopen, history } = await open();
  await commit(older, message(decision('mine')));
  const elsewhere = await reopen();
  const newer = await elsewhere.partitions.acquire(0, 'newer');
  await assert.rejects(older.append([message(decision('too late'))]), { name: 'TransientError', code: 'lease_lost' });
  await commit(newer, message(decision('theirs')));
  await older.release();
  await commit(newer, message(decision('still theirs')));
  await newer.release();
  await assert.rejects(newer.append([message(decision('released'))]), { code: 'lease_lost' });
  assert.equal((await readEvents(await history())).length, 3);
  const other = await ledger.partitions.acquire(1, 'test');
  await commit(other, message(decision('another partition')));
});

testLedger('a takeover in the middle of an append wins', async (open) => {
  const faulty = new FaultyDatabase();
  const { lease, reopen, history } = await open({ wrap: faulty.wrap });
  await commit(lease, message(decision('mine')));
  const elsewhere = await reopen({});
  faulty.beforeNextCommit(() => elsewhere.partitions.acquire(0, 'newer'));
  await assert.rejects(lease.append([message(decision('too late'))]), { code: 'lease_lost' });
  assert.equal((await readEvents(await history())).length, 1);
});

testLedger('chunks that change after they were hashed are hashed again', async (open) => {
  const faulty = new FaultyDatabase();
  const { lease, reopen } = await open({ wrap: faulty.wrap });
  const content = Buffer.from('the real thing');
  const named = change('a', { body: { kind: 'content_sha256', sha256: hash(content) } });
  await commit(lease, ...chunks(content).map((chunk) => message(chunk)));
  const other = await (await reopen({})).partitions.acquire(1, 'poisoner');
  const lies = chunks(Buffer.from('the same bytes').subarray(0, content.length), hash(content));
  faulty.beforeNextCommit(() => commit(other, ...lies.map((lie) => message(lie))));
  const result = await appendOne(lease, message(named));
  assert.ok(result.kind === 'rejected' && result.code === 'content_mismatch', JSON.stringify(result));
});

testLedger('a project that is deleted in the middle of an append is made anew', async (open) => {
  const faulty = new FaultyDatabase();
  const { lease, history, root, connection } = await open({ wrap: faulty.wrap });
  await commit(lease, message(write('a', 'old')));
  const { DirectoryLayer, Database, root: everything } = foundationdb();
  const database = new Database(openDatabase(connection), everything);
  faulty.beforeNextCommit(() => new DirectoryLayer().remove(database, [...root, 'tenants', tenant, project]));
  await commit(lease, message(write('b', 'new')));
  database.close();
  assert.deepEqual(await readLatestFiles(await history()), { b: 'new' });
});

testLedger('two owners that race never commit an event twice', async (open) => {
  const { ledger, reopen, history } = await open();
  const elsewhere = await reopen();
  const messages = Array.from({ length: 60 }, (_, index) => message(decision(`race ${index}`)));
  const run = async (other: typeof ledger, name: string): Promise<void> => {
    let lease = await other.partitions.acquire(0, name);
    for (let at = 0; at < messages.length;) {
      const batch = messages.slice(at, at + 5);
      try {
        await lease.append(batch);
        at += batch.length;
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'lease_lost');
        lease = await other.partitions.acquire(0, name);
      }
    }
  };
  await Promise.all([run(ledger, 'one'), run(elsewhere, 'two')]);
  const ids = (await readEvents(await history())).map(({ eventId }) => eventId);
  assert.deepEqual([...ids].sort(), messages.map(({ events }) => events[0]!.event.eventId).sort());
  assert.equal((await (await history()).head(mainBranch))?.events, messages.length);
});

testLedger('an append that is called again after an error finds what it wrote', async (open) => {
  const faulty = new FaultyDatabase();
  const { lease } = await open({ wrap: faulty.wrap });
  const stop = new AbortController();
  stop.abort();
  const one = message(decision('x'));
  await assert.rejects(lease.append([one], { signal: stop.signal }), { name: 'AbortError' });
  const first = await appendOne(lease, one);
  const second = await appendOne(lease, one);
  assert.ok(first.kind === 'committed' && second.kind === 'committed');
  assert.deepEqual(
    second.events,
    first.events.map((event) => ({ ...event, duplicate: true })),
  );
});
