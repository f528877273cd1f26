// How long an event is on its way while events come at a steady rate: publish -> receipt, and publish -> seen by a SELECT. Every event is
// timed from the moment it was due, not from the moment it was sent: a publisher that is held up must not flatter the figures
// (https://github.com/HdrHistogram/HdrHistogram, coordinated omission). The two are measured one after the other: who asks ClickHouse ten
// times a second takes a part of these cores that receipts do not.
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'hdr-histogram-js';
import { eventsSubject, headerNames } from '../packages/protocol/dist/index.js';
import { makeEvent, makeScopes } from './events.mjs';
import { until } from './ingest.mjs';
import { round } from './statistics.mjs';
import { waiting } from './rig.mjs';
import { measureCpu, measureLoopDelay } from './usage.mjs';

const tickMs = 2;
const pollMs = 100;
/** Left out of the figures: 16 new projects begin at once, on processes that did something else before. */
const warmUpMs = 2_000;

/** @param ratePerSecond single events of `bytes`, over 16 projects @returns milliseconds */
export async function measureLatency(hub, ingestor, { name, ...load }) {
  const committed = await measureReceipts(hub, ingestor, { ...load, name: `${name}-receipts` });
  const queryable = await measureRows(hub, { ...load, name: `${name}-rows` });
  return { ...committed, queryable };
}

/** @param hub with or without ClickHouse */
export async function measureReceipts(hub, ingestor, load) {
  const { scopes, count } = plan(load);
  const times = new Times();
  const dueMs = new Map();
  const subscriptions = await Promise.all(
    scopes.map(({ tenant, project }) => hub.bus.receipts.subscribe(tenant, project)),
  );
  const listening = subscriptions.map(async (receipts) => {
    for await (const page of receipts) {
      for (const { eventId } of page) {
        const due = dueMs.get(eventId);
        if (due !== undefined) times.add(due, performance.now());
        dueMs.delete(eventId);
      }
    }
  });
  const delay = measureLoopDelay();
  const engine = hub.engine === undefined ? {} : { engine: hub.engine.pid };
  const pids = { ingestor: ingestor.pid, nats: hub.nats.pid, ...engine, publisher: process.pid };
  const startMs = performance.now();
  let seconds;
  const cpu = await measureCpu(pids, async () => {
    await publish(hub, load, ({ eventId }, due) => {
      times.begin(due);
      dueMs.set(eventId, due);
    });
    seconds = (performance.now() - startMs) / 1_000;
  });
  await until(() => dueMs.size === 0, 20, 'receipts at a steady rate');
  for (const receipts of subscriptions) await receipts.close();
  await Promise.all(listening);
  return {
    per_second: Math.round(load.ratePerSecond),
    events: count,
    committed: times.percentiles(),
    publisher_loop_p99_ms: delay(),
    // Of one core, while it is published.
    busy_cores: Object.fromEntries(Object.entries(cpu).map(([process, used]) => [process, round(used / seconds)])),
  };
}

/** Within a project events become queryable in their order: the highest sequence says it of all before it. */
async function measureRows(hub, load) {
  const { scopes, count } = plan(load);
  const times = new Times();
  let seenCount = 0;
  const inProject = new Map(scopes.map(({ project }) => [project, []]));
  const seen = new Map();
  const sql =
    'SELECT project_id, max(sequence) FROM swarmledger.swarm_events WHERE tenant_id = {tenant:String} GROUP BY project_id';
  const poll = async () => {
    const { rows } = await hub.analytics.query(sql, { parameters: { tenant: scopes[0].tenant } });
    const nowMs = performance.now();
    for (const [project, last] of rows) {
      const dueMs = inProject.get(project) ?? [];
      for (let at = seen.get(project) ?? 0; at < Number(last); at++, seenCount++) times.add(dueMs[at], nowMs);
      seen.set(project, Number(last));
    }
    return seenCount >= count;
  };
  await Promise.all([
    publish(hub, load, ({ project }, due) => {
      times.begin(due);
      inProject.get(project).push(due);
    }),
    until(poll, pollMs, 'queryable at a steady rate'),
  ]);
  return times.percentiles();
}

function plan({ ratePerSecond, seconds, name }) {
  const count = Math.round((ratePerSecond * (seconds * 1_000 + warmUpMs)) / 1_000);
  return { scopes: makeScopes({ projects: 16, name }), count };
}

/** @param onDue told of each event, and of when it is due, before it is sent */
async function publish(hub, load, onDue) {
  const { scopes, count } = plan(load);
  const failures = [];
  const startMs = performance.now();
  for (let sent = 0; sent < count; await sleep(tickMs)) {
    const nowMs = performance.now();
    for (; sent < count && startMs + (sent * 1_000) / load.ratePerSecond <= nowMs; sent++) {
      const { tenant, project } = scopes[sent % scopes.length];
      const sequence = Math.floor(sent / scopes.length) + 1;
      const { eventId, raw } = makeEvent({ tenant, project }, load.bytes, sequence);
      onDue({ eventId, project }, startMs + (sent * 1_000) / load.ratePerSecond);
      const headers = new Map([[headerNames.messageId, eventId]]);
      hub.bus.publisher.publishRaw(eventsSubject(tenant, project), raw, headers).catch((e) => failures.push(e));
    }
  }
  await until(async () => (await waiting(hub)) === 0, 20, 'committed at a steady rate');
  if (failures.length > 0) throw failures[0];
}

/** How long events were on their way, those of the first two seconds left out. Moments are those of `performance.now()`. */
class Times {
  #fromMs;
  // In hundredths of a millisecond.
  #histogram = build({ highestTrackableValue: 600_000, numberOfSignificantValueDigits: 3 });

  begin(dueMs) {
    this.#fromMs ??= dueMs + warmUpMs;
  }

  add(dueMs, arrivedMs) {
    if (dueMs >= this.#fromMs) this.#histogram.recordValue(Math.max(0, (arrivedMs - dueMs) * 100));
  }

  percentiles() {
    const at = (percentile) => this.#histogram.getValueAtPercentile(percentile) / 100;
    return {
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: Math.round(this.#histogram.maxValue) / 100,
    };
  }
}
