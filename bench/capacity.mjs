// What a million tenants come to, by arithmetic: how evenly the partitions are loaded, and what the plans' quotas add up to.
//   node bench/capacity.mjs [--tenants 1000000] [--json]

import { hasFlag, option } from './options.mjs';
import { round } from './statistics.mjs';

const tenants = option('tenants', 1_000_000);
const partitionCounts = [8, 32, 64, 128, 256];
/** Projects that are active on a day, per tenant by its plan, and their share of tenants: assumptions, to be replaced by yours; the quotas are the plans' own (packages/ledger). */
const plans = {
  free: { share: 0.9, projects: 1, eventsPerDay: 200, quotaPerDay: 100_000 },
  pro: { share: 0.095, projects: 3, eventsPerDay: 5_000, quotaPerDay: 10_000_000 },
  enterprise: { share: 0.005, projects: 20, eventsPerDay: 200_000, quotaPerDay: 1_000_000_000 },
};
/** A day's events fall into its busiest hours. */
const peakToMean = 4;

/** nats-server's partition(): FNV-1a, 32 bits, over the tokens one behind the other (server/subject_transform.go). */
function partitionHash(text) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** The same for ever: a run can be repeated. */
let state = 42;
function random() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

const loads = new Map(partitionCounts.map((count) => [count, new Float64Array(count)]));
let eventsPerDay = 0;
let quotaPerDay = 0;
let projects = 0;
for (let number = 0; number < tenants; number++) {
  const draw = random();
  const plan =
    draw < plans.enterprise.share
      ? plans.enterprise
      : draw < plans.enterprise.share + plans.pro.share
        ? plans.pro
        : plans.free;
  quotaPerDay += plan.quotaPerDay;
  // Few do much and many do little: a log-normal factor of mean 1.
  const factor = Math.exp(Math.sqrt(-2 * Math.log(random() || 1e-9)) * Math.cos(2 * Math.PI * random()) - 0.5);
  for (let project = 0; project < plan.projects; project++) {
    const events = Math.min((plan.eventsPerDay * factor) / plan.projects, plan.quotaPerDay / plan.projects);
    const hash = partitionHash(`tenant-${number}project-${project}`);
    for (const [count, load] of loads) load[hash % count] += events;
    eventsPerDay += events;
    projects += 1;
  }
}
const meanPerSecond = eventsPerDay / 86_400;
const result = {
  tenants,
  active_projects: projects,
  events_per_day: Math.round(eventsPerDay),
  events_per_second_mean: Math.round(meanPerSecond),
  events_per_second_peak: Math.round(meanPerSecond * peakToMean),
  quota_to_use: round(quotaPerDay / eventsPerDay),
  partitions: partitionCounts.map((count) => {
    const most = Math.max(...loads.get(count));
    return {
      count,
      busiest_to_mean: round(most / (eventsPerDay / count)),
      busiest_peak_per_second: Math.round((most / 86_400) * peakToMean),
    };
  }),
};
process.stdout.write(`${JSON.stringify(result, null, hasFlag('json') ? 0 : 2)}\n`);
