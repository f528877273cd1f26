import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { context, ROOT_CONTEXT, trace, type Context, type ContextManager } from '@opentelemetry/api';
import { findFreePort } from '@swarmledger/runtime';
import { connectSwarmLedger, recordRun, type DurableOptions, type SwarmLedger } from '@swarmledger/sdk';
import { mainBranch, type SwarmEvent } from '@swarmledger/protocol';
import { eventually, startIngestor, uniqueScope, withHub, type Hub } from '../ingest/hub.ts';
import { readHistory, toScope, upTo } from '../ingest/events.ts';
import { openEdgeOutbox, outboxFileOf } from './edge.ts';

async function connectAgent(
  hub: Hub,
  options: Partial<DurableOptions> = {},
): Promise<{
  readonly agent: SwarmLedger;
  readonly readEvents: () => Promise<readonly SwarmEvent[]>;
}> {
  const names = uniqueScope();
  const agent = await connectSwarmLedger({
    durable: true,
    outbox: outboxFileOf(hub),
    ...hub.address,
    ...names,
    agentId: 'agent',
    sync: { retry: { initialMs: 20, maxMs: 200, attemptsMax: Infinity } },
    ...options,
  });
  hub.scope.own('agent', agent);
  const { tenant = names.tenant, project = names.project } = options;
  return {
    agent,
    readEvents: async () =>
      (await readHistory(await hub.openLedger(), toScope({ tenant, project }))).map(({ event }) => event),
  };
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

test('an agent starts and records without any hub, and everything is there once there is one', async () => {
  await withHub(async (hub) => {
    const names = uniqueScope();
    const nowhere = { servers: `nats://127.0.0.1:${await findFreePort()}` };
    const { agent } = await connectAgent(hub, { ...names, ...nowhere });
    const decision = await agent.recordDecision({ title: 'Go on', rationale: 'The network is down.' });
    const content = 'x'.repeat(1_300_000);
    await agent.recordChange({ path: 'long.txt', action: 'CREATE', content, parent: decision });
    await agent.batch((batch) => {
      batch.recordChange({ path: 'a.txt', action: 'CREATE', content: 'a', parent: decision });
      batch.recordChange({ path: 'b.txt', action: 'CREATE', content: 'b', parent: decision });
    });
    await agent.recordSignal({ kind: 'crash', message: 'it burns', priority: 'critical' });
    // Three chunks, four changes and decisions, a signal.
    assert.equal(agent.nextSequence, 9);
    assert.deepEqual(await agent.flush({ until: 'durable' }), {
      offered: 8,
      published: 8,
      committed: 0,
      duplicates: 0,
      rejected: 0,
    });
    await assert.rejects(agent.flush({ timeoutMs: 200 }), {
      code: 'not_committed',
      message: /8 event\(s\) wait in .*: safe/,
    });
    await agent.close();

    await startIngestor(hub);
    const { agent: later, readEvents } = await connectAgent(hub, names);
    assert.equal(later.nextSequence, 9);
    await later.recordSignal({ kind: 'note', message: 'back' });
    await later.flush({ until: 'committed' });
    const events = await readEvents();
    assert.deepEqual(
      events.map(({ payload, sequence }) => [
        payload.kind === 'system_signal' ? payload.signal : payload.kind,
        sequence,
      ]),
      [
        ['crash', 8],
        ['decision', 1],
        ['content_chunk', 2],
        ['content_chunk', 3],
        ['content_chunk', 4],
        ['state_change', 5],
        ['state_change', 6],
        ['state_change', 7],
        ['note', 9],
      ],
    );
  });
});

test('several agents of one process share an outbox; one of them sends for all, and another one when it has closed', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const agents = await Promise.all(['a', 'b', 'c'].map((agentId) => connectAgent(hub, { ...names, agentId })));
    const record = async (): Promise<void> => {
      for (const { agent } of agents) await agent.recordSignal({ kind: 'note', message: 'x' });
    };
    await record();
    for (const { agent } of agents) await agent.flush();
    for (const [{ agent } = assert.fail()] of [agents]) await agent.close();
    agents.shift();
    await record();
    for (const { agent } of agents) assert.equal((await agent.flush()).committed, 2);
    assert.equal((await agents[0]?.readEvents())?.length, 5);
  });
});

test('two edges that change the same file offline end with both changes in history and one conflict that names both', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const { agent: origin, readEvents } = await connectAgent(hub, { ...names, agentId: 'origin' });
    const seen = 'as both have seen it\n';
    await origin.recordChange({ path: 'shared.txt', action: 'CREATE', content: seen });
    await origin.flush();
    await origin.close();
    const nowhere = { servers: `nats://127.0.0.1:${await findFreePort()}` };
    const ids: string[] = [];
    for (const edge of ['left', 'right']) {
      const place = { ...names, agentId: edge, outbox: outboxFileOf(hub, edge) };
      const { agent } = await connectAgent(hub, { ...place, ...nowhere });
      ids.push(
        await agent.recordChange({ path: 'shared.txt', action: 'UPDATE', content: `${edge}\n`, base: sha256(seen) }),
      );
      await agent.close();
    }
    for (const edge of ['left', 'right']) {
      const { agent } = await connectAgent(hub, { ...names, agentId: edge, outbox: outboxFileOf(hub, edge) });
      const outbox = await openEdgeOutbox(hub, edge);
      await eventually(async () => (await outbox.stats()).events === 0);
      await agent.close();
    }
    const events = await readEvents();
    assert.deepEqual(
      events.filter(({ payload }) => payload.kind === 'state_change').map(({ agentId }) => agentId),
      ['origin', 'left', 'right'],
    );
    const conflicts = events.flatMap(({ payload }) => (payload.kind === 'conflict' ? [payload] : []));
    assert.equal(conflicts.length, 1);
    const [{ path, eventId, otherEventId, reason } = assert.fail()] = conflicts;
    assert.deepEqual(
      { path, eventId, otherEventId, reason },
      {
        path: 'shared.txt',
        eventId: ids[1],
        otherEventId: ids[0],
        reason: 'base_mismatch',
      },
    );
  });
});

test('what the hub refuses is told by the next flush, once', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const { agent } = await connectAgent(hub);
    await agent.recordChange({ path: 'a.txt', action: 'CREATE', contentSha256: 'ab'.repeat(32) });
    await agent.recordSignal({ kind: 'note', message: 'fine' });
    await assert.rejects(agent.flush(), { code: 'events_rejected', message: /1 event was rejected: content_missing/ });
    const { committed, rejected } = await agent.flush();
    assert.deepEqual({ committed, rejected }, { committed: 1, rejected: 1 });
  });
});

test('a recorded run has its decision, every file that it touched with the hash of before, and its end', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const { agent, readEvents } = await connectAgent(hub);
    const folder = join(hub.dataDir, 'project');
    await mkdir(join(folder, 'src'), { recursive: true });
    await mkdir(join(folder, 'node_modules'));
    await recordRun(agent, { title: 'Begin', rationale: 'There is nothing yet.', folder }, async () => {
      await writeFile(join(folder, 'src/keep.txt'), 'keep');
      await writeFile(join(folder, 'src/edit.txt'), 'before');
      await writeFile(join(folder, 'src/gone.txt'), 'gone');
      await writeFile(join(folder, 'run.sh'), '#!/bin/sh\n');
    });
    const options = { title: 'Tidy up', rationale: 'It was a mess.', folder, ignore: ['secret.txt'] };
    const result = await recordRun(agent, options, async () => {
      await writeFile(join(folder, 'src/edit.txt'), 'after');
      await rm(join(folder, 'src/gone.txt'));
      await writeFile(join(folder, 'src/new.txt'), 'new');
      await chmod(join(folder, 'run.sh'), 0o755);
      await symlink('src/new.txt', join(folder, 'link'));
      await writeFile(join(folder, 'node_modules/x'), 'not ours');
      await writeFile(join(folder, 'secret.txt'), 'not for the ledger');
      return 42;
    });
    assert.equal(result, 42);
    const failing = recordRun(agent, { title: 'Break', rationale: 'To see.' }, () => {
      throw new Error('broken');
    });
    await assert.rejects(failing, /broken/);
    await agent.flush();
    const events = await readEvents();
    const tidying = events.findIndex(({ payload }) => payload.kind === 'decision' && payload.title === 'Tidy up');
    const decision = events[tidying] ?? assert.fail('no decision');
    const changes = events
      .slice(tidying)
      .flatMap(({ payload, parentEventId }) =>
        payload.kind === 'state_change' ? [{ ...payload, parentEventId }] : [],
      );
    assert.deepEqual(
      changes
        .map(({ path, action, mode, baseSha256 }) => [
          path as string,
          action,
          mode,
          baseSha256 === undefined ? undefined : Buffer.from(baseSha256).toString('hex'),
        ])
        .sort(),
      [
        ['link', 'CREATE', 0o120000, undefined],
        ['run.sh', 'UPDATE', 0o100755, sha256('#!/bin/sh\n')],
        ['src/edit.txt', 'UPDATE', 0o100644, sha256('before')],
        ['src/gone.txt', 'DELETE', 0, sha256('gone')],
        ['src/new.txt', 'CREATE', 0o100644, undefined],
      ],
    );
    assert.ok(changes.every(({ parentEventId }) => parentEventId === decision.eventId));
    assert.equal(events.filter(({ payload }) => payload.kind === 'conflict').length, 0);
    const ends = events.flatMap(({ payload }) => (payload.kind === 'system_signal' ? [payload] : []));
    assert.deepEqual(
      ends.map(({ message, severity }) => [message, severity]),
      [
        ['Begin: done', 'INFO'],
        ['Tidy up: done', 'INFO'],
        ['Break: failed', 'ERROR'],
      ],
    );
    const history = await (await hub.openLedger()).project(decision.tenant, decision.project);
    const head = (await history.latest(mainBranch)) ?? assert.fail('nothing');
    const paths: string[] = [];
    for await (const { path } of history.tree(mainBranch, head)) paths.push(path);
    assert.deepEqual(paths, ['link', 'run.sh', 'src/edit.txt', 'src/keep.txt', 'src/new.txt']);
  });
});

/** What a tracer's SDK brings: https://opentelemetry.io/docs/languages/js/context/ */
class AsyncContexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    body: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(active, () => body.apply(thisArg, args));
  }

  bind<T>(_context: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}

test('a record belongs to the OpenTelemetry span that is active where it is made, else to the connection’s trace', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    context.setGlobalContextManager(new AsyncContexts());
    const { agent, readEvents } = await connectAgent(hub);
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    await context.with(trace.setSpan(context.active(), trace.wrapSpanContext(span)), async () => {
      await agent.recordSignal({ kind: 'note', message: 'inside' });
    });
    await agent.recordSignal({ kind: 'note', message: 'outside' });
    await agent.flush();
    context.disable();
    assert.deepEqual(
      (await readEvents()).map(({ traceId, spanId }) => [traceId, spanId]),
      [
        [span.traceId, span.spanId],
        [agent.trace.traceId, agent.trace.spanId],
      ],
    );
  });
});

test('records of many calls that nobody awaits keep their order', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const { agent, readEvents } = await connectAgent(hub);
    for (const number of upTo(2_000)) void agent.recordSignal({ kind: 'note', message: `${number}` });
    await agent.flush();
    const events = await readEvents();
    assert.deepEqual(
      events.map(({ payload }) => (payload.kind === 'system_signal' ? Number(payload.message) : 0)),
      upTo(2_000),
    );
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      upTo(2_000),
    );
  });
});
