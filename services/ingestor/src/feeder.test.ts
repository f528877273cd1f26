import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { FeedGroup, FeedReader } from '@swarmledger/ledger';
import { formatVersion } from '@swarmledger/protocol';
import { Metrics, noTracer, PermanentError, silentLogger, TransientError } from '@swarmledger/runtime';
import { Feeder, type NewRows } from './feeder.ts';
import { IngestMetrics } from './ingest-metrics.ts';
import { defaultIngestPolicy, type FeedPolicy } from './policy.ts';

const version = formatVersion({ incarnation: 0, stamp: Buffer.alloc(10), order: 0 });
const hourMs = 3_600_000;

/** Partition and rows of each slice of a group. */
type Rows = Readonly<Record<number, number>>;

/** A feed that is a number of rows in each partition: what the ledger's own feed does is tested there. */
class CountedFeed implements FeedReader {
  readonly waiting = new Map<number, number>();
  readonly groups = new Map<string, { readonly rows: Rows; readonly group: FeedGroup }>();
  /** Nobody can read its rows. */
  damaged: number | undefined;
  #made = 0;
  #isWatched = (): void => undefined;
  readonly watched = new Promise<void>((resolve) => (this.#isWatched = resolve));
  #news = (): void => undefined;

  /** What somebody else commits is only seen by a watch. */
  add(partition: number, rows: number): void {
    this.waiting.set(partition, (this.waiting.get(partition) ?? 0) + rows);
    this.#news();
  }

  async nextGroup(
    partitions: readonly number[],
    { rowsTarget }: { readonly rowsTarget: number },
  ): Promise<FeedGroup | undefined> {
    for (const { rows, group } of this.groups.values())
      if (partitions.some((partition) => partition in rows)) return { ...group, recovered: true, left: partitions };
    const rows: Record<number, number> = {};
    let sum = 0;
    for (const partition of partitions) {
      const waiting = this.waiting.get(partition) ?? 0;
      const count = Math.min(waiting, rowsTarget - sum);
      if (count === 0) continue;
      rows[partition] = count;
      sum += count;
      this.waiting.set(partition, waiting - count);
    }
    if (sum === 0) return undefined;
    const slices = Object.keys(rows).map((partition) => ({ partition: Number(partition), from: version, to: version }));
    const left = partitions.filter((partition) => (this.waiting.get(partition) ?? 0) > 0);
    const id = `${(this.#made += 1)}`;
    const group = { id, slices, recovered: false, rows: sum, bytes: 0, commitTimeMs: 0, left };
    this.groups.set(id, { rows, group });
    return group;
  }

  async *rows(group: FeedGroup): AsyncGenerator<[]> {
    yield [];
    if (group.slices.some(({ partition }) => partition === this.damaged))
      throw new PermanentError('corrupt_record', 'damaged');
  }

  async complete({ id }: FeedGroup): Promise<void> {
    this.groups.delete(id);
  }

  async dissolve({ id }: FeedGroup): Promise<void> {
    for (const [partition, rows] of Object.entries(this.rowsOf(id))) {
      const waiting = this.waiting.get(Number(partition)) ?? 0;
      this.waiting.set(Number(partition), waiting + rows);
    }
    this.groups.delete(id);
  }

  async watch(_partitions: readonly number[], { signal }: { readonly signal: AbortSignal }): Promise<void> {
    const changed = new Promise<void>((resolve) => {
      this.#news = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#isWatched();
    await changed;
  }

  rowsOf(id: string): Rows {
    return this.groups.get(id)?.rows ?? {};
  }
}

/** A feeder of partitions 0, 1 and 2, and a ClickHouse that remembers what each insert had. */
async function open(context: TestContext, policy: Partial<FeedPolicy>) {
  const feed = new CountedFeed();
  const inserts: Rows[] = [];
  const ids: string[] = [];
  const clickhouse = { insert: async (): Promise<void> => undefined };
  const feeder = new Feeder({
    feed: { open: () => feed },
    link: {
      migrated: async () => undefined,
      insertGroup: async (group, pages) => {
        for await (const page of pages) assert.deepEqual(page, []);
        const rows = feed.rowsOf(group.id);
        ids.push(group.id);
        await clickhouse.insert();
        inserts.push(rows);
        return group.rows;
      },
    },
    metrics: new IngestMetrics(new Metrics()),
    tracer: noTracer,
    policy: { ...defaultIngestPolicy.feed, retry: { initialMs: 10, maxMs: 10, attemptsMax: Infinity }, ...policy },
    log: silentLogger,
  });
  const stop = new AbortController();
  const done = Promise.all([feeder.run(stop.signal), ...[0, 1, 2].map((p) => feeder.feed(p, stop.signal))]);
  await feed.watched;
  const commit = async (partition: number, count: number, ahead: NewRows['ahead'] = 'nothing'): Promise<void> => {
    feed.waiting.set(partition, (feed.waiting.get(partition) ?? 0) + count);
    feeder.notify(partition, { count, ahead });
    await turns();
  };
  const inserted = async (count: number): Promise<readonly Rows[]> => {
    while (inserts.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
    return inserts;
  };
  context.after(async () => {
    stop.abort();
    await done;
  });
  return { feed, feeder, commit, inserted, inserts, ids, clickhouse, stop, done };
}

/** Time for a feeder that does not wait to take what is there. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('rows of all partitions go in one insert, once the oldest have waited as long as is configured', async (t) => {
  const { commit, inserted } = await open(t, { fillMs: 200 });
  await commit(1, 10);
  await commit(0, 20);
  await commit(1, 5);
  assert.deepEqual(await inserted(1), [{ 0: 20, 1: 15 }]);
});

test('rows of a backlog wait for each other, and go at once when it is worked off', async (t) => {
  const { commit, inserted } = await open(t, { fillMs: 0, backlogFillMs: hourMs });
  await commit(0, 10, 'backlog');
  await commit(0, 20, 'backlog');
  await commit(1, 7, 'backlog');
  await commit(0, 5);
  assert.deepEqual(await inserted(1), [{ 0: 35, 1: 7 }]);
});

test('a partition without a backlog does not wait for one that has it', async (t) => {
  const { commit, inserted } = await open(t, { fillMs: 100, backlogFillMs: hourMs });
  await commit(0, 10, 'backlog');
  await commit(1, 1);
  assert.deepEqual(await inserted(1), [{ 0: 10, 1: 1 }]);
});

test('a full group does not wait, of one partition in a backlog nor of several without', async (t) => {
  const { commit, inserted } = await open(t, { fillMs: hourMs, backlogFillMs: hourMs, rowsTarget: 30 });
  await commit(1, 30, 'backlog');
  assert.deepEqual(await inserted(1), [{ 1: 30 }]);
  await commit(0, 20, 'backlog');
  await commit(2, 20);
  await commit(0, 10);
  assert.deepEqual((await inserted(2))[1], { 0: 30 });
});

test('what a full group left goes next, and so many inserts run at once as are configured', async (t) => {
  const { feed, feeder, inserted, ids, clickhouse } = await open(t, { fillMs: 20, rowsTarget: 10, insertsAtOnce: 2 });
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  clickhouse.insert = () => released;
  for (const partition of [0, 1, 2]) feed.waiting.set(partition, 10);
  for (const partition of [0, 1, 2]) feeder.notify(partition, { count: 10, ahead: 'nothing' });
  while (ids.length < 2) await turns();
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(ids.length, 2);
  release();
  assert.deepEqual(
    (await inserted(3)).flatMap((rows) => Object.keys(rows)),
    ['0', '1', '2'],
  );
});

test('a partition with very much takes turns with the others', async (t) => {
  const { feed, feeder, inserted } = await open(t, { fillMs: 20, rowsTarget: 10, insertsAtOnce: 1 });
  feed.waiting.set(0, 40).set(1, 10).set(2, 5);
  for (const [partition, count] of [...feed.waiting]) feeder.notify(partition, { count, ahead: 'nothing' });
  assert.deepEqual((await inserted(3)).slice(0, 3), [{ 0: 10 }, { 1: 10 }, { 0: 5, 2: 5 }]);
});

test('what somebody else commits is fed too', async (t) => {
  const { feed, inserted } = await open(t, { fillMs: 0 });
  feed.add(2, 3);
  assert.deepEqual(await inserted(1), [{ 2: 3 }]);
});

test('a failed insert is tried again with the same group, and others go on meanwhile', async (t) => {
  const { commit, inserted, inserts, ids, clickhouse } = await open(t, { fillMs: 0 });
  clickhouse.insert = async () => {
    if (inserts.length === 0 && ids.at(-1) === ids[0]) throw new TransientError('analytics_unavailable', 'gone');
  };
  await commit(0, 10);
  while (ids.length === 0) await turns();
  await commit(1, 20);
  assert.deepEqual(await inserted(2), [{ 1: 20 }, { 0: 10 }]);
  assert.equal(ids.at(-1), ids[0]);
});

test('a group that comes again by another of its partitions is inserted once', async (t) => {
  const { feed, feeder, commit, inserted, ids, clickhouse, stop } = await open(t, { fillMs: 0 });
  let release = (): void => undefined;
  clickhouse.insert = () => new Promise((resolve) => (release = resolve));
  await commit(0, 10);
  while (ids.length === 0) await turns();
  // Partition 3 is in the group too, and becomes this process's while the group is on its way.
  const found = feed.groups.get(ids[0]!)!;
  const slices = [...found.group.slices, { partition: 3, from: version, to: version }];
  feed.groups.set(ids[0]!, { rows: { 0: 10, 3: 5 }, group: { ...found.group, slices } });
  const given = feeder.feed(3, stop.signal);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(ids.length, 1);
  release();
  await inserted(1);
  clickhouse.insert = async () => undefined;
  feed.waiting.set(3, 7);
  feeder.notify(3, { count: 7, ahead: 'nothing' });
  assert.deepEqual((await inserted(2))[1], { 3: 7 });
  stop.abort();
  await given;
});

test('what is damaged in one partition does not hold up the others', async (t) => {
  const { feed, feeder, inserted } = await open(t, { fillMs: 20 });
  feed.damaged = 1;
  for (const partition of [0, 1, 2]) feed.waiting.set(partition, 10);
  for (const partition of [0, 1, 2]) feeder.notify(partition, { count: 10, ahead: 'nothing' });
  const others = await inserted(2);
  assert.deepEqual(others.map((rows) => JSON.stringify(rows)).sort(), ['{"0":10}', '{"2":10}']);
  feed.damaged = undefined;
  assert.deepEqual((await inserted(3))[2], { 1: 10 });
});

test('a partition is given up when its insert in flight is done, and no later one has it', async (t) => {
  const { feed, feeder, inserts, ids, clickhouse } = await open(t, { fillMs: 0 });
  const gone = new AbortController();
  let isGivenUp = false;
  const given = feeder.feed(3, gone.signal).then(() => (isGivenUp = true));
  await turns();
  let release = (): void => undefined;
  clickhouse.insert = () => new Promise((resolve) => (release = resolve));
  feed.waiting.set(3, 4);
  feeder.notify(3, { count: 4, ahead: 'nothing' });
  while (ids.length === 0) await turns();
  gone.abort();
  await turns();
  assert.equal(isGivenUp, false);
  release();
  await given;
  assert.deepEqual(inserts, [{ 3: 4 }]);
  clickhouse.insert = async () => undefined;
  feed.waiting.set(3, 5);
  feeder.notify(3, { count: 5, ahead: 'nothing' });
  await turns();
  assert.equal(inserts.length, 1);
});

test('stopping waits for the insert in flight', async (t) => {
  const { commit, inserts, clickhouse, stop, done } = await open(t, { fillMs: 0 });
  let release = (): void => undefined;
  const isSent = new Promise<void>((resolve) => {
    clickhouse.insert = () => {
      resolve();
      return new Promise((done) => (release = done));
    };
  });
  await commit(0, 10);
  await isSent;
  stop.abort();
  await turns();
  assert.deepEqual(inserts, []);
  release();
  await done;
  assert.deepEqual(inserts, [{ 0: 10 }]);
});
