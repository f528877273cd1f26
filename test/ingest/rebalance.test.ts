import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEventPipeline } from '@swarmledger/sdk';
import { createSignal, readNumbers, toScope, upTo } from './events.ts';
import { eventually, isReady, spawnIngestor, uniqueScope, withHub, type Hub, type IngestorProcess } from './hub.ts';

const partitions = 8;
const shared = { SWARMLEDGER_PARTITIONS: String(partitions), SWARMLEDGER_OWN_PARTITIONS: 'auto' };

async function readGauge(ingestor: IngestorProcess, name: string): Promise<number> {
  const metrics = await (await fetch(`${ingestor.healthUrl}/metrics`)).text();
  const values = [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([\\d.]+)$`, 'gm'))].map(([, value]) =>
    Number(value),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

/** Waits until these processes, and no others, have shared all partitions evenly. */
async function untilShared(ingestors: readonly IngestorProcess[]): Promise<void> {
  await eventually(async () => {
    const counts = await Promise.all(ingestors.map((ingestor) => readGauge(ingestor, 'swarmledger_partitions_owned')));
    const total = counts.reduce((sum, count) => sum + count, 0);
    return total === partitions && Math.max(...counts) - Math.min(...counts) <= 1;
  }, 40_000);
  for (const ingestor of ingestors) await eventually(() => isReady(ingestor.healthUrl), 40_000);
}

/** Publishes numbered events of several projects until told to stop. Returns what was published. */
async function startLoad(hub: Hub, projects: number) {
  const stop = new AbortController();
  const { tenant } = uniqueScope();
  const loads = await Promise.all(
    upTo(projects).map(async (number) => {
      const names = { tenant, project: `p${number}` };
      const pipeline = await openEventPipeline(hub.bus, { ...names, checkBefore: true });
      hub.scope.own('pipeline', pipeline);
      let sent = 0;
      const running = (async () => {
        while (!stop.signal.aborted) {
          const events = upTo(10).map((offset) => createSignal(toScope(names), sent + offset));
          await pipeline.publish({ events });
          sent += events.length;
          // The load is limited by what was committed: it is to run through everything that happens meanwhile.
          await eventually(() => pipeline.counts.committed > sent - 500 || stop.signal.aborted, 120_000);
        }
      })();
      return { names, pipeline, running, sent: () => sent };
    }),
  );
  return {
    committed: () => loads.reduce((sum, { pipeline }) => sum + pipeline.counts.committed, 0),
    /** Stops, and checks that everything was committed once and in order. */
    finish: async (): Promise<number> => {
      stop.abort();
      const ledger = await hub.openLedger();
      let total = 0;
      for (const { names, pipeline, running, sent } of loads) {
        await running;
        const { committed, duplicates } = await pipeline.flush({ timeoutMs: 120_000 });
        assert.deepEqual({ committed, duplicates }, { committed: sent(), duplicates: 0 });
        assert.deepEqual(await readNumbers(ledger, toScope(names)), upTo(sent()));
        total += committed;
      }
      return total;
    },
  };
}

test('three ingestors under load, one is killed and one is added: nothing is lost, order is kept, lag goes back to zero', async () => {
  await withHub(async (hub) => {
    const first = await Promise.all(upTo(3).map(() => spawnIngestor(hub, shared)));
    await untilShared(first);
    const load = await startLoad(hub, 12);
    await eventually(() => load.committed() > 1_000, 60_000);
    const [victim, ...rest] = first;
    assert.ok(victim);
    victim.kill('SIGKILL');
    await victim.exited;
    await untilShared(rest);
    const before = load.committed();
    await eventually(() => load.committed() > before + 500, 60_000);
    const now = [...rest, await spawnIngestor(hub, shared)];
    await untilShared(now);
    const after = load.committed();
    await eventually(() => load.committed() > after + 500, 60_000);
    assert.ok((await load.finish()) > 2_000);
    await eventually(async () => {
      const lags = await Promise.all(now.map((ingestor) => readGauge(ingestor, 'swarmledger_lag_messages')));
      return lags.every((lag) => lag === 0);
    }, 30_000);
  }, partitions);
});

test('a rolling update under load: each process is replaced by a new one, and nothing is lost or doubled', async () => {
  await withHub(async (hub) => {
    let running: readonly IngestorProcess[] = await Promise.all(upTo(2).map(() => spawnIngestor(hub, shared)));
    await untilShared(running);
    const load = await startLoad(hub, 8);
    for (const old of running) {
      const before = load.committed();
      await eventually(() => load.committed() > before + 200, 60_000);
      const added = await spawnIngestor(hub, shared);
      await untilShared([...running, added]);
      const startMs = performance.now();
      old.kill('SIGTERM');
      assert.equal(await old.exited, 0, old.logLines.slice(-5).join('\n'));
      assert.ok(performance.now() - startMs < 10_000);
      running = [...running.filter((one) => one !== old), added];
      await untilShared(running);
    }
    await load.finish();
    const takeovers = running.flatMap(({ logLines }) => logLines.filter((line) => line.includes('taking it over')));
    assert.deepEqual(takeovers, [], 'every partition was handed over');
  }, partitions);
});
