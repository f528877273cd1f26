// Curves: what an event costs as there is more of everything. Single events and batches, CPU microseconds and not seconds: these hold on a busy
// machine too. Every point is measured after a first round, which makes the directories of new projects.
import { makeScopes } from './events.mjs';
import { measureCost } from './ingest.mjs';
import { appendAll } from './stages.mjs';
import { median, round } from './statistics.mjs';
import { measureCpu } from './usage.mjs';

/** Costs while the ledger fills up, to each of `totals` events in all. The last point is what memory is judged by. */
export async function growEvents(hub, ingestor, { totals, bytes }) {
  const scopes = makeScopes({ name: 'growth' });
  const points = [];
  let total = 0;
  for (const target of totals) {
    while (target - total > 100_000) total += await fill(hub, ingestor, scopes, bytes, 100_000);
    const events = target - total;
    const point = await measureCost(hub, ingestor, { events, batch: 100, bytes, scopes });
    total = target;
    points.push({ x: target, ...shorten(point) });
  }
  return points;
}

async function fill(hub, ingestor, scopes, bytes, events) {
  await measureCost(hub, ingestor, { events, batch: 100, bytes, scopes });
  return events;
}

/**
 * The same events over ever more tenants (one project each) or projects (of one tenant). The rounds of all points come in turn, so
 * that what else the machine does meets all of them alike.
 */
export async function growScopes(hub, ingestor, { what, counts, events, batch, bytes, runs }) {
  const points = counts.map((count) => {
    const shape = what === 'tenants' ? { tenants: count, projects: 1 } : { tenants: 1, projects: count };
    return { count, scopes: makeScopes({ ...shape, name: `${what}-${count}-${batch}` }), costs: [] };
  });
  for (const { count, scopes } of points) {
    await measureCost(hub, ingestor, { events: count, batch: 1, bytes, scopes });
  }
  for (let run = 0; run < runs; run++) {
    for (const { scopes, costs } of points)
      costs.push(await measureCost(hub, ingestor, { events, batch, bytes, scopes }));
  }
  return points.map(({ count, costs }) => {
    const of = (name) => median(costs.map((cost) => cost[name]));
    const names = ['committed', 'ingestor_us', 'nats_us', 'ingestor_mb'];
    return { x: count, ...shorten(Object.fromEntries(names.map((name) => [name, of(name)]))) };
  });
}

/** Each of another project, in eight transactions at once: with more they would come near a transaction's time on a slow disk. */
const eventsPerAppend = 200;

/** What an event costs the ledger alone, over the tenants that `growScopes` has made: CPU microseconds of this process. */
export async function growLedger(hub, { counts, events, bytes, runs }) {
  const points = counts.map((count) => {
    const scopes = makeScopes({ tenants: count, projects: 1, name: `tenants-${count}-1` });
    return { count, scopes, costs: [] };
  });
  const firstPartition = 100;
  for (let run = 0; run <= runs; run++) {
    for (const { scopes, costs } of points) {
      let used = 0;
      const rate = async (body) => (used = (await measureCpu({ cpu: process.pid }, body)).cpu);
      await appendAll(hub, { events, batch: 1, bytes, scopes, rate, firstPartition, perAppend: eventsPerAppend });
      // The first finds cold code.
      if (run > 0) costs.push((used * 1e6) / events);
    }
  }
  return points.map(({ count, costs }) => ({ x: count, ledger_us: round(median(costs)) }));
}

function shorten(point) {
  return Object.fromEntries(Object.entries(point).map(([name, value]) => [name, round(value)]));
}
