import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  batchContent,
  createEventId,
  encodeBatch,
  encodeEvent,
  eventsSubject,
  headerNames,
} from '@swarmledger/protocol';
import { createSignal, toScope, upTo } from './events.ts';
import { eventually, readResidentBytes, spawnIngestor, uniqueScope, withHub, type Hub } from './hub.ts';

const batches = 100;
const batchEvents = 500;
/** Messages that unpack to much more than what they weigh. */
const bombs = 16;
const bombEvents = 1_000;
const bombPadding = 'x'.repeat(3_500);
/** Of it about 250 MiB are the embedded ledger's page caches and what Node starts with. The backlog unpacks to 70 MB. */
const residentBytesMax = 450 * 1024 * 1024;

async function publishBacklog(hub: Hub): Promise<number> {
  const headers = new Map([[headerNames.content, batchContent]]);
  const scope = toScope(uniqueScope());
  const subject = eventsSubject(scope.tenant, scope.project);
  const publish = async (count: number, padding: string): Promise<void> => {
    const events = upTo(count).map((number) => encodeEvent(createSignal(scope, number, padding)));
    await hub.bus.publisher.publishRaw(subject, encodeBatch(createEventId(), events, { compress: true }), headers);
  };
  for (let batch = 0; batch < batches; batch++) await publish(batchEvents, '');
  for (let bomb = 0; bomb < bombs; bomb++) await publish(bombEvents, bombPadding);
  return batches * batchEvents + bombs * bombEvents;
}

test('memory is bounded by configuration, not by the backlog or by what a message unpacks to', async () => {
  await withHub(async (hub) => {
    const total = await publishBacklog(hub);
    const ingestor = await spawnIngestor(hub);
    let residentMax = 0;
    await eventually(async () => {
      residentMax = Math.max(residentMax, await readResidentBytes(ingestor.pid));
      const lags = await Promise.all([0, 1].map((partition) => hub.bus.lag(partition)));
      return lags.every(({ pending, unacknowledged }) => pending + unacknowledged === 0);
    }, 90_000);
    const metrics = await (await fetch(`${ingestor.healthUrl}/metrics`)).text();
    const committed = [...metrics.matchAll(/^swarmledger_events_committed_total\{.*\} (\d+)$/gm)];
    assert.equal(
      committed.reduce((sum, [, count]) => sum + Number(count), 0),
      total,
    );
    assert.ok(residentMax < residentBytesMax, `${Math.round(residentMax / 2 ** 20)} MiB resident`);
  });
});
