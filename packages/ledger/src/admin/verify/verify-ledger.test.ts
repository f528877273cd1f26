import assert from 'node:assert/strict';
import { encodeFeedRecord, encodePathRecord, mainBranch, parseTagName, versionToBytes } from '@swarmledger/protocol';
import { verifyLedger, type LedgerAddress } from '../../index.ts';
import type { Transaction } from '../../fdb/store.ts';
import type { ProjectPlace } from '../../directories.ts';
import type { BranchKeys } from '../../keyspace.ts';
import { encodeTag } from '../../tags.ts';
import { encodeHeadTail, encodeJson } from '../../values.ts';
import { collect, commit, testLedger } from '../../testing/backends.ts';
import {
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
} from '../../testing/events.ts';
import { withPlace, type LedgerPlace } from '../open-place.ts';

const first = write('a', 'one');
const long = Buffer.alloc(200_000, 'x');

interface Damage {
  readonly what: string;
  readonly says: RegExp;
  readonly write: (tn: Transaction, at: DamageSite) => void;
}

interface DamageSite {
  readonly place: LedgerPlace;
  readonly project: ProjectPlace;
  readonly main: BranchKeys;
  /** Of the first event. */
  readonly version: Parameters<typeof versionToBytes>[0];
}

const tombstone = encodePathRecord({
  exists: false,
  contentSha256: new Uint8Array(),
  contentBytes: 0,
  mode: 0,
  eventId: first.event.eventId,
  parentEventId: '',
});

/** One of each kind of record, gone or changed. */
const damages: readonly Damage[] = [
  {
    what: 'an event that the index has lost',
    says: /not in the event index/,
    write: (tn, { project: { keys } }) => tn.clear(keys.event(first.event.eventId)),
  },
  {
    what: 'an index entry without its event',
    says: /the event index has \d+ entries for \d+ events/,
    write: (tn, { project: { keys }, version }) =>
      tn.set(
        keys.event(decision('never').event.eventId),
        Buffer.concat([versionToBytes(version), Buffer.from('main')]),
      ),
  },
  {
    what: 'an event that history has lost',
    says: /its head says/,
    write: (tn, { main, version }) => tn.clear(main.history.at(version)),
  },
  {
    what: 'a history record that cannot be read',
    says: /history record .* cannot be read/,
    write: (tn, { main, version }) => tn.set(main.history.at(version), Buffer.of(0xff)),
  },
  {
    what: 'a head that is wrong',
    says: /its head says 99/,
    write: (tn, { main, version }) =>
      tn.set(main.head, Buffer.concat([versionToBytes(version), encodeHeadTail(1, 99)])),
  },
  {
    what: 'a commit that the time index has lost',
    says: /not in the time index/,
    write: (tn, { main }) => {
      const { begin, end } = main.times();
      tn.clearRange(begin, end);
    },
  },
  {
    what: 'a time entry without its commit',
    says: /entries in its time index/,
    write: (tn, { main, version }) => tn.set(main.time(7, version), Buffer.alloc(0)),
  },
  {
    what: 'a path entry that is gone',
    says: /is not in the path index of a/,
    write: (tn, { main, version }) => tn.clear(main.path('a').at(version)),
  },
  {
    what: 'a path entry that says something else',
    says: /is not in the path index of a/,
    write: (tn, { main, version }) => tn.set(main.path('a').at(version), tombstone),
  },
  {
    what: 'a path entry without its event',
    says: /history accounts for/,
    write: (tn, { main, version }) => tn.set(main.path('ghost').at(version), tombstone),
  },
  {
    what: 'a newest state that is not the last change',
    says: /the newest state of c on main/,
    write: (tn, { main, version }) => tn.set(main.state('c'), Buffer.concat([versionToBytes(version), tombstone])),
  },
  {
    what: 'a newest state of a path that never was',
    says: /newest states for/,
    write: (tn, { main, version }) => tn.set(main.state('ghost'), Buffer.concat([versionToBytes(version), tombstone])),
  },
  {
    what: 'content with another byte',
    says: /do not have that hash/,
    write: (tn, { project: { keys } }) => tn.set(keys.content(hash('one')).piece(0), Buffer.from('two')),
  },
  {
    what: 'content with a piece missing',
    says: /do not have that hash/,
    write: (tn, { project: { keys } }) => tn.clear(keys.content(hash(long)).piece(1)),
  },
  {
    what: 'content that is gone',
    says: /names content that is not there/,
    write: (tn, { project: { keys } }) => {
      const { begin, end } = keys.content(hash('one')).all();
      tn.clearRange(begin, end);
    },
  },
  {
    what: 'content without a state',
    says: /has bytes and no state/,
    write: (tn, { project: { keys } }) => tn.clear(keys.content(hash('one')).state),
  },
  {
    what: 'a tag that points at nothing',
    says: /tag lost points at/,
    write: (tn, { project: { keys } }) => {
      const version = 'ffff'.padEnd(28, '0') as DamageSite['version'];
      tn.set(keys.tag(parseTagName('lost')), encodeTag({ branch: mainBranch, version, eventId: '', setAtMs: 0 }));
    },
  },
  {
    what: 'a fork of nothing',
    says: /its parent does not exist/,
    write: (tn, { project: { keys }, version }) =>
      tn.set(
        keys.branchRecord('stray' as typeof mainBranch),
        encodeJson({
          name: 'stray',
          parent: { branch: 'nowhere', version },
          createdBy: '',
          reason: '',
          createdAtMs: 0,
          forkTimeMs: 0,
        }),
      ),
  },
  {
    what: 'a feed record of events that are not there',
    says: /events of acme\/shop for ClickHouse, history has/,
    write: (tn, { place, version }) => {
      const span = { tenant, project, branch: mainBranch, firstOrder: 0, lastOrder: 50 };
      const record = encodeFeedRecord({ spans: [span], commitTimeMs: 0, events: 51, bytes: 0 });
      tn.set(place.directories.feed.commits(0).at(version), record);
    },
  },
  {
    what: 'a feed record that cannot be read',
    says: /a record of partition 3 cannot be read/,
    write: (tn, { place, version }) => tn.set(place.directories.feed.commits(3).at(version), Buffer.of(0xff)),
  },
  {
    what: 'a tenant without its record',
    says: /the tenant has no record/,
    write: (tn, { project: { tenantKeys } }) => tn.clear(tenantKeys.record),
  },
];

testLedger('a sound ledger has no problems, conflicts, chunks and renames included', async (open) => {
  const { lease, connection, root, ledger } = await open();
  await commit(lease, message(first), ...chunks(long).map((chunk) => message(chunk)));
  await commit(
    lease,
    message(change('long', { body: { kind: 'content_sha256', sha256: hash(long) } })),
    message(change('a', { body: inline('blind'), baseSha256: hash('something else') })),
    message(change('a', { body: { kind: 'unified_diff', diff: 'no diff' } })),
    message(rename('nothing', 'there')),
    message(rename('a', 'b')),
    message(rename('b', 'b', { mode: 0o100755 })),
    message(remove('b')),
    message(remove('never was')),
    message(...chunks(Buffer.from('staged only'))),
  );
  const report = await verifyLedger({ connection, root });
  assert.deepEqual(report.described, []);
  assert.deepEqual(
    { ...report.counts, contentBytes: 0, feedRecords: 0 },
    {
      tenants: 1,
      projects: 1,
      branches: 1,
      events: (await (await ledger.project(tenant, project)).head(mainBranch))!.events,
      pathChanges: 8,
      contents: 3,
      contentBytes: 0,
      stagedContents: 1,
      feedRecords: 0,
    },
  );
});

for (const damage of damages) {
  testLedger(`verify finds ${damage.what}`, async (open) => {
    const { lease, connection, root } = await open();
    const address: LedgerAddress = { connection, root };
    const [version] = await commit(lease, message(first));
    await commit(lease, ...chunks(long).map((chunk) => message(chunk)));
    const named = change('long', { body: { kind: 'content_sha256', sha256: hash(long) } });
    await commit(lease, message(named), message(write('c', 'three')));
    assert.equal((await verifyLedger(address)).problems, 0);
    await withPlace(address, async (place) => {
      const opened = await place.directories.findProject(tenant, project);
      assert.ok(opened !== undefined && version !== undefined);
      const site = { place, project: opened, main: opened.keys.branch(mainBranch), version };
      await place.store.transact(async (tn) => damage.write(tn, site));
    });
    const { described, problems } = await verifyLedger(address);
    assert.ok(problems > 0);
    assert.match(described.map(({ what }) => what).join('\n'), damage.says);
  });
}

testLedger('verify judges what was there when it began, while more is committed', async (open) => {
  const { lease, connection, root, history } = await open();
  await commit(lease, message(write('a', '0')));
  let writing = true;
  const writer = (async (): Promise<void> => {
    for (let round = 1; writing; round++) {
      await commit(lease, message(write('a', `${round}`), write(`new-${round}`, 'x')), message(decision(`${round}`)));
    }
  })();
  for (let round = 0; round < 5; round++) assert.deepEqual((await verifyLedger({ connection, root })).described, []);
  writing = false;
  await writer;
  assert.ok((await collect((await history()).events({ branch: mainBranch }))).length > 3);
});
