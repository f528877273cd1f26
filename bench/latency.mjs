// How long an event is on its way while events come at a steady rate: publish -> receipt, and publish -> seen by a SELECT. Every event is
// timed from the moment it was due, not from the moment it was sent: a publisher that is held up must not flatter the figures
// (https://github.com/HdrHistogram/HdrHistogram, coordinated omission).
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'hdr-histogram-js';
import { eventsSubject, headerNames } from '../packages/protocol/dist/index.js';
import { makeEvent, makeScopes } from './events.mjs';
import { until } from './ingest.mjs';
import { round } from './statistics.mjs';
import { waiting } from './rig.mjs';
import { measureCpu, measureLoopDelay } from './usage.mjs';

const tickMs = 2;
const pollMs = 50;

/** @param ratePerSecond single events of `bytes`, over 16 projects @returns milliseconds */
export async function measureLatency(hub, ingestor, { ratePerSecond, seconds, bytes, name }) {
  const scopes = makeScopes({ projects: 16, name });
  const committed = build({ highestTrackableValue: 600_000, numberOfSignificantValueDigits: 3 });
  const queryable = build({ highestTrackableValue: 600_000, numberOfSignificantValueDigits: 3 });
  const dueMs = new Map();
  const inProject = new Map(scopes.map(({ project }) => [project, []]));
  const subscriptions = await Promise.all(
    scopes.map(({ tenant, project }) => hub.bus.receipts.subscribe(tenant, project)),
  );
  const listening = subscriptions.map(async (receipts) => {
    for await (const page of receipts) {
      for (const { eventId } of page) {
        const due = dueMs.get(eventId);
        if (due !== undefined) committed.recordValue(Math.max(0, (performance.now() - due) * 100));
        dueMs.delete(eventId);
      }
    }
  });
  const polling = { isOver: false };
  const poller = poll(hub, { tenant: scopes[0].tenant, inProject, queryable, polling });
  const delay = measureLoopDelay();
  const failures = [];
  const count = Math.round(ratePerSecond * seconds);
  const startMs = performance.now();
  const publish = async () => {
    for (let sent = 0; sent < count; await sleep(tickMs)) {
      const nowMs = performance.now();
      for (; sent < count && startMs + (sent * 1_000) / ratePerSecond <= nowMs; sent++) {
        const scope = scopes[sent % scopes.length];
        const times = inProject.get(scope.project);
        const due = startMs + (sent * 1_000) / ratePerSecond;
        times.push(due);
        const { eventId, raw } = makeEvent(scope, bytes, times.length);
        dueMs.set(eventId, due);
        const headers = new Map([[headerNames.messageId, eventId]]);
        hub.bus.publisher
          .publishRaw(eventsSubject(scope.tenant, scope.project), raw, headers)
          .catch((e) => failures.push(e));
      }
    }
  };
  const pids = { ingestor: ingestor.pid, nats: hub.nats.pid, engine: hub.engine.pid, publisher: process.pid };
  const cpu = await measureCpu(pids, publish);
  const publishedSeconds = (performance.now() - startMs) / 1_000;
  await until(async () => (await waiting(hub)) === 0 && failures.length === 0, 20, 'committed at a steady rate');
  await until(() => queryable.totalCount >= count, pollMs, 'queryable at a steady rate');
  polling.isOver = true;
  await poller;
  for (const receipts of subscriptions) await receipts.close();
  await Promise.all(listening);
  return {
    per_second: Math.round(ratePerSecond),
    events: count,
    receipts: committed.totalCount,
    committed: percentiles(committed),
    queryable: percentiles(queryable),
    publisher_loop_p99_ms: delay(),
    // Of one core, while it is published.
    busy_cores: Object.fromEntries(Object.entries(cpu).map(([name, used]) => [name, round(used / publishedSeconds)])),
  };
}

/** Within a project events become queryable in their order: the highest sequence says it of all before it. */
async function poll(hub, { tenant, inProject, queryable, polling }) {
  const seen = new Map();
  const sql =
    'SELECT project_id, max(sequence) FROM swarmledger.swarm_events WHERE tenant_id = {tenant:String} GROUP BY project_id';
  while (!polling.isOver) {
    const { rows } = await hub.analytics.query(sql, { parameters: { tenant } });
    const nowMs = performance.now();
    for (const [project, last] of rows) {
      const times = inProject.get(project) ?? [];
      for (let at = seen.get(project) ?? 0; at < Number(last); at++) queryable.recordValue((nowMs - times[at]) * 100);
      seen.set(project, Number(last));
    }
    await sleep(pollMs);
  }
}

/** Recorded in hundredths of a millisecond. */
function percentiles(histogram) {
  const at = (percentile) => histogram.getValueAtPercentile(percentile) / 100;
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: Math.round(histogram.maxValue) / 100 };
}
