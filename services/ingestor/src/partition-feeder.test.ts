import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { FeedGroup, PartitionFeed } from '@swarmledger/ledger';
import { formatVersion } from '@swarmledger/protocol';
import { Metrics, noTracer, silentLogger } from '@swarmledger/runtime';
import { IngestMetrics } from './ingest-metrics.ts';
import { PartitionFeeder, type NewRows } from './partition-feeder.ts';
import { defaultIngestPolicy, type FeedPolicy } from './policy.ts';
import { Slots } from './slots.ts';

const version = formatVersion({ incarnation: 0, stamp: Buffer.alloc(10), order: 0 });
const hourMs = 3_600_000;

/** A feeder on a feed that is a number of rows, and a ClickHouse that remembers what each insert had. */
async function open(context: TestContext, policy: Partial<FeedPolicy>) {
  let waiting = 0;
  const inserts: number[] = [];
  let isWaiting = (): void => undefined;
  const waits = new Promise<void>((resolve) => (isWaiting = resolve));
  const feed: PartitionFeed = {
    partition: 0,
    nextGroup: async () => (waiting === 0 ? undefined : takeGroup()),
    rows: async function* () {
      yield [];
    },
    complete: async () => undefined,
    watch: async ({ signal }) => {
      isWaiting();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  };
  const takeGroup = (): FeedGroup => {
    const rows = waiting;
    waiting = 0;
    return { id: 'group', partition: 0, recovered: false, rows, bytes: 0, commitTimeMs: 0, from: version, to: version };
  };
  const feeder = new PartitionFeeder(0, {
    feed: { open: () => feed },
    link: {
      migrated: async () => undefined,
      insertGroup: async ({ rows }) => {
        inserts.push(rows);
        return rows;
      },
    },
    slots: new Slots(1),
    metrics: new IngestMetrics(new Metrics()),
    tracer: noTracer,
    policy: { ...defaultIngestPolicy.feed, ...policy },
    log: silentLogger,
  });
  const stop = new AbortController();
  const running = feeder.run(stop.signal);
  await waits;
  const commit = async (rows: NewRows): Promise<void> => {
    waiting += rows.count;
    feeder.notify(rows);
    // Time for a feeder that does not wait to take them.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const inserted = async (count: number): Promise<readonly number[]> => {
    while (inserts.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
    return inserts;
  };
  context.after(async () => {
    stop.abort();
    await running;
  });
  return { commit, inserted };
}

test('rows of a backlog wait for each other, and go at once when it is worked off', async (t) => {
  const { commit, inserted } = await open(t, { fillMs: 0, backlogFillMs: hourMs });
  await commit({ count: 10, ahead: 'backlog' });
  await commit({ count: 20, ahead: 'backlog' });
  await commit({ count: 5, ahead: 'nothing' });
  assert.deepEqual(await inserted(1), [35]);
});

test('a full group does not wait for the end of a backlog', async (t) => {
  const { commit, inserted } = await open(t, { fillMs: 0, backlogFillMs: hourMs, rowsTarget: 30 });
  await commit({ count: 10, ahead: 'backlog' });
  await commit({ count: 20, ahead: 'backlog' });
  assert.deepEqual(await inserted(1), [30]);
});

test('rows wait for each other as long as is configured when there is no backlog', async (t) => {
  const { commit, inserted } = await open(t, { fillMs: 200, backlogFillMs: hourMs });
  await commit({ count: 10, ahead: 'nothing' });
  await commit({ count: 20, ahead: 'nothing' });
  assert.equal((await inserted(1)).at(0), 30);
});
