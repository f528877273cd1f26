import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createEventId,
  eventIdToBytes,
  formatVersion,
  mainBranch,
  parseBranchName,
  parseTagName,
  type Version,
} from '@swarmledger/protocol';
import fc from 'fast-check';
import type { TupleItem } from 'foundationdb';
import { foundationdb } from './fdb/package.ts';
import { documentId, FeedKeys, LeaseKeys, packStampedValue, ProjectKeys, TenantKeys } from './keyspace.ts';

const prefix = Buffer.from('1503', 'hex');
const versions = fc
  .record({
    incarnation: fc.integer({ min: 0, max: 0xffff }),
    stamp: fc.uint8Array({ minLength: 10, maxLength: 10 }),
    order: fc.integer({ min: 0, max: 0xffff }),
  })
  .map(formatVersion);

function pack(...items: TupleItem[]): Buffer {
  return Buffer.concat([prefix, foundationdb().tuple.pack(items)]);
}

function packAt(items: TupleItem[], version: Version): Buffer {
  const value = Buffer.from(version.slice(4), 'hex');
  return pack(...items, Number.parseInt(version.slice(0, 4), 16), { type: 'versionstamp', value });
}

test('lays keys out as the tuple layer packs them', () => {
  fc.assert(
    fc.property(versions, fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(), (version, hash, number) => {
      const keys = new ProjectKeys(prefix, 1);
      const branch = keys.branch(parseBranchName('feature/x'));
      const id = createEventId();
      const sha256 = Buffer.from(hash);
      const name = branch.name;
      assert.deepEqual(branch.history.at(version), packAt(['h', name], version));
      assert.deepEqual(branch.path('a/ü b').at(version), packAt(['p', name, 'a/ü b'], version));
      assert.deepEqual(branch.state('a/ü b'), pack('s', name, 'a/ü b'));
      assert.deepEqual(branch.head, pack('head', name));
      assert.deepEqual(keys.event(id), pack('i', { type: 'uuid', value: eventIdToBytes(id) }));
      assert.deepEqual(keys.content(sha256).state, pack('c', sha256));
      assert.deepEqual(keys.content(sha256).piece(number), pack('c', sha256, number));
      assert.deepEqual(keys.branchRecord(name), pack('br', name));
      assert.deepEqual(keys.tag(parseTagName('git:ü')), pack('tag', 'git:ü'));
      assert.deepEqual(new TenantKeys(prefix).usage('2026-01-31'), pack('usage', '2026-01-31'));
      assert.deepEqual(new FeedKeys(prefix, 1).commits(number).at(version), packAt(['c', number], version));
      assert.deepEqual(new FeedKeys(prefix, 1).group(number), pack('g', number));
      assert.deepEqual(new LeaseKeys(prefix).lease(number), pack(number));
    }),
  );
});

test('reads back what a key says', () => {
  fc.assert(
    fc.property(versions, fc.nat(), (version, number) => {
      const keys = new ProjectKeys(prefix, 1);
      const branch = keys.branch(mainBranch);
      const feed = new FeedKeys(prefix, 1);
      const id = createEventId();
      assert.equal(branch.history.version(branch.history.at(version)), version);
      assert.equal(branch.timeVersion(packAt(['t', 'main', number], version)), version);
      assert.equal(branch.statePath(branch.state('a/ü b')), 'a/ü b');
      assert.equal(keys.eventId(keys.event(id)), id);
      assert.equal(keys.branchName(keys.branchRecord(mainBranch)), mainBranch);
      assert.equal(keys.tagName(keys.tag(parseTagName('git:ü'))), 'git:ü');
      assert.equal(feed.commitPartition(feed.commits(number).at(version)), number);
    }),
  );
});

test('orders keys as their versions are ordered', () => {
  fc.assert(
    fc.property(versions, versions, (a, b) => {
      const { history } = new ProjectKeys(prefix, 1).branch(mainBranch);
      const byKey = Math.sign(history.at(a).compare(history.at(b)));
      assert.equal(byKey, a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

test('leaves room for the stamp where its offset says', () => {
  const { history } = new ProjectKeys(prefix, 7).branch(mainBranch);
  const key = history.next(513);
  const stampAt = key.readUInt32LE(key.length - 4);
  const bound = Buffer.from(key.subarray(0, key.length - 4));
  bound.fill(0xab, stampAt, stampAt + 10);
  assert.equal(history.version(bound), `0007${'ab'.repeat(10)}0201`);
  const value = packStampedValue(7, 513, Buffer.from('tail'));
  assert.equal(value.readUInt32LE(value.length - 4), 2);
  assert.equal(value.toString('latin1', 14, value.length - 4), 'tail');
});

test('a range holds exactly the versions within its bounds', () => {
  fc.assert(
    fc.property(versions, versions, versions, (version, after, until) => {
      const { history } = new ProjectKeys(prefix, 1).branch(mainBranch);
      const { begin, end } = history.range({ after, until });
      const key = history.at(version);
      const isIn = begin.compare(key) <= 0 && key.compare(end) < 0;
      assert.equal(isIn, version > after && version <= until);
    }),
  );
});

test('a key that damage made into something else is a corrupt record', () => {
  const keys = new ProjectKeys(prefix, 1);
  const { history } = keys.branch(mainBranch);
  const isCorrupt = { name: 'PermanentError', code: 'corrupt_record' };
  const noTuple = Buffer.concat([prefix, Buffer.of(0xc2, 0x20)]);
  for (const key of [noTuple, pack('c'), pack('c', 'no hash')]) {
    assert.throws(() => keys.contentOf(key), isCorrupt);
    assert.throws(() => history.version(key), isCorrupt);
  }
  const documents = new TenantKeys(prefix).documents('note');
  for (const tail of [Buffer.of(0xc2), foundationdb().tuple.pack([7])]) {
    const key = Buffer.concat([documents.begin.subarray(0, -1), tail]);
    assert.throws(() => documentId(documents.begin, key), isCorrupt);
  }
});
