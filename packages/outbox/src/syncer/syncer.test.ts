import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { PermanentError, TransientError } from '@swarmledger/runtime';
import { priorities, type Outbox, type Priority } from '../contract.ts';
import { createEntry, openTestOutbox, textOf } from '../testing/entries.ts';
import { MemoryHub, type HubBehaviour } from '../testing/hub.ts';
import type { Syncer, SyncerOptions, SyncStatus } from './contract.ts';
import { openSyncer } from './open-syncer.ts';
import { readSyncStatus } from './status-file.ts';

const fast = { initialMs: 10, maxMs: 40, attemptsMax: Infinity };
const policy = { retry: fast, refusedRetry: fast, lingerMsMax: 0 };
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

interface Edge {
  readonly outbox: Outbox;
  readonly hub: MemoryHub;
  readonly syncer: Syncer;
}

async function openEdge(
  t: TestContext,
  {
    hub: behaviour = {},
    record = async () => undefined,
    ...options
  }: Partial<Omit<SyncerOptions, 'outbox'>> & {
    readonly hub?: HubBehaviour;
    readonly record?: (outbox: Outbox) => Promise<unknown>;
  } = {},
): Promise<Edge> {
  const { outbox } = await openTestOutbox(t);
  await record(outbox);
  const hub = new MemoryHub(behaviour);
  const syncer = await openSyncer({ outbox, uplink: hub, ...options, policy: { ...policy, ...options.policy } });
  t.after(() => syncer.close());
  return { outbox, hub, syncer };
}

const record =
  (count: number, project = 'web', priority: Priority = priorities.normal) =>
  (outbox: Outbox): Promise<unknown> =>
    Promise.all(upTo(count).map((number) => outbox.append(createEntry([`${number}`], { project, priority }))));

async function eventually(check: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!(await check())) {
    assert.ok(performance.now() < deadlineMs, 'it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const textsOf = (hub: MemoryHub, project = 'web'): readonly string[] =>
  hub.events.filter((event) => event.project === project).map(textOf);

/** What another process reads. */
const readStatus = ({ outbox }: Edge): SyncStatus => readSyncStatus(outbox.file) ?? assert.fail('no status');

test('what was recorded before and during a drain arrives once, in order', async (t) => {
  const { outbox, hub, syncer } = await openEdge(t, { record: record(2_000) });
  const more = Promise.all(upTo(500).map((number) => outbox.append(createEntry([`${2_000 + number}`]))));
  await more;
  assert.deepEqual(await syncer.drain(), { kind: 'empty' });
  assert.deepEqual(textsOf(hub), upTo(2_500).map(String));
  assert.equal((await outbox.stats()).events, 0);
  assert.equal((await outbox.stats()).today.committedEvents, 2_500);
});

test('a new write is sent at once, nobody having asked', async (t) => {
  const { outbox, hub } = await openEdge(t);
  await outbox.append(createEntry(['hello']));
  await eventually(() => hub.events.length === 1);
});

test('what fails once is sent by the timer, though no further write ever comes', async (t) => {
  const fails = ['disconnected', 'timeout', 'stream_full', 'no_responders'];
  for (const code of fails) {
    const beforePublish = (_batch: unknown, attempt: number): void => {
      if (attempt === 1) throw new TransientError(code, 'once');
    };
    const edge = await openEdge(t, { record: record(3), hub: { beforePublish } });
    await eventually(() => edge.hub.events.length === 3);
    await eventually(() => edge.syncer.status().state === 'idle');
    assert.equal(edge.syncer.status().lastError?.code, code);
  }
});

test('without a connection nothing is tried, the status says so, and its return starts everything', async (t) => {
  const edge = await openEdge(t, { record: record(3) });
  edge.hub.setState('unauthorized');
  await edge.outbox.append(createEntry(['4']));
  await eventually(() => edge.syncer.status().state === 'unauthorized' && edge.syncer.status().lastError !== undefined);
  await eventually(() => readStatus(edge).state === 'unauthorized');
  edge.hub.setState('disconnected');
  await eventually(() => readStatus(edge).state === 'offline');
  const stuck = await edge.syncer.drain();
  assert.equal(stuck.kind === 'stuck' && stuck.problem?.code, 'disconnected');
  edge.hub.setState('connected');
  await eventually(() => edge.hub.events.length === 4);
});

test('a poison entry, wherever it stands, is parked alone; everything else arrives in order', async (t) => {
  const poison = new Set(['1', '77', '78', '400']);
  const refuse: HubBehaviour['refuse'] = (event) => (poison.has(textOf(event)) ? 'content_missing' : undefined);
  const { outbox, hub, syncer } = await openEdge(t, { record: record(400), hub: { refuse } });
  assert.deepEqual(await syncer.drain(), { kind: 'empty' });
  assert.deepEqual(
    textsOf(hub),
    upTo(400)
      .map(String)
      .filter((text) => !poison.has(text)),
  );
  const parked = await outbox.parked();
  assert.deepEqual(
    parked.map(({ entry, code }) => [entry, code]),
    [1, 77, 78, 400].map((entry) => [entry, 'content_missing']),
  );
  assert.equal(syncer.status().parkedEntries, 4);
  poison.clear();
  await outbox.retryParked();
  assert.deepEqual(await syncer.drain(), { kind: 'empty' });
  assert.equal(hub.events.length, 400);
});

test('an atomic group is refused as a whole', async (t) => {
  const refuse: HubBehaviour['refuse'] = (event) => (textOf(event) === 'bad' ? 'invalid_path' : undefined);
  const groups = [['a', 'b'], ['c', 'bad', 'd'], ['e']];
  const append = async (outbox: Outbox): Promise<void> => {
    for (const group of groups) await outbox.append(createEntry(group));
  };
  const { outbox, hub, syncer } = await openEdge(t, { record: append, hub: { refuse } });
  await syncer.drain();
  assert.deepEqual(textsOf(hub), ['a', 'b', 'e']);
  assert.equal((await outbox.parked())[0]?.eventIds.length, 3);
});

test('a project that is refused as a whole keeps its entries, holds up no other, and goes on when it is allowed', async (t) => {
  let allowed = false;
  const refuse: HubBehaviour['refuse'] = (event) => (event.project === 'web' && !allowed ? 'over_quota' : undefined);
  const both = (outbox: Outbox): Promise<unknown> => Promise.all([record(50)(outbox), record(50, 'other')(outbox)]);
  const slow = { initialMs: 300, maxMs: 300, attemptsMax: Infinity };
  const edge = await openEdge(t, { record: both, hub: { refuse }, policy: { refusedRetry: slow } });
  const outcome = await edge.syncer.drain();
  assert.equal(outcome.kind === 'stuck' && outcome.problem?.code, 'over_quota');
  assert.equal(textsOf(edge.hub, 'other').length, 50);
  const { state, held, nextAttemptMs } = edge.syncer.status();
  assert.equal(state, 'retrying');
  assert.deepEqual(
    held.map(({ project, code }) => [project, code]),
    [['acme/web', 'over_quota']],
  );
  assert.ok((nextAttemptMs ?? 0) > Date.now() - 50);
  assert.equal((await edge.outbox.parked()).length, 0);
  allowed = true;
  await eventually(() => textsOf(edge.hub).length === 50);
  assert.deepEqual(textsOf(edge.hub), upTo(50).map(String));
});

test('one project whose stream is full does not hold up a hundred others', async (t) => {
  const beforePublish: HubBehaviour['beforePublish'] = (batch) => {
    if (batch.project === 'p0') throw new TransientError('stream_full', 'full');
  };
  const many = (outbox: Outbox): Promise<unknown> =>
    Promise.all(upTo(101).map((number) => record(3, `p${number - 1}`)(outbox)));
  const { hub, syncer, outbox } = await openEdge(t, {
    record: many,
    hub: { beforePublish },
    policy: { projectsAtOnce: 2 },
  });
  await eventually(() => hub.events.length === 300);
  assert.equal((await outbox.stats()).events, 3);
  assert.equal(syncer.status().held.length <= 1, true);
});

test('a message whose receipt does not come does not hold up other projects, and the status says what is waited for', async (t) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { outbox } = await openTestOutbox(t);
  await record(1, 'slow')(outbox);
  await record(5, 'web')(outbox);
  const hub = new MemoryHub();
  const publish = hub.publish.bind(hub);
  hub.publish = async (batch) => {
    const accepted = await publish(batch);
    return batch.project === 'slow' ? { confirm: (options) => held.then(() => accepted.confirm(options)) } : accepted;
  };
  const syncer = await openSyncer({ outbox, uplink: hub, policy: { ...policy, projectsAtOnce: 1 } });
  t.after(() => syncer.close());
  await eventually(async () => (await outbox.stats()).events === 1);
  await eventually(() => syncer.status().state === 'waiting_for_receipts');
  release();
  await eventually(async () => (await outbox.stats()).events === 0);
});

test('what the hub took and does not know is sent again, and is there once', async (t) => {
  const confirm: HubBehaviour['confirm'] = (_batch, attempt) => (attempt <= 2 ? { kind: 'unknown' } : undefined);
  const { hub, syncer } = await openEdge(t, { record: record(20), hub: { confirm } });
  assert.deepEqual(await syncer.drain(), { kind: 'empty' });
  assert.equal(hub.batches.length, 3);
  assert.deepEqual(textsOf(hub), upTo(20).map(String));
  assert.equal(syncer.status().lastError?.code, 'receipt_missing');
});

test('critical signals pass when the rate is used up, and the day’s quota holds over a restart', async (t) => {
  const { outbox, hub, syncer } = await openEdge(t, {
    record: record(40),
    policy: { dailyBytesMax: 6_000, compress: false, batchEventsInitial: 10, batchEventsMax: 10, criticalShare: 0.5 },
  });
  const outcome = await syncer.drain();
  assert.equal(outcome.kind, 'stuck');
  assert.equal(syncer.status().state, 'throttled');
  assert.equal(syncer.status().throttledBy, 'quota_used_up');
  const sent = hub.events.length;
  assert.ok(sent >= 10 && sent < 40);
  await outbox.append(createEntry(['urgent'], { priority: priorities.critical }));
  await eventually(() => hub.events.some((event) => textOf(event) === 'urgent'));
  await syncer.close();
  const { today } = await outbox.stats();
  assert.ok(today.bytes > 2_000 && today.bytes <= 6_000);
  const again = await openSyncer({ outbox, uplink: hub, policy: { ...policy, dailyBytesMax: today.bytes } });
  assert.equal((await again.drain()).kind, 'stuck');
  assert.equal(hub.events.length, sent + 1);
  await again.close();
});

test('a clock that jumps a day, forth and back, neither stops the sending nor the waiting', async (t) => {
  let wallMs = Date.now();
  let failing = true;
  const beforePublish = (): void => {
    if (failing) throw new TransientError('disconnected', 'down');
  };
  const { outbox, hub, syncer } = await openEdge(t, { record: record(5), hub: { beforePublish }, clock: () => wallMs });
  await eventually(() => syncer.status().lastError !== undefined);
  wallMs += 86_400_000;
  failing = false;
  await eventually(() => hub.events.length === 5);
  wallMs -= 2 * 86_400_000;
  await outbox.append(createEntry(['6']));
  await eventually(() => hub.events.length === 6);
  assert.deepEqual(textsOf(hub), upTo(6).map(String));
});

test('the measured clock offset travels with each event', async (t) => {
  const { hub, syncer } = await openEdge(t, { record: record(3), hub: { clockOffsetUs: -3_600_000_000 } });
  await syncer.drain();
  assert.deepEqual(
    hub.events.map(({ clockOffsetUs }) => clockOffsetUs),
    [-3_600_000_000, -3_600_000_000, -3_600_000_000],
  );
  assert.equal(syncer.status().clockOffsetUs, -3_600_000_000);
});

test('the second syncer fails or waits, as it was told, and takes over when the first one ends', async (t) => {
  const { outbox, hub, syncer } = await openEdge(t);
  await eventually(() => syncer.status().state === 'idle');
  await assert.rejects(openSyncer({ outbox, uplink: hub, whenLocked: 'fail' }), { code: 'syncer_running' });
  const second = await openSyncer({ outbox, uplink: hub, policy });
  t.after(() => second.close());
  assert.equal(second.status().state, 'waiting_for_lock');
  await syncer.close();
  await outbox.append(createEntry(['x']));
  await eventually(() => hub.events.length === 1);
  await eventually(() => second.status().committedEvents === 1);
});

test('a publish that will never be taken is parked; a bug of ours is tried again', async (t) => {
  let bugs = 0;
  const beforePublish: HubBehaviour['beforePublish'] = (batch) => {
    if (batch.project === 'web' && batch.eventIds.length > 0)
      throw new PermanentError('message_too_large', 'too large');
    bugs += 1;
    if (bugs < 3) throw new RangeError('a bug');
  };
  const both = (outbox: Outbox): Promise<unknown> => Promise.all([record(2)(outbox), record(2, 'other')(outbox)]);
  const { outbox, hub } = await openEdge(t, { record: both, hub: { beforePublish } });
  await eventually(() => textsOf(hub, 'other').length === 2);
  await eventually(async () => (await outbox.parked()).length === 2);
});

test('an outbox that is damaged ends the syncer with its error', async (t) => {
  const { outbox, syncer } = await openEdge(t, { record: record(3) });
  await syncer.drain();
  await outbox.close();
  const hub = new MemoryHub();
  const late = await openSyncer({ outbox, uplink: hub });
  await assert.rejects(late.finished, { code: 'closed' });
  await late.close();
});

test('whatever fails, and however often, each event arrives once and in order', async (t) => {
  const faults = fc.array(fc.constantFrom('ok', 'ok', 'disconnected', 'stream_full', 'unknown', 'lost_answer'), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(faults, fc.integer({ min: 1, max: 120 }), async (plan, count) => {
      const beforePublish: HubBehaviour['beforePublish'] = (_batch, attempt) => {
        const fault = plan[attempt - 1];
        if (fault === 'disconnected' || fault === 'stream_full') throw new TransientError(fault, fault);
      };
      const confirm: HubBehaviour['confirm'] = (_batch, attempt) => {
        if (plan[attempt - 1] === 'unknown') return { kind: 'unknown' };
        if (plan[attempt - 1] === 'lost_answer') throw new TransientError('timeout', 'lost');
        return undefined;
      };
      const { hub, syncer, outbox } = await openEdge(t, {
        record: record(count),
        hub: { beforePublish, confirm },
        policy: { batchEventsInitial: 7, batchEventsMax: 20, retry: { ...fast, initialMs: 1, maxMs: 3 } },
      });
      await eventually(() => hub.events.length === count);
      await syncer.close();
      assert.deepEqual(textsOf(hub), upTo(count).map(String));
      await outbox.close();
    }),
    { numRuns: 15 },
  );
});
