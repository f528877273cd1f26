import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bus, PartitionConsumer } from '@swarmledger/bus';
import { defaultIngestPolicy } from '@swarmledger/ingestor';
import type { AppendMessage, Ledger, Lease } from '@swarmledger/ledger';
import { encodeEvent, eventsSubject } from '@swarmledger/protocol';
import { TransientError } from '@swarmledger/runtime';
import { openEventPipeline } from '@swarmledger/sdk';
import { createSignal, readNumbers, toScope, upTo } from './events.ts';
import { captureLog, eventually, startIngestor, uniqueScope, withHub } from './hub.ts';

type Append = (messages: readonly AppendMessage[]) => ReturnType<Lease['append']>;

/** The real ledger, with something between the ingestor and its appends. */
function withAppend(around: (append: Append, messages: readonly AppendMessage[]) => ReturnType<Lease['append']>) {
  return (ledger: Ledger): Ledger => ({
    ...ledger,
    partitions: {
      beside: (partition) => ledger.partitions.beside(partition),
      acquire: async (partition, owner) => {
        const lease = await ledger.partitions.acquire(partition, owner);
        return {
          partition,
          owner,
          append: (messages, options) => around((given) => lease.append(given, options), messages),
          confirm: () => lease.confirm(),
          release: () => lease.release(),
        };
      },
    },
    close: () => ledger.close(),
    [Symbol.asyncDispose]: () => ledger.close(),
  });
}

/** The real bus, with something between the ingestor and its consumers. */
function withConsumer(around: (consumer: PartitionConsumer) => PartitionConsumer) {
  return (bus: Bus): Bus => ({
    publisher: bus.publisher,
    deadLetters: bus.deadLetters,
    overflow: bus.overflow,
    receipts: bus.receipts,
    jobs: bus.jobs,
    isConnected: true,
    onConnection: (listener) => bus.onConnection(listener),
    ensureStreams: (options) => bus.ensureStreams(options),
    openPartition: async (partition) => around(await bus.openPartition(partition)),
    openRoster: (options) => bus.openRoster(options),
    lag: (partition) => bus.lag(partition),
    close: () => bus.close(),
    [Symbol.asyncDispose]: () => bus.close(),
  });
}

test('appends that fail, before or after they committed, are made again: nothing is lost, doubled or reordered', async () => {
  await withHub(async (hub) => {
    let appends = 0;
    const ledger = withAppend(async (append, messages) => {
      appends += 1;
      if (appends % 3 === 0) throw new TransientError('ledger_down', 'nothing was sent');
      const results = await append(messages);
      if (appends % 3 === 1) throw new TransientError('commit_unknown', 'the answer was lost');
      return results;
    });
    const ingestor = await startIngestor(hub, { withFaults: { ledger } });
    const names = uniqueScope();
    const scope = toScope(names);
    const pipeline = hub.scope.own('pipeline', await openEventPipeline(hub.bus, { ...names, checkBefore: true }));
    for (let start = 0; start < 400; start += 5) {
      await pipeline.publish({ events: upTo(5).map((number) => createSignal(scope, start + number)) });
    }
    const { committed, duplicates } = await pipeline.flush();
    assert.deepEqual({ committed, duplicates }, { committed: 400, duplicates: 0 });
    assert.deepEqual(await readNumbers(await hub.openLedger(), scope), upTo(400));
    assert.match(ingestor.metrics.render(), /swarmledger_retries_total\{step="append",code="ledger_down"\}/);
  });
});

test('messages are claimed again and again while the ledger is away, and none is delivered twice', async () => {
  await withHub(async (hub) => {
    await hub.bus.ensureStreams({ partitions: 2, ackWaitMs: 400 });
    let isAway = true;
    const ledger = withAppend((append, messages) => {
      if (isAway) throw new TransientError('ledger_down', 'away');
      return append(messages);
    });
    const bus = (real: Bus): Bus => ({
      ...withConsumer((consumer) => consumer)(real),
      ensureStreams: async () => undefined,
    });
    const policy = { heartbeatMs: 100, retry: { ...defaultIngestPolicy.retry, maxMs: 100 } };
    const ingestor = await startIngestor(hub, { policy, withFaults: { ledger, bus } });
    const scope = toScope(uniqueScope());
    for (const number of upTo(50)) await hub.bus.publisher.publishEvent(createSignal(scope, number));
    const awayUntilMs = performance.now() + 2_000;
    await eventually(() => performance.now() > awayUntilMs);
    isAway = false;
    const reader = await hub.openLedger();
    await eventually(async () => (await readNumbers(reader, scope)).length === 50);
    assert.deepEqual(await readNumbers(reader, scope), upTo(50));
    for (const partition of [0, 1]) {
      assert.equal(ingestor.metrics.read('swarmledger_events_duplicate_total', { partition }), 0);
    }
  });
});

test('a message that the ledger fails on is a dead letter, and those around it are committed', async () => {
  await withHub(async (hub) => {
    const ledger = withAppend(async (append, messages) => {
      const isPoison = messages.some(({ events }) => events.some(({ event }) => event.sequence === 3));
      if (isPoison) throw new RangeError('a bug in the ledger');
      return append(messages);
    });
    const { log, lines } = captureLog();
    await startIngestor(hub, { log, withFaults: { ledger } });
    const scope = toScope(uniqueScope());
    const subject = eventsSubject(scope.tenant, scope.project);
    await Promise.all(
      upTo(5).map((number) => hub.bus.publisher.publishRaw(subject, encodeEvent(createSignal(scope, number)))),
    );
    const reader = await hub.openLedger();
    await eventually(async () => (await readNumbers(reader, scope)).length === 4);
    await eventually(async () => (await hub.bus.deadLetters.count()) === 1);
    for await (const letter of hub.bus.deadLetters.list()) assert.equal(letter.reason, 'internal_error');
    assert.deepEqual(await readNumbers(reader, scope), [1, 2, 4, 5]);
    assert.ok(lines.some(({ level, message }) => level === 'error' && message === 'append failed'));
  });
});

test('a subscription that is silently dead is renewed, and readiness says so meanwhile', async () => {
  await withHub(async (hub) => {
    let renewed = 0;
    // Deaf until it is renewed: as after a reconnect that the server and the client see differently.
    const bus = withConsumer((consumer) => {
      let isDeaf = true;
      return {
        pull: async (options) => {
          if (!isDeaf) return consumer.pull(options);
          await new Promise<void>((resolve) =>
            options.signal.addEventListener('abort', () => resolve(), { once: true }),
          );
          return [];
        },
        working: () => consumer.working(),
        resubscribe: async () => {
          renewed += 1;
          isDeaf = renewed < 2;
          await consumer.resubscribe();
        },
        close: () => consumer.close(),
      };
    });
    const watchdog = { stallMs: 300, intervalMs: 50 };
    const ingestor = await startIngestor(hub, { policy: { watchdog }, withFaults: { bus } });
    const names = uniqueScope();
    const pipeline = hub.scope.own('pipeline', await openEventPipeline(hub.bus, names));
    await pipeline.publish({ events: [createSignal(toScope(names), 1)] });
    await eventually(async () => {
      const response = await fetch(`http://127.0.0.1:${ingestor.healthPort}/readyz`);
      return response.status === 503 && /messages waiting and has committed none/.test(await response.text());
    });
    assert.equal((await pipeline.flush()).committed, 1);
    assert.ok(renewed >= 2);
    await eventually(async () => (await fetch(`http://127.0.0.1:${ingestor.healthPort}/readyz`)).ok);
  });
});
