import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectEventPipeline } from '@swarmledger/sdk';
import { createSignal, readNumbers, toScope, upTo } from './events.ts';
import { eventually, spawnIngestor, uniqueScope, withHub } from './hub.ts';

const groups = 400;
const groupEvents = 50;

test('an ingestor that is killed in the middle commits every event once, in order, after its restart', async () => {
  await withHub(async (hub) => {
    const names = uniqueScope();
    const scope = toScope(names);
    let ingestor = await spawnIngestor(hub);
    const pipeline = hub.scope.own(
      'pipeline',
      await connectEventPipeline({ ...hub.address, ...names, checkBefore: true }),
    );
    const published = (async () => {
      for (let group = 0; group < groups; group++) {
        const numbers = upTo(groupEvents).map((number) => group * groupEvents + number);
        await pipeline.publish({ events: numbers.map((number) => createSignal(scope, number)) });
      }
    })();
    for (const committed of [2_000, 8_000, 14_000]) {
      await eventually(() => pipeline.counts.committed >= committed);
      ingestor.kill('SIGKILL');
      await ingestor.exited;
      ingestor = await spawnIngestor(hub);
    }
    await published;
    const counts = await pipeline.flush({ timeoutMs: 60_000 });
    const total = groups * groupEvents;
    assert.deepEqual(counts, { offered: total, published: total, committed: total, duplicates: 0, rejected: 0 });
    const ledger = await hub.openLedger();
    assert.deepEqual(await readNumbers(ledger, scope), upTo(total));
  });
});
