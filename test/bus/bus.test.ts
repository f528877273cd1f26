import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectBus, type Bus, type BusMessage, type PartitionConsumer } from '@swarmledger/bus';
import {
  createEventId,
  decodeMessage,
  encodeEvent,
  eventFromJson,
  parseProjectId,
  parseTenantId,
  type EventScope,
  type SwarmEvent,
} from '@swarmledger/protocol';
import { PermanentError, Secret, TransientError } from '@swarmledger/runtime';
import { eventually } from '../support/cli.ts';
import { withNats } from '../support/nats.ts';

const scope: EventScope = { tenant: parseTenantId('acme'), project: parseProjectId('web') };
const never = new AbortController().signal;

function createSignal(sequence: number, in_: EventScope = scope): SwarmEvent {
  return eventFromJson({ agent_id: 'a', sequence, system_signal: { kind: 'test', message: 'm' } }, in_);
}

function pullOnce(consumer: PartitionConsumer, waitMs = 500): Promise<readonly BusMessage[]> {
  return consumer.pull({ maxMessages: 100, maxBytes: 1_000_000, waitMs, signal: never });
}

/** The partition of a project, and a consumer of it. */
async function openFor(bus: Bus, project: EventScope): Promise<PartitionConsumer> {
  const ack = await bus.publisher.publishEvent(createSignal(0, project));
  const consumer = await bus.openPartition(Number(ack.stream.split('_').at(-1)));
  for (const message of await pullOnce(consumer)) message.ack();
  return consumer;
}

test('a project always goes to one partition, in publish order, and what is acked is gone', async () => {
  await withNats(async (nats) => {
    const bus = await nats.connect();
    await bus.ensureStreams({ partitions: 4 });
    await bus.ensureStreams({ partitions: 4 });
    const consumer = await openFor(bus, scope);
    const acks = await Promise.all(
      Array.from({ length: 300 }, (_, index) => bus.publisher.publishEvent(createSignal(index + 1))),
    );
    assert.equal(new Set(acks.map(({ stream }) => stream)).size, 1);
    const seen: number[] = [];
    while (seen.length < 300) {
      for (const message of await pullOnce(consumer)) {
        const [received] = decodeMessage(message.data, message.kind, scope);
        seen.push(received?.event.sequence ?? -1);
        message.ack();
      }
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 300 }, (_, index) => index + 1),
    );
    const partition = Number(acks[0]?.stream.split('_').at(-1));
    await eventually(async () => {
      const { pending, unacknowledged } = await bus.lag(partition);
      return pending + unacknowledged === 0 ? true : undefined;
    });
    await consumer.close();
  });
});

test('what was not acked comes again: handed back, or when its consumer closes', async () => {
  await withNats(async (nats) => {
    const bus = await nats.connect();
    await bus.ensureStreams({ partitions: 4 });
    const consumer = await openFor(bus, scope);
    const batchId = createEventId();
    await bus.publisher.publishBatch(batchId, [encodeEvent(createSignal(1)), encodeEvent(createSignal(2))], scope, {
      traceparent: '00-1',
    });
    const [first] = await pullOnce(consumer);
    assert.ok(first);
    assert.deepEqual([first.kind, first.redelivered, first.traceparent], ['batch', false, '00-1']);
    first.retryLater(0);
    const [again] = await pullOnce(consumer, 5_000);
    assert.deepEqual([again?.sequence, again?.redelivered], [first.sequence, true]);
    again?.ack();
    await consumer.close();
    await assert.rejects(pullOnce(consumer), TransientError);
  });
});

test('a full stream refuses loudly, a flooding project only itself, and nothing is dropped', async () => {
  await withNats(async (nats) => {
    const bus = await nats.connect();
    await bus.ensureStreams({ partitions: 1, maxMessagesPerProject: 10 });
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => bus.publisher.publishEvent(createSignal(index + 1))),
    );
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    assert.equal(refused.length, 10);
    for (const error of refused)
      assert.ok(error instanceof TransientError && error.code === 'stream_full', String(error));
    await bus.publisher.publishEvent(createSignal(1, { ...scope, project: parseProjectId('quiet') }));
    assert.equal((await bus.lag(0)).pending, 11);
  }, 1);
});

test('dead letters keep bytes and reasons, go back where they came from, and are kept when refused again', async () => {
  await withNats(async (nats) => {
    const bus = await nats.connect();
    await bus.ensureStreams({ partitions: 4 });
    const data = Buffer.from([0, 255, 1]);
    const headers = new Map([
      ['Nats-Msg-Id', 'x'],
      ['traceparent', '00-2'],
    ]);
    const letter = {
      subject: 'swarm.acme.web.events.3',
      originalSequence: 7,
      reason: 'undecodable',
      message: 'bad “bytes”\n',
      data,
      headers,
    };
    await bus.deadLetters.put(letter);
    await bus.deadLetters.put(letter);
    await bus.deadLetters.put({
      ...letter,
      subject: 'swarm.Bad*.web.events',
      originalSequence: 8,
      reason: 'invalid_subject',
    });
    const all = [];
    for await (const found of bus.deadLetters.list()) all.push(found);
    assert.deepEqual(
      all.map(({ tenant, reason }) => [tenant, reason]),
      [
        ['acme', 'undecodable'],
        ['unknown', 'invalid_subject'],
      ],
    );
    assert.deepEqual(Buffer.from(all[0]?.data ?? []), data);
    assert.deepEqual(
      [all[0]?.message, all[0]?.subject, all[0]?.headers.get('traceparent')],
      ['bad “bytes”\n', letter.subject, '00-2'],
    );
    assert.equal(await bus.deadLetters.replay({ tenant: 'acme' }), 1);
    await bus.deadLetters.put({ ...letter, originalSequence: 9 });
    assert.equal(await bus.deadLetters.count(), 2);
    assert.equal(await bus.deadLetters.drop({ reason: 'undecodable' }), 1);
    assert.equal(await bus.deadLetters.drop(), 1);
    assert.equal(await bus.deadLetters.count(), 0);
  });
});

test('receipts are announced and asked for; without a hub the question fails', async () => {
  await withNats(async (nats) => {
    const [hub, client] = [await nats.connect(), await nats.connect()];
    const ids = [createEventId(), createEventId()];
    await assert.rejects(client.receipts.query(scope.tenant, scope.project, ids, { timeoutMs: 500 }), {
      code: 'no_responders',
    });
    const answers = await hub.receipts.answer(async (tenant, project, asked) => {
      assert.deepEqual([tenant, project], [scope.tenant, scope.project]);
      return asked.map((eventId) => ({ kind: 'unknown', eventId }));
    });
    const receipts = await client.receipts.query(scope.tenant, scope.project, ids, { timeoutMs: 5_000 });
    assert.deepEqual(
      receipts.map(({ eventId }) => eventId),
      ids,
    );
    const announcements = await client.receipts.subscribe(scope.tenant, scope.project);
    hub.receipts.announce(scope.tenant, scope.project, [{ kind: 'unknown', eventId: createEventId() }]);
    for await (const page of announcements) {
      assert.equal(page.length, 1);
      break;
    }
    await announcements.close();
    await answers.close();
  });
});

test('a killed server loses nothing that was accepted, and pulling goes on by itself', async () => {
  await withNats(async (nats) => {
    const bus = await nats.connect();
    await bus.ensureStreams({ partitions: 4 });
    const consumer = await openFor(bus, scope);
    for (let index = 1; index <= 50; index++) await bus.publisher.publishEvent(createSignal(index));
    const before = await pullOnce(consumer);
    assert.ok(before.length > 0);
    nats.server.kill('SIGKILL');
    await nats.server.exited;
    await nats.restart();
    await eventually(() => (bus.isConnected ? true : undefined));
    const seen = new Set<number>();
    await eventually(async () => {
      const messages = await pullOnce(consumer).catch(async (error: unknown) => {
        if (!(error instanceof TransientError)) throw error;
        await consumer.resubscribe();
        return [];
      });
      for (const message of messages) {
        const [received] = decodeMessage(message.data, message.kind, scope);
        seen.add(received?.event.sequence ?? -1);
        message.ack();
      }
      // What was delivered before the kill comes again after ack_wait; the rest must be here.
      return seen.size + before.length >= 50 ? true : undefined;
    }, 60_000);
    await consumer.close();
  });
});

test('a wall clock that was set back keeps nobody from connecting again', async (t) => {
  await withNats(async (nats) => {
    const { now } = Date;
    let aheadMs = 3_600_000;
    t.mock.method(Date, 'now', () => now() + aheadMs);
    const bus = await nats.connect();
    nats.server.kill('SIGKILL');
    await nats.server.exited;
    aheadMs = 0;
    await nats.restart();
    await eventually(() => (bus.isConnected ? true : undefined), 30_000);
  });
});

test('wrong credentials are permanent, a missing server is transient', async () => {
  await withNats(async (nats) => {
    const credentials = { user: 'hub', password: new Secret('wrong') };
    await assert.rejects(
      connectBus({ servers: nats.server.url, name: 't', credentials }),
      (error: unknown) => error instanceof PermanentError && !error.message.includes('wrong'),
    );
  });
  await assert.rejects(connectBus({ servers: 'nats://127.0.0.1:1', name: 't' }), TransientError);
});

test('the overflow lane keeps each project’s messages in order, and gives them back until they are removed', async () => {
  await withNats(async (nats) => {
    const bus = await nats.connect();
    await bus.ensureStreams({ partitions: 2, maxOverflowPacketsPerProject: 3 });
    const { overflow } = bus;
    const other: EventScope = { tenant: parseTenantId('acme'), project: parseProjectId('docs') };
    const message = (sequence: number, bytes = 10) => ({
      subject: 'swarm.acme.web.events.1',
      sequence,
      headers: new Map([['Nats-Msg-Id', `id-${sequence}`]]),
      data: Buffer.alloc(bytes, sequence),
    });
    const first = await overflow.put(1, scope, [message(1), message(2)]);
    await overflow.put(1, other, [message(3)]);
    // A repetition, as after an answer that was lost, is where the first one is.
    assert.equal(await overflow.put(1, scope, [message(1), message(2)]), first);
    await overflow.put(1, scope, [message(4, 100_000), message(5, 100_000)]);
    await assert.rejects(overflow.put(1, scope, [message(6)]), { code: 'stream_full' });
    await overflow.put(0, other, [message(7)]);

    const sequences: number[][] = [];
    for (let from = 1; ;) {
      const packet = await overflow.next(1, scope, from);
      if (packet === undefined) break;
      sequences.push(packet.messages.map(({ sequence }) => sequence));
      from = packet.sequence + 1;
    }
    assert.deepEqual(sequences, [[1, 2], [4], [5]]);
    const places = (await overflow.places(1)).map(({ place: { project } }) => String(project)).sort();
    assert.deepEqual(places, ['docs', 'web']);
    assert.deepEqual(await overflow.projects(scope.tenant), ['docs', 'web']);
    assert.deepEqual(await overflow.projects(parseTenantId('nobody')), []);
    assert.equal((await overflow.depth()).packets, 5);
    await overflow.remove(first);
    await overflow.remove(first);
    assert.deepEqual((await overflow.next(1, scope, 1))?.messages[0]?.sequence, 4);
    await overflow.put(1, scope, [message(6)]);
  });
});

test('dead letters are counted by tenant and reason', async () => {
  await withNats(async (nats) => {
    const bus = await nats.connect();
    await bus.ensureStreams({ partitions: 1 });
    const put = (tenant: string, reason: string, originalSequence: number): Promise<void> =>
      bus.deadLetters.put({
        subject: `swarm.${tenant}.web.events.0`,
        originalSequence,
        reason,
        message: 'no',
        data: Buffer.from('x'),
        headers: new Map(),
      });
    for (const sequence of [1, 2]) await put('acme', 'over_quota', sequence);
    await put('acme', 'undecodable', 3);
    await put('other', 'over_quota', 4);
    const { deadLetters } = bus;
    assert.equal(await deadLetters.count(), 4);
    assert.equal(await deadLetters.count({ tenant: 'acme' }), 3);
    assert.equal(await deadLetters.count({ tenant: 'acme', reason: 'over_quota' }), 2);
    assert.equal(await deadLetters.count({ tenant: 'nobody' }), 0);
  });
});
