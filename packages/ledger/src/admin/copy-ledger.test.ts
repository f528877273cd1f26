import assert from 'node:assert/strict';
import { mainBranch, parseBranchName, parseTagName, parseTenantId, type Version } from '@swarmledger/protocol';
import {
  copyLedger,
  promoteLedger,
  readLedgerStats,
  unsealLedger,
  verifyLedger,
  type LedgerAddress,
} from '../index.ts';
import type { Ledger } from '../ledger.ts';
import {
  appendOne,
  collect,
  commit,
  readFiles,
  testLedger,
  testLedgerPair,
  type TestLedger,
  readPartitions,
} from '../testing/backends.ts';
import {
  branchNamed,
  change,
  chunks,
  decision,
  hash,
  inline,
  message,
  project,
  remove,
  rename,
  tenant,
  write,
} from '../testing/events.ts';

const fork = parseBranchName('try');
const long = Buffer.alloc(1_300_000, 'a long file ');

function address({ connection, root }: TestLedger): LedgerAddress {
  return { connection, root };
}

/** One of everything that a ledger keeps. */
async function fill({ ledger, lease, history }: TestLedger): Promise<readonly Version[]> {
  const versions = [
    ...(await commit(lease, message(decision('begin'), write('a', 'one'), write('dir/b', 'two')))),
    ...(await commit(lease, ...chunks(long).map((chunk) => message(chunk)))),
    ...(await commit(lease, message(change('long', { body: { kind: 'content_sha256', sha256: hash(long) } })))),
  ];
  const point = { branch: mainBranch, version: versions.at(-1)! };
  await (await history()).setTag(parseTagName('here'), point);
  await (await history()).fork(fork, point, { by: 'me', reason: 'to try' });
  versions.push(
    ...(await commit(
      lease,
      message(write('a', 'forked', branchNamed('try'))),
      message(change('a', { body: inline('blind'), baseSha256: hash('something else') })),
      message(rename('dir/b', 'c')),
      message(remove('a')),
      message(change('c', { body: { kind: 'unified_diff', diff: 'not a diff' } })),
      message({ ...decision('elsewhere', { project: parseProject('other') }) }),
    )),
  );
  await ledger.tenants.create(parseTenantId('second'), { plan: 'pro' });
  await ledger.tenants.create(parseTenantId('gone'));
  await ledger.tenants.remove(parseTenantId('gone'));
  return versions;
}

function parseProject(name: string): typeof project {
  return name as typeof project;
}

/** Everything that a reader can see. */
async function see(ledger: Ledger, versions: readonly Version[]): Promise<object> {
  const history = await ledger.project(tenant, project);
  const events = async (branch: typeof mainBranch): Promise<object> =>
    (await collect(history.events({ branch }))).map(({ version, commitTimeMs, raw }) => ({
      version,
      commitTimeMs,
      raw: Buffer.from(raw).toString('base64'),
    }));
  return {
    tenants: await ledger.tenants.list(),
    projects: await ledger.tenants.projects(tenant),
    usage: await ledger.tenants.usage(tenant, new Date().toISOString().slice(0, 10)),
    main: await events(mainBranch),
    forked: await events(fork),
    trees: await Promise.all(versions.map((version) => readFiles(history, version))),
    forkedTree: await readFiles(history, versions.at(-1)!, fork).catch(() => 'too early'),
    tags: await history.tags(),
    branches: await history.branches(),
    heads: [await history.head(mainBranch), await history.head(fork)],
  };
}

testLedgerPair('a copy is the ledger, record for record, and goes on behind it', async (openFrom, openTo) => {
  const source = await openFrom();
  const target = await openTo();
  const versions = (await fill(source)).filter((version, index, all) => all.indexOf(version) === index);
  const main = versions.slice(0, 3);
  const before = await see(source.ledger, main);
  const group = await readPartitions(source.ledger.feed, 0).nextGroup({ rowsTarget: 2, bytesMax: 1_000_000 });
  const known = message(decision('committed before the move'));
  const [knownAt] = await commit(source.lease, known);

  const report = await copyLedger(address(source), address(target));
  assert.deepEqual([report.tenants, report.projects, report.resumed], [2, 2, false]);
  assert.equal(report.identity.incarnation, 2);
  const copy = await target.reopen({ tenant: 'none' });
  const after = await see(copy, main);
  assert.notDeepEqual(after, before, 'one event came after it was looked at');
  assert.deepEqual(await see(source.ledger, main), after);
  assert.deepEqual((await verifyLedger(address(target))).described, []);

  // The group that was being inserted has its name still: a second insert of it is known to ClickHouse.
  const again = await readPartitions(copy.feed, 0).nextGroup({ rowsTarget: 2, bytesMax: 1_000_000 });
  assert.deepEqual([again?.id, again?.recovered, again?.rows], [group?.id, true, group?.rows]);

  await assert.rejects(copy.tenants.create(parseTenantId('gone')), { code: 'tenant_exists' });
  const lease = await copy.partitions.acquire(0, 'new');
  const result = await appendOne(lease, known);
  assert.ok(result.kind === 'committed');
  assert.deepEqual(
    result.events.map(({ version, duplicate }) => [version, duplicate]),
    [[knownAt, true]],
  );
  const [next] = await commit(lease, message(write('a', 'after the move')));
  assert.ok(next! > knownAt! && next!.startsWith('0002'));
  assert.deepEqual((await verifyLedger(address(target))).described, []);

  // And back again: what was written meanwhile comes along, and the older state is gone.
  const back = await copyLedger(address(target), address(source));
  assert.equal(back.identity.incarnation, 3);
  const home = await source.reopen();
  assert.deepEqual(await see(home, [...main, next!]), await see(copy, [...main, next!]));
  const [last] = await commit(await home.partitions.acquire(0, 'home'), message(write('a', 'home')));
  assert.ok(last! > next! && last!.startsWith('0003'));
  assert.deepEqual((await verifyLedger(address(source))).described, []);
});

testLedger('a sealed ledger takes nothing from anybody, and what was read can still be read', async (open) => {
  const source = await open();
  const versions = await fill(source);
  const target = await open({ tenant: 'none' });
  await copyLedger(address(source), address(target));
  const { ledger, lease } = source;
  await assert.rejects(lease.append([message(decision('late'))]), { code: 'lease_lost' });
  const sealed = { name: 'TransientError', code: 'ledger_sealed' };
  await assert.rejects(ledger.partitions.acquire(0, 'again'), sealed);
  await assert.rejects(ledger.tenants.create(parseTenantId('late')), sealed);
  await assert.rejects(readPartitions(ledger.feed, 0).nextGroup({ rowsTarget: 10, bytesMax: 1_000 }), sealed);
  const history = await source.history();
  const point = { branch: mainBranch, version: versions[0]! };
  await assert.rejects(history.setTag(parseTagName('late'), point), sealed);
  await assert.rejects(history.fork(parseBranchName('late'), point, { by: '', reason: '' }), sealed);
  assert.equal((await readFiles(history, versions[0]!))['a'], 'one');
  // Whoever had the target open before the move would write versions that are too low.
  await assert.rejects(target.ledger.partitions.acquire(0, 'stale'), { code: 'ledger_moved' });
  await assert.rejects(target.lease.append([message(decision('stale'))]), { code: 'lease_lost' });
});

testLedger('a copy that is cut off again and again is taken up where it stopped', async (open) => {
  const source = await open();
  await fill(source);
  for (let round = 0; round < 12; round++)
    await commit(source.lease, message(...Array.from({ length: 900 }, (_, n) => write(`f${round}/${n}`, `${n}`))));
  const target = await open({ tenant: 'none' });
  let keys = 0;
  let runs = 0;
  for (; ; runs++) {
    const cut = new AbortController();
    let here = 0;
    const options = {
      signal: cut.signal,
      onProgress: (count: { readonly keys: number }) => {
        here = count.keys;
        if (here > 0) cut.abort();
      },
    };
    try {
      const report = await copyLedger(address(source), address(target), options);
      assert.equal(report.resumed, runs > 0);
      break;
    } catch (error) {
      assert.equal((error as Error).name, 'AbortError');
      const half = await target.reopen({ tenant: 'none' });
      await assert.rejects(half.partitions.acquire(0, 'early'), { code: 'ledger_receiving' });
    }
    keys += here;
  }
  assert.ok(runs > 5, `it was cut off ${runs} times`);
  assert.ok(keys > 12 * 900 * 4);
  const copy = await target.reopen({ tenant: 'none' });
  const head = await (await copy.project(tenant, project)).head(mainBranch);
  assert.deepEqual(head, await (await source.history()).head(mainBranch));
  assert.deepEqual((await verifyLedger(address(target))).described, []);
});

testLedger('nothing is copied over another ledger', async (open) => {
  const [source, other, third] = [await open(), await open(), await open({ tenant: 'none' })];
  await assert.rejects(copyLedger(address(source), address(other)), { code: 'target_not_empty' });
  await assert.rejects(copyLedger(address(source), address(source)), { code: 'same_ledger' });
  // Refused before anything was touched: the source is open still.
  await commit(source.lease, message(decision('still open')));
  const cut = new AbortController();
  const stop = { signal: cut.signal, onProgress: () => cut.abort() };
  await assert.rejects(copyLedger(address(source), address(third), stop), { name: 'AbortError' });
  await assert.rejects(copyLedger(address(other), address(third)), { code: 'target_not_empty' });
  await assert.rejects(copyLedger(address(third), address(await open({ tenant: 'none' }))), {
    code: 'ledger_receiving',
  });
});

testLedger('a ledger that is unsealed is another one from then on', async (open) => {
  const source = await open();
  await fill(source);
  const target = await open({ tenant: 'none' });
  const { identity } = await copyLedger(address(source), address(target));
  const unsealed = await unsealLedger(address(source));
  assert.notEqual(unsealed.id, identity.id);
  await assert.rejects(unsealLedger(address(source)), { code: 'ledger_not_sealed' });
  await commit(await (await source.reopen()).partitions.acquire(0, 'again'), message(decision('on my own way')));
  await assert.rejects(copyLedger(address(target), address(source)), { code: 'target_not_empty' });
});

testLedger(
  'a promoted backup goes on above all that it holds, without the leases that were backed up with it',
  async (open) => {
    const restored = await open();
    const versions = await fill(restored);
    const promoted = await promoteLedger(address(restored));
    assert.deepEqual([promoted.incarnation, promoted.state.kind], [2, 'open']);
    await assert.rejects(restored.lease.append([message(decision('from the other cluster'))]), { code: 'lease_lost' });
    await assert.rejects(restored.ledger.partitions.acquire(0, 'opened before'), { code: 'ledger_moved' });
    const ledger = await restored.reopen();
    const [next] = await commit(await ledger.partitions.acquire(0, 'new'), message(write('a', 'after the restore')));
    assert.ok(next!.startsWith('0002') && versions.every((version) => version < next!));
    assert.deepEqual((await verifyLedger(address(restored))).described, []);
  },
);

testLedger('what is being moved, or was, is not promoted', async (open) => {
  const source = await open();
  await fill(source);
  const target = await open({ tenant: 'none' });
  const cut = new AbortController();
  const stop = { signal: cut.signal, onProgress: () => cut.abort() };
  await assert.rejects(copyLedger(address(source), address(target), stop), { name: 'AbortError' });
  await assert.rejects(promoteLedger(address(source)), { name: 'PermanentError', code: 'ledger_sealed' });
  await assert.rejects(promoteLedger(address(target)), { name: 'PermanentError', code: 'ledger_receiving' });
  await unsealLedger(address(source));
  assert.equal((await promoteLedger(address(source))).incarnation, 2);
});

testLedger('stats say what there is', async (open) => {
  const source = await open();
  await fill(source);
  const projects: unknown[] = [];
  const stats = await readLedgerStats(address(source), {
    onProject: ({ project: name, branches, events }) => projects.push([name, branches, events]),
  });
  const main = (await (await source.history()).head(mainBranch))!;
  assert.deepEqual(projects, [
    ['other', 1, 1],
    ['shop', 2, main.events + 1],
  ]);
  assert.deepEqual([stats.tenants, stats.projects, stats.branches, stats.events], [2, 2, 3, main.events + 2]);
  assert.equal(stats.feed.pendingRows, stats.events);
  assert.deepEqual([stats.identity.incarnation, stats.identity.state.kind], [1, 'open']);
});
