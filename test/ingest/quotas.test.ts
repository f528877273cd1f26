import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bus } from '@swarmledger/bus';
import type { Ingestor } from '@swarmledger/ingestor';
import type { Ledger, Quota } from '@swarmledger/ledger';
import { encodeEvent, eventsSubject, type EventScope, type SwarmEvent } from '@swarmledger/protocol';
import { TransientError } from '@swarmledger/runtime';
import { createSignal, readNumbers, toScope, upTo } from './events.ts';
import { captureLog, eventually, spawnIngestor, startIngestor, uniqueScope, withHub } from './hub.ts';

const registered = { SWARMLEDGER_AUTO_TENANTS: 'false' };

/** A tenant with a quota of its own. */
async function createTenant(ledger: Ledger, quota: Partial<Quota>): Promise<EventScope> {
  const scope = toScope(uniqueScope());
  await ledger.tenants.create(scope.tenant, { quota });
  return scope;
}

function publishAll(bus: Bus, events: readonly SwarmEvent[]): Promise<unknown> {
  return Promise.all(events.map((event) => bus.publisher.publishEvent(event)));
}

/** Waits until the project has the numbers 1 to `count`, each once and in order. */
async function untilCommitted(ledger: Ledger, scope: EventScope, count: number): Promise<void> {
  await eventually(async () => (await readNumbers(ledger, scope)).length >= count, 90_000);
  assert.deepEqual(await readNumbers(ledger, scope), upTo(count));
}

/** Publishes into another project of the tenant until it is let through; what was not is dropped. */
async function untilQuotaHolds(bus: Bus, ledger: Ledger, { tenant }: EventScope): Promise<void> {
  const parked = await bus.deadLetters.count();
  const probe = toScope({ tenant, project: 'probe' });
  await eventually(async () => {
    const before = await bus.deadLetters.count();
    await bus.publisher.publishEvent(createSignal(probe, 1));
    await eventually(async () => (await countCommitted(ledger, probe)) > 0 || (await bus.deadLetters.count()) > before);
    return (await countCommitted(ledger, probe)) > 0;
  }, 60_000);
  const letters: number[] = [];
  for await (const { sequence } of bus.deadLetters.list()) letters.push(sequence);
  for (const sequence of letters.slice(parked)) await bus.deadLetters.drop({ sequence });
}

function sumOf({ metrics }: Ingestor, name: string): number {
  return [0, 1].reduce((sum, partition) => sum + metrics.read(name, { partition }), 0);
}

async function untilParked(bus: Bus, count: number): Promise<void> {
  await eventually(async () => (await bus.deadLetters.count()) === count, 60_000);
}

async function untilLaneIsEmpty(bus: Bus): Promise<void> {
  await eventually(async () => (await bus.overflow.depth()).packets === 0, 90_000);
}

function readUsage(ledger: Ledger, { tenant }: EventScope): Promise<number> {
  return ledger.tenants.usage(tenant, new Date().toISOString().slice(0, 10));
}

test('events beyond the day’s quota are parked, their producer is told, and they can be put back when there is room', async () => {
  await withHub(async (hub) => {
    const ledger = await hub.openLedger();
    const scope = await createTenant(ledger, { eventsPerDay: 100 });
    const other = await createTenant(ledger, { eventsPerDay: 100 });
    await startIngestor(hub, { autoTenants: false });
    const events = upTo(150).map((number) => createSignal(scope, number));
    await publishAll(hub.bus, events);
    await publishAll(hub.bus, [createSignal(other, 1)]);
    await untilParked(hub.bus, 50);
    assert.deepEqual(await readNumbers(ledger, scope), upTo(100));
    assert.equal(await readUsage(ledger, scope), 100);
    await untilCommitted(ledger, other, 1);
    for await (const { reason, tenant } of hub.bus.deadLetters.list())
      assert.deepEqual({ reason, tenant }, { reason: 'over_quota', tenant: scope.tenant });
    const ids = [events[99], events[100]].flatMap((event) => (event === undefined ? [] : [event.eventId]));
    const receipts = await hub.bus.receipts.query(scope.tenant, scope.project, ids, { timeoutMs: 5_000 });
    assert.deepEqual(
      receipts.map((receipt) => (receipt.kind === 'rejected' ? receipt.reason : receipt.kind)),
      ['committed', 'over_quota'],
    );

    await ledger.tenants.change(scope.tenant, { quota: { eventsPerDay: 1_000 } });
    await untilQuotaHolds(hub.bus, ledger, scope);
    assert.equal(await hub.bus.deadLetters.replay({ tenant: scope.tenant, reason: 'over_quota' }), 50);
    await untilCommitted(ledger, scope, 150);
    assert.equal(await hub.bus.deadLetters.count(), 0);
    assert.equal(await readUsage(ledger, scope), 151);
  });
});

test('what is committed already is no dead letter, whatever is left of the day', async () => {
  await withHub(async (hub) => {
    const ledger = await hub.openLedger();
    const scope = await createTenant(ledger, { eventsPerDay: 20 });
    await startIngestor(hub, { autoTenants: false });
    const events = upTo(20).map((number) => createSignal(scope, number));
    await publishAll(hub.bus, events);
    await untilCommitted(ledger, scope, 20);
    // Without the message's id: as an outbox sends them again after a week.
    for (const event of events)
      await hub.bus.publisher.publishRaw(eventsSubject(scope.tenant, scope.project), encodeEvent(event));
    await publishAll(hub.bus, [createSignal(scope, 21)]);
    await untilParked(hub.bus, 1);
    await eventually(async () => {
      const lags = await Promise.all([hub.bus.lag(0), hub.bus.lag(1)]);
      return lags.every(({ pending, unacknowledged }) => pending + unacknowledged === 0);
    });
    assert.deepEqual(await readNumbers(ledger, scope), upTo(20));
    assert.equal(await hub.bus.deadLetters.count(), 1);
    assert.equal(await readUsage(ledger, scope), 20);
  });
});

test('a project over its rate goes through the overflow lane, once and in order, and others do not wait', async () => {
  await withHub(async (hub) => {
    const ledger = await hub.openLedger();
    const flood = await createTenant(ledger, { eventsPerSecond: 200, burstEvents: 50 });
    const quiet = await createTenant(ledger, {});
    const ingestor = await startIngestor(hub, { autoTenants: false });
    await publishAll(
      hub.bus,
      upTo(1_500).map((number) => createSignal(flood, number)),
    );
    await publishAll(
      hub.bus,
      upTo(20).map((number) => createSignal(quiet, number)),
    );
    await untilCommitted(ledger, quiet, 20);
    await untilCommitted(ledger, flood, 1_500);
    await untilLaneIsEmpty(hub.bus);
    assert.equal(await readUsage(ledger, flood), 1_500);
    assert.ok(sumOf(ingestor, 'swarmledger_overflow_moved_total') > 0);
    // With nothing in the lane it goes straight to the ledger again.
    await publishAll(hub.bus, [createSignal(flood, 1_501)]);
    await untilCommitted(ledger, flood, 1_501);
    assert.equal(await hub.bus.deadLetters.count(), 0);
  });
});

test('an ingestor that is killed while a project is in the lane: its next owner finds it there, and all is committed in order', async () => {
  await withHub(async (hub) => {
    const ledger = await hub.openLedger();
    const scope = await createTenant(ledger, { eventsPerSecond: 300, burstEvents: 50 });
    let ingestor = await spawnIngestor(hub, registered);
    const total = 3_000;
    const publishing = (async () => {
      for (let start = 0; start < total; start += 100)
        await publishAll(
          hub.bus,
          upTo(100).map((number) => createSignal(scope, start + number)),
        );
    })();
    for (const committed of [200, 900, 1_600]) {
      await eventually(async () => (await countCommitted(ledger, scope)) >= committed, 90_000);
      ingestor.kill('SIGKILL');
      await ingestor.exited;
      ingestor = await spawnIngestor(hub, registered);
    }
    await publishing;
    await untilCommitted(ledger, scope, total);
    await untilLaneIsEmpty(hub.bus);
    assert.equal(await readUsage(ledger, scope), total);
  });
});

test('a partition with a lane in use is handed over to another ingestor, and back', async () => {
  await withHub(async (hub) => {
    const ledger = await hub.openLedger();
    const scopes = await Promise.all(
      upTo(4).map(() => createTenant(ledger, { eventsPerSecond: 150, burstEvents: 20 })),
    );
    const shared = { ...registered, SWARMLEDGER_OWN_PARTITIONS: 'auto' };
    const first = await spawnIngestor(hub, shared);
    const total = 1_500;
    const publish = (from: number, to: number): Promise<unknown> =>
      publishAll(
        hub.bus,
        scopes.flatMap((scope) => upTo(to - from).map((number) => createSignal(scope, from + number))),
      );
    await publish(0, 700);
    const count = async (): Promise<number> => {
      const counts = await Promise.all(scopes.map((scope) => countCommitted(ledger, scope)));
      return counts.reduce((sum, each) => sum + each, 0);
    };
    await eventually(async () => (await count()) > 300, 60_000);
    const second = await spawnIngestor(hub, shared);
    await publish(700, 1_100);
    await eventually(() => second.logLines.some((line) => line.includes('"partition taken"')), 60_000);
    await publish(1_100, total);
    first.kill('SIGTERM');
    assert.equal(await first.exited, 0);
    for (const scope of scopes) await untilCommitted(ledger, scope, total);
    await untilLaneIsEmpty(hub.bus);
  });
});

test('while quotas cannot be read events are let through, and are counted', async () => {
  await withHub(async (hub) => {
    const ledger = await hub.openLedger();
    const scope = await createTenant(ledger, { eventsPerDay: 10, eventsPerSecond: 1, burstEvents: 1 });
    let isDown = true;
    const withoutQuotas = (real: Ledger): Ledger => ({
      ...real,
      tenants: withUsages(real, (ids, day) => {
        if (isDown) throw new TransientError('ledger_unavailable', 'the quota store is down');
        return real.tenants.usages(ids, day);
      }),
    });
    const ingestor = await startIngestor(hub, { autoTenants: false, withFaults: { ledger: withoutQuotas } });
    await publishAll(
      hub.bus,
      upTo(30).map((number) => createSignal(scope, number)),
    );
    await untilCommitted(ledger, scope, 30);
    assert.equal(await readUsage(ledger, scope), 30);
    assert.ok(ingestor.metrics.read('swarmledger_quota_unread_total') > 0);
    isDown = false;
    await publishAll(hub.bus, [createSignal(scope, 31)]);
    await untilParked(hub.bus, 1);
  });
});

function withUsages(ledger: Ledger, usages: Ledger['tenants']['usages']): Ledger['tenants'] {
  return new Proxy(ledger.tenants, {
    get: (target, name) => {
      if (name === 'usages') return async (...given: Parameters<typeof usages>) => usages(...given);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}

test('a full lane holds a project back in its partition, others go on, and all of it is committed in order', async () => {
  await withHub(async (hub) => {
    const ledger = await hub.openLedger();
    const scope = await createTenant(ledger, { eventsPerSecond: 400, burstEvents: 1 });
    const quiet = await createTenant(ledger, {});
    const limit = { partitions: 2, maxOverflowPacketsPerProject: 2 };
    const { log, lines } = captureLog();
    await startIngestor(hub, {
      log,
      autoTenants: false,
      policy: { lane: { placesMax: 10, packetsMax: 4, fetchesAtOnce: 2, lookAgainMs: 500, heldRetryMs: 500 } },
      withFaults: { bus: (bus) => withStreams(bus, () => bus.ensureStreams(limit)) },
    });
    const padding = 'x'.repeat(2_000);
    const total = 600;
    for (let start = 0; start < total; start += 20)
      await publishAll(
        hub.bus,
        upTo(20).map((number) => createSignal(scope, start + number, padding)),
      );
    await eventually(() => lines.some(({ message }) => message === 'overflow lane full, holding back a project'));
    await publishAll(hub.bus, [createSignal(quiet, 1)]);
    await untilCommitted(ledger, quiet, 1);
    await untilCommitted(ledger, scope, total);
    await untilLaneIsEmpty(hub.bus);
  });
});

function withStreams(bus: Bus, ensureStreams: Bus['ensureStreams']): Bus {
  return new Proxy(bus, {
    get: (target, name) => {
      if (name === 'ensureStreams') return ensureStreams;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}

test('one tenant’s poison waits after a burst of it, is parked in the end, and nobody else notices', async () => {
  await withHub(async (hub) => {
    const breaker = { deadLettersMax: 5, windowMs: 60_000, coolDownMs: 500 };
    const ingestor = await startIngestor(hub, { policy: { breaker } });
    const poisoned = toScope(uniqueScope());
    const subject = eventsSubject(poisoned.tenant, poisoned.project);
    // Others of the same partition, whichever it is.
    const others = upTo(6).map(() => toScope(uniqueScope()));
    for (let round = 0; round < 10; round++) {
      await Promise.all(upTo(20).map((number) => hub.bus.publisher.publishRaw(subject, Buffer.from(`bad ${number}`))));
      await publishAll(
        hub.bus,
        others.map((scope) => createSignal(scope, round + 1)),
      );
    }
    const ledger = await hub.openLedger();
    for (const scope of others) await untilCommitted(ledger, scope, 10);
    await publishAll(
      hub.bus,
      upTo(3).map((number) => createSignal(poisoned, number)),
    );
    await untilCommitted(ledger, poisoned, 3);
    assert.equal(await hub.bus.deadLetters.count(), 200);
    assert.ok(sumOf(ingestor, 'swarmledger_overflow_moved_total') > 0);
  });
});

async function countCommitted(ledger: Ledger, scope: EventScope): Promise<number> {
  try {
    return (await readNumbers(ledger, scope)).length;
  } catch {
    // Its first event makes the project.
    return 0;
  }
}
