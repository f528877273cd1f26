import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Receipt, SwarmEvent } from '@swarmledger/protocol';
import { openEventPipeline, type EventPipeline, type PipelineBus, type PipelineOptions } from '@swarmledger/sdk';
import { createSignal, readNumbers, toScope, upTo } from './events.ts';
import { eventually, startIngestor, startNats, uniqueScope, withHub, type Hub } from './hub.ts';

async function openPipeline(
  hub: Hub,
  names: ReturnType<typeof uniqueScope>,
  options: Partial<PipelineOptions> = {},
  bus: PipelineBus = hub.bus,
): Promise<EventPipeline> {
  return hub.scope.own('pipeline', await openEventPipeline(bus, { ...names, ...options }));
}

/** The bus, but no announcement ever arrives. */
function withoutAnnouncements(bus: PipelineBus): PipelineBus {
  const { publisher, receipts } = bus;
  return {
    publisher,
    receipts: {
      announce: (...announcement) => receipts.announce(...announcement),
      query: (...question) => receipts.query(...question),
      answer: (handler) => receipts.answer(handler),
      measureClock: (...question) => receipts.measureClock(...question),
      subscribe: async () => ({
        close: async () => undefined,
        [Symbol.asyncIterator]: () => ({ next: async (): Promise<IteratorResult<readonly Receipt[]>> => end }),
      }),
    },
  };
}

const end: IteratorResult<readonly Receipt[]> = { done: true, value: undefined };

async function publishInGroups(pipeline: EventPipeline, events: readonly SwarmEvent[], size: number): Promise<void> {
  for (let start = 0; start < events.length; start += size) {
    await pipeline.publish({ events: events.slice(start, start + size) });
  }
}

test('an import that runs again publishes nothing and counts everything as duplicates', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const scope = toScope(names);
    const events = upTo(1_000).map((number) => createSignal(scope, number));
    const seen: number[] = [];
    const first = await openPipeline(hub, names, {
      checkBefore: true,
      onProgress: ({ committed }) => seen.push(committed),
    });
    await publishInGroups(first, events, 30);
    const counts = await first.flush();
    assert.deepEqual(counts, { offered: 1_000, published: 1_000, committed: 1_000, duplicates: 0, rejected: 0 });
    assert.equal(seen.at(-1), 1_000);
    const second = await openPipeline(hub, names, { checkBefore: true });
    await publishInGroups(second, events, 30);
    const again = await second.flush();
    assert.deepEqual(again, { offered: 1_000, published: 0, committed: 0, duplicates: 1_000, rejected: 0 });
    // One group of two more events: it is published, and only the new ones are new.
    const more = [...events.slice(-2), createSignal(scope, 1_001)];
    await second.publish({ events: more });
    assert.deepEqual(await second.flush(), {
      offered: 1_003,
      published: 3,
      committed: 1,
      duplicates: 1_002,
      rejected: 0,
    });
    assert.deepEqual(await readNumbers(await hub.openLedger(), scope), upTo(1_001));
  });
});

test('without asking first, announcements say what was a duplicate', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const scope = toScope(names);
    const events = upTo(50).map((number) => createSignal(scope, number));
    for (const expected of [
      { committed: 50, duplicates: 0 },
      { committed: 0, duplicates: 50 },
    ]) {
      const pipeline = await openPipeline(hub, names);
      await pipeline.publish({ events, splittable: true });
      assert.deepEqual(await pipeline.flush(), { offered: 50, published: 50, rejected: 0, ...expected });
    }
  });
});

test('duplicates are counted right even when no announcement arrives', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const scope = toScope(names);
    const events = upTo(500).map((number) => createSignal(scope, number));
    const deaf = withoutAnnouncements(hub.bus);
    for (const expected of [
      { committed: 500, duplicates: 0 },
      { committed: 0, duplicates: 500 },
    ]) {
      const pipeline = await openPipeline(hub, names, { checkBefore: true, policy: { receiptWaitMs: 100 } }, deaf);
      await publishInGroups(pipeline, events, 100);
      const { committed, duplicates } = await pipeline.flush();
      assert.deepEqual({ committed, duplicates }, expected);
    }
  });
});

test('more events than may be unconfirmed pass through, and no more than that are held', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const scope = toScope(names);
    const pipeline = await openPipeline(hub, names, { policy: { unconfirmedEventsMax: 500, bufferBytesMax: 50_000 } });
    let heldMax = 0;
    for (let start = 0; start < 10_000; start += 100) {
      await pipeline.publish({ events: upTo(100).map((number) => createSignal(scope, start + number)) });
      const { offered, committed } = pipeline.counts;
      heldMax = Math.max(heldMax, offered - committed);
    }
    await pipeline.flush();
    assert.ok(heldMax <= 600, `${heldMax} events were held`);
    assert.deepEqual(await readNumbers(await hub.openLedger(), scope), upTo(10_000));
  });
});

test('a nats-server that is killed and comes back neither loses nor doubles nor reorders anything', async () => {
  await withHub(async (hub) => {
    const ingestor = await startIngestor(hub);
    const names = uniqueScope();
    const scope = toScope(names);
    const pipeline = await openPipeline(hub, names, { checkBefore: true });
    const publishing = (async () => {
      for (let start = 0; start < 6_000; start += 20) {
        await pipeline.publish({ events: upTo(20).map((number) => createSignal(scope, start + number)) });
      }
    })();
    await eventually(() => pipeline.counts.committed > 1_000);
    const { port } = hub.nats;
    hub.nats.kill('SIGKILL');
    await hub.nats.exited;
    hub.scope.own('nats again', await startNats(hub.dataDir, hub.password, 2, port));
    await publishing;
    const { committed, duplicates } = await pipeline.flush({ timeoutMs: 60_000 });
    assert.deepEqual({ committed, duplicates }, { committed: 6_000, duplicates: 0 });
    assert.deepEqual(await readNumbers(await hub.openLedger(), scope), upTo(6_000));
    await pipeline.close();
    await ingestor.close();
  });
});

test('a full stream makes the pipeline wait, not lose', async () => {
  await withHub(async (hub) => {
    await hub.bus.ensureStreams({ partitions: 2, maxBytesPerStream: 100_000 });
    const names = uniqueScope();
    const scope = toScope(names);
    const pipeline = await openPipeline(hub, names);
    for (let start = 0; start < 500; start += 10) {
      await pipeline.publish({
        events: upTo(10).map((number) => createSignal(scope, start + number, 'x'.repeat(1_000))),
      });
    }
    await assert.rejects(pipeline.flush({ until: 'accepted', timeoutMs: 300 }), { code: 'not_accepted' });
    await startIngestor(hub);
    assert.equal((await pipeline.flush()).committed, 500);
    assert.deepEqual(await readNumbers(await hub.openLedger(), scope), upTo(500));
  });
});
