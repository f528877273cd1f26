import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connectBus, type Bus } from '@swarmledger/bus';
import { defaultIngestPolicy, type Ingestor } from '@swarmledger/ingestor';
import { encodeEvent, eventsSubject } from '@swarmledger/protocol';
import { Scope, Secret } from '@swarmledger/runtime';
import { connectEventPipeline, openEventPipeline } from '@swarmledger/sdk';
import { openLedger } from '@swarmledger/ledger';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSignal, readNumbers, toScope, upTo } from './events.ts';
import {
  captureLog,
  eventually,
  isReady,
  spawnIngestor,
  startIngestor,
  startNats,
  uniqueScope,
  withHub,
} from './hub.ts';

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('it starts before its servers, says what it waits for, and begins when they come', async () => {
  const scope = new Scope();
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'swarmledger-ingest-'));
    scope.defer('data', () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
    const port = await findFreePort();
    const password = new Secret('late');
    const address = { servers: `nats://127.0.0.1:${port}`, credentials: { user: 'swarmledger', password } };
    const ingestor = await spawnIngestor({ dataDir, password, scope, address });
    assert.equal((await fetch(`${ingestor.healthUrl}/healthz`)).status, 200);
    const ready = await fetch(`${ingestor.healthUrl}/readyz`);
    assert.equal(ready.status, 503);
    assert.match(await ready.text(), /waiting for .*NATS/);
    scope.own('nats', await startNats(dataDir, password, 2, port));
    await eventually(() => isReady(ingestor.healthUrl));
    const names = uniqueScope();
    const pipeline = scope.own('pipeline', await connectEventPipeline({ ...address, ...names }));
    await pipeline.publish({ events: upTo(10).map((number) => createSignal(toScope(names), number)) });
    assert.equal((await pipeline.flush()).committed, 10);
    ingestor.kill('SIGTERM');
    assert.equal(await ingestor.exited, 0);
    assert.ok(!ingestor.logLines.some((line) => line.includes('late')), 'no password in the log');
  } finally {
    await scope.close();
  }
});

test('it stops while it still waits for its servers', async () => {
  const scope = new Scope();
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'swarmledger-ingest-'));
    scope.defer('data', () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
    const servers = `nats://127.0.0.1:${await findFreePort()}`;
    const ingestor = await spawnIngestor({ dataDir, password: new Secret('x'), scope, address: { servers } });
    ingestor.kill('SIGTERM');
    assert.equal(await ingestor.exited, 0);
  } finally {
    await scope.close();
  }
});

test('told to stop in the middle of its start, it takes no partition and ends at once', async () => {
  await withHub(async (hub) => {
    const { log, lines } = captureLog();
    let closing: Promise<void> | undefined;
    const opened: { ingestor?: Ingestor } = {};
    // The last thing before the partitions are opened.
    const bus = (real: Bus): Bus =>
      new Proxy(real, {
        get: (target, name) => {
          if (name === 'ensureStreams') return stopAfter;
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
    const stopAfter = async (): Promise<void> => {
      const ingestor = await eventually(() => opened.ingestor ?? false);
      closing = ingestor.close();
    };
    opened.ingestor = await startIngestor(hub, { log, withFaults: { bus } });
    await eventually(() => closing !== undefined);
    await closing;
    assert.deepEqual(
      lines.filter(({ message }) => message === 'partition taken'),
      [],
    );
  });
});

test('it ends, with nothing left open, when its ledger can never be opened', async () => {
  const scope = new Scope();
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'swarmledger-ingest-'));
    scope.defer('data', () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
    await writeFile(join(dataDir, 'ledger.sqlite'), 'this is a letter, not a ledger');
    const password = new Secret('here');
    const nats = scope.own('nats', await startNats(dataDir, password, 2));
    const address = { servers: nats.url, credentials: { user: 'swarmledger', password } };
    const ingestor = await spawnIngestor({ dataDir, password, scope, address });
    // NATS is reached a moment after the ledger was given up: that connection must not keep the process alive.
    assert.equal(await ingestor.exited, 2);
    assert.ok(ingestor.logLines.some((line) => line.includes('ledger_unavailable')));
  } finally {
    await scope.close();
  }
});

test('SIGTERM ends it in time while NATS does not answer', async () => {
  await withHub(async (hub) => {
    const ingestor = await spawnIngestor(hub);
    await eventually(() => isReady(ingestor.healthUrl));
    hub.nats.kill('SIGSTOP');
    try {
      const startMs = performance.now();
      ingestor.kill('SIGTERM');
      assert.equal(await ingestor.exited, 0);
      assert.ok(performance.now() - startMs < 10_000);
    } finally {
      hub.nats.kill('SIGCONT');
    }
  });
});

test('SIGTERM under load drains in time and loses nothing', async () => {
  await withHub(async (hub) => {
    const names = uniqueScope();
    const scope = toScope(names);
    let ingestor = await spawnIngestor(hub);
    const pipeline = hub.scope.own('pipeline', await openEventPipeline(hub.bus, { ...names, checkBefore: true }));
    const total = 12_000;
    const publishing = (async () => {
      for (let start = 0; start < total; start += 50) {
        await pipeline.publish({ events: upTo(50).map((number) => createSignal(scope, start + number)) });
      }
    })();
    for (const committed of [2_000, 6_000]) {
      await eventually(() => pipeline.counts.committed >= committed);
      const startMs = performance.now();
      ingestor.kill('SIGTERM');
      assert.equal(await ingestor.exited, 0);
      assert.ok(performance.now() - startMs < 10_000);
      ingestor = await spawnIngestor(hub);
    }
    await publishing;
    const { committed, duplicates } = await pipeline.flush({ timeoutMs: 60_000 });
    assert.deepEqual({ committed, duplicates }, { committed: total, duplicates: 0 });
    assert.deepEqual(await readNumbers(await hub.openLedger(), scope), upTo(total));
    const metrics = await (await fetch(`${ingestor.healthUrl}/metrics`)).text();
    assert.match(metrics, /^swarmledger_events_committed_total\{partition="\d"\} \d+$/m);
    assert.match(metrics, /^swarmledger_events_duplicate_total\{partition="\d"\} 0$/m);
  });
});

test('two processes that own the same partitions take turns, and commit everything once and in order', async () => {
  await withHub(async (hub) => {
    const names = uniqueScope();
    const scope = toScope(names);
    const lease = { initialMs: 200, maxMs: 2_000, attemptsMax: Infinity };
    await startIngestor(hub, { policy: { lease } });
    const pipeline = hub.scope.own('pipeline', await openEventPipeline(hub.bus, { ...names, checkBefore: true }));
    const publishing = (async () => {
      for (let start = 0; start < 5_000; start += 20) {
        await pipeline.publish({ events: upTo(20).map((number) => createSignal(scope, start + number)) });
      }
    })();
    await eventually(() => pipeline.counts.committed > 500);
    await startIngestor(hub, { policy: { lease } });
    await publishing;
    const { committed, duplicates } = await pipeline.flush();
    assert.deepEqual({ committed, duplicates }, { committed: 5_000, duplicates: 0 });
    assert.deepEqual(await readNumbers(await hub.openLedger(), scope), upTo(5_000));
  });
});

test('a burst of dead letters stops its tenant, not the partition, and good events go on after the cool-down', async () => {
  await withHub(async (hub) => {
    const { log, lines } = captureLog();
    const breaker = { deadLettersMax: 5, windowMs: 60_000, coolDownMs: 700 };
    const ingestor = await startIngestor(hub, { log, policy: { breaker } });
    const healthUrl = `http://127.0.0.1:${ingestor.healthPort}`;
    await eventually(() => isReady(healthUrl));
    const scope = toScope(uniqueScope());
    const subject = eventsSubject(scope.tenant, scope.project);
    const publisher = hub.bus.publisher;
    await Promise.all(upTo(8).map((number) => publisher.publishRaw(subject, Buffer.from(`bad ${number}`))));
    await eventually(() => lines.some(({ message }) => message === 'tenant stopped by a burst of dead letters'));
    assert.ok(await isReady(healthUrl));
    await Promise.all(upTo(3).map((number) => publisher.publishRaw(subject, encodeEvent(createSignal(scope, number)))));
    const ledger = await hub.openLedger();
    await eventually(async () => (await readNumbers(ledger, scope)).length === 3);
    await eventually(() => isReady(healthUrl));
    assert.equal(await hub.bus.deadLetters.count(), 8);
    const errors = lines.filter(({ message }) => message === 'tenant stopped by a burst of dead letters');
    assert.ok(errors.length >= 1 && errors.every(({ level }) => level === 'error'));
  });
});

test('a ledger that is taken away from under it is an error that it waits out', async () => {
  await withHub(async (hub) => {
    const { log, lines } = captureLog();
    const lease = { ...defaultIngestPolicy.lease, initialMs: 100 };
    await startIngestor(hub, { log, policy: { lease } });
    const names = uniqueScope();
    const scope = toScope(names);
    const pipeline = hub.scope.own('pipeline', await openEventPipeline(hub.bus, names));
    await pipeline.publish({ events: [createSignal(scope, 1)] });
    await pipeline.flush();
    const thief = await openLedger({ connection: hub.connection });
    for (const partition of [0, 1]) await thief.partitions.acquire(partition, 'thief');
    await thief.close();
    await pipeline.publish({ events: [createSignal(scope, 2)] });
    await pipeline.flush();
    assert.deepEqual(await readNumbers(await hub.openLedger(), scope), [1, 2]);
    assert.ok(lines.some(({ level, message }) => level === 'warn' && message.startsWith('partition given up')));
  });
});

test('a second connection asks for receipts of a project that does not exist, and is told that nothing is known', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const asker = hub.scope.own('asker', await connectBus({ ...hub.address, name: 'asker' }));
    const { tenant, project } = toScope(uniqueScope());
    const event = createSignal({ tenant, project }, 1);
    const ask = () => asker.receipts.query(tenant, project, [event.eventId], { timeoutMs: 2_000 });
    assert.deepEqual(await eventually(ask), [{ kind: 'unknown', eventId: event.eventId }]);
    await hub.bus.publisher.publishEvent(event);
    await eventually(async () => (await ask())[0]?.kind === 'committed');
  });
});
