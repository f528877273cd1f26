import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from 'nats';
import type { Bus } from '@swarmledger/bus';
import { createEventId, eventsSubject, parseProjectId, parseTenantId, encodeEvent } from '@swarmledger/protocol';
import { priorities, type Uplink } from '@swarmledger/outbox';
import { eventually, startIngestor, uniqueScope, withHub } from '../ingest/hub.ts';
import { createEvent, createSignal, readHistory, toScope, upTo } from '../ingest/events.ts';
import { openEdgeOutbox, openHubUplink, readLedgerNumbers, recordNumbers, startSyncer } from './edge.ts';

/** The bus of an ingestor whose announcements all get lost. */
function withoutAnnouncements(bus: Bus): Bus {
  return new Proxy(bus, {
    get: (target, name) => {
      if (name === 'receipts') {
        return {
          announce: () => undefined,
          answer: (handler: Parameters<Bus['receipts']['answer']>[0]) => bus.receipts.answer(handler),
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

test('receipts that are never announced are asked for', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub, { withFaults: { bus: withoutAnnouncements } });
    const names = uniqueScope();
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, upTo(30));
    const syncer = await startSyncer(hub, outbox, openHubUplink(hub));
    assert.deepEqual(await syncer.drain(), { kind: 'empty' });
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(30));
    assert.equal(syncer.status().messages, 1);
  });
});

test('a message that JetStream accepted and lost is sent again once the hub says that it does not know it', async () => {
  await withHub(async (hub) => {
    const names = uniqueScope();
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, upTo(30));
    const syncer = await startSyncer(hub, outbox, openHubUplink(hub), { republishAfterMs: 1_000 });
    await eventually(() => syncer.status().state === 'waiting_for_receipts');
    // As after a power cut before JetStream's next fsync.
    const { credentials, servers } = hub.address;
    const connection = await connect({ servers, user: credentials.user, pass: credentials.password.reveal() });
    const manager = await connection.jetstreamManager();
    for (const stream of ['SWARM_EVENTS_0', 'SWARM_EVENTS_1']) await manager.streams.purge(stream);
    await connection.close();
    await startIngestor(hub);
    await eventually(async () => (await outbox.stats()).events === 0);
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(30));
    assert.equal(syncer.status().lastError?.code, 'receipt_missing');
  });
});

test('a duplicate of every message is committed once', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, upTo(500));
    const real = openHubUplink(hub);
    const doubling: Uplink = {
      get state() {
        return real.state;
      },
      problem: undefined,
      onState: (listener) => real.onState(listener),
      measureClock: (...question) => real.measureClock(...question),
      close: () => real.close(),
      publish: async (batch, options) => {
        // Another id: JetStream's own dedupe must not be what saves us.
        await real.publish({ ...batch, batchId: createEventId() }, options);
        return real.publish(batch, options);
      },
    };
    const syncer = await startSyncer(hub, outbox, doubling);
    assert.deepEqual(await syncer.drain(), { kind: 'empty' });
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(500));
  });
});

test('what the hub refuses is parked with the hub’s reason, alone, and its neighbours are committed in order', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const scope = toScope(names);
    const outbox = await openEdgeOutbox(hub);
    const change = createEvent(scope, {
      kind: 'state_change',
      path: 'a.txt' as never,
      action: 'CREATE',
      body: { kind: 'content_sha256', sha256: new Uint8Array(32).fill(7) },
      mode: 0,
      contentBytes: 0,
    });
    // At the head of the queue.
    await outbox.append({
      ...scope,
      agentId: 'agent',
      priority: priorities.normal,
      sequence: 'by_outbox',
      events: [{ eventId: change.eventId, raw: encodeEvent(change) }],
    });
    await recordNumbers(outbox, names, upTo(200));
    const syncer = await startSyncer(hub, outbox, openHubUplink(hub));
    assert.deepEqual(await syncer.drain(), { kind: 'empty' });
    const parked = await outbox.parked();
    assert.deepEqual(
      parked.map(({ entry, code, eventIds }) => [entry, code, eventIds]),
      [[1, 'content_missing', [change.eventId]]],
    );
    assert.deepEqual(await readLedgerNumbers(hub, names), upTo(200));
    // Once it is legal, because the content has arrived, it may go.
    assert.equal(await outbox.retryParked(), 1);
    assert.deepEqual(await syncer.drain(), { kind: 'empty' });
    assert.equal((await outbox.parked()).length, 1);
  });
});

test('an unknown tenant holds its project back, and its entries go once it is registered', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub, { autoTenants: false });
    const names = uniqueScope();
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, upTo(5));
    const refusedRetry = { initialMs: 50, maxMs: 200, attemptsMax: Infinity };
    const syncer = await startSyncer(hub, outbox, openHubUplink(hub), { refusedRetry });
    const outcome = await syncer.drain();
    assert.equal(outcome.kind === 'stuck' && outcome.problem?.code, 'unknown_tenant');
    assert.equal((await outbox.stats()).events, 5);
    const ledger = await hub.openLedger();
    await ledger.tenants.create(parseTenantId(names.tenant));
    await eventually(async () => (await outbox.stats()).events === 0);
    assert.equal((await readHistory(ledger, toScope(names))).length, 5);
  });
});

test('the hub’s clock is measured and stored with each event', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const outbox = await openEdgeOutbox(hub);
    await recordNumbers(outbox, names, [1]);
    const syncer = await startSyncer(hub, outbox, openHubUplink(hub));
    await syncer.drain();
    const [stored] = await readHistory(await hub.openLedger(), toScope(names));
    const offsetUs = stored?.event.clockOffsetUs ?? assert.fail('no offset');
    assert.ok(Math.abs(offsetUs) < 5_000_000, `${offsetUs}`);
    assert.equal(syncer.status().clockOffsetUs, offsetUs);
  });
});

test('an event that the hub got online and from an outbox is there once', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const scope = toScope(names);
    const event = createSignal(scope, 1);
    const subject = eventsSubject(parseTenantId(names.tenant), parseProjectId(names.project));
    await hub.bus.publisher.publishRaw(subject, encodeEvent(event));
    const outbox = await openEdgeOutbox(hub);
    await outbox.append({
      ...scope,
      agentId: 'agent',
      priority: priorities.normal,
      sequence: 'by_producer',
      events: [{ eventId: event.eventId, raw: encodeEvent(event) }],
    });
    const syncer = await startSyncer(hub, outbox, openHubUplink(hub));
    assert.deepEqual(await syncer.drain(), { kind: 'empty' });
    assert.deepEqual(await readLedgerNumbers(hub, names), [1]);
  });
});
