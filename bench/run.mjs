// One run of all measurements, in one hub, with what it takes as plain data.
import { execFile } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeScopes } from './events.mjs';
import { growEvents, growLedger, growScopes } from './growth.mjs';
import { measureCost, measureIngest, until } from './ingest.mjs';
import { measureLatency, measureReceipts } from './latency.mjs';
import { measureProfile } from './profile.mjs';
import { startIngestor, withHub } from './rig.mjs';
import { measureStages } from './stages.mjs';
import { spread, summarize } from './statistics.mjs';
import { measureCpu, memoryMb } from './usage.mjs';

const run = promisify(execFile);
/** A process is idle when it used less of one core than this, for so long. */
const idleShareMax = 0.1;
const idleLookMs = 1_000;
/** What a new process takes in before it is measured. */
const warmUpEvents = 20_000;

/** How much of everything: `full` ends within 15 minutes on two cores, `quick` within 3, and `check` looks only at what is compared. */
export const plans = {
  full: {
    runs: 3,
    stageEvents: 20_000,
    ingest: [
      ...[1, 10, 100, 1_000].map((batch) => ({ batch, bytes: 300, events: 40_000 })),
      ...[1, 10, 100].map((batch) => ({ batch, bytes: 3_000, events: 4_000 })),
      ...[1, 10].map((batch) => ({ batch, bytes: 30_000, events: 500 })),
    ],
    latency: { shares: [0.25, 0.5, 0.75], seconds: 6, runs: 3 },
    growth: {
      totals: [10_000, 100_000, 1_000_000],
      tenants: [10, 100, 1_000, 10_000],
      projects: [1, 10, 100, 1_000],
      events: 10_000,
    },
    profileEvents: 40_000,
    restore: ['--files', '100,1000,5000', '--history', '1,3,10', '--runs', '5'],
    edge: ['--events', '60000'],
  },
  quick: {
    runs: 1,
    stageEvents: 12_000,
    ingest: [1, 10, 100, 1_000].map((batch) => ({ batch, bytes: 300, events: 10_000 })),
    latency: { shares: [0.25, 0.5, 0.75], seconds: 4, runs: 1 },
    growth: { totals: [10_000, 50_000], tenants: [10, 1_000], projects: [1, 100], events: 4_000 },
    restore: ['--files', '100,1000', '--history', '1,10', '--runs', '3'],
    edge: ['--events', '20000'],
  },
  check: {
    runs: 3,
    stageEvents: 12_000,
    ingest: [1, 100].map((batch) => ({ batch, bytes: 300, events: 20_000 })),
    // As many events of each tenant as in a full run: what a tenant costs is shared by them.
    growth: { totals: [10_000, 50_000], tenants: [10, 1_000], projects: [1], events: 10_000 },
  },
};

/** @param say called with what it does next */
export async function runAll(plan, say) {
  const result = { at: new Date().toISOString(), machine: describeMachine(), plan };
  await withHub({}, (hub) => runStages(hub, plan, result, say));
  await withHub({}, (hub) => runWhole(hub, plan, result, say));
  if (result.latency !== undefined) {
    say('latency without ClickHouse');
    result.latency_without_copy = await withHub({ engine: 'none' }, (hub) => runReceipts(hub, result.latency, plan));
  }
  if (plan.profileEvents !== undefined) {
    say('profiles of a single event’s way');
    result.profile = await measureProfile({ events: plan.profileEvents, batch: 1 });
  }
  if (plan.restore !== undefined) {
    say('restore next to git checkout');
    result.restore = await runProgram('restore.mjs', plan.restore);
  }
  if (plan.edge !== undefined) {
    say('the edge');
    result.edge = await runProgram('edge.mjs', plan.edge);
  }
  return result;
}

async function runStages(hub, plan, result, say) {
  const runs = [];
  // One more than is counted: the first finds cold code and cold files.
  for (let number = 0; number <= plan.runs; number++) {
    say(`each stage alone, run ${number} of ${plan.runs}`);
    runs.push(await measureStages(hub, { events: plan.stageEvents, bytes: 300 }));
  }
  result.stages = summarize(runs.slice(1));
}

async function runWhole(hub, plan, result, say) {
  const ingestor = await startIngestor(hub);
  const measure = (shape) => measureIngest(hub, ingestor, shape);
  say('warming up');
  await measure({ batch: 1, bytes: 300, events: 10_000 });
  const cases = plan.ingest.map((shape) => ({ ...shape, runs: [] }));
  // In turn, so that what else the machine does meets all of them alike.
  for (let number = 1; number <= plan.runs; number++) {
    for (const { runs, ...shape } of cases) {
      say(`the whole, run ${number} of ${plan.runs}: ${shape.batch} to a message, ${shape.bytes} B`);
      runs.push(await measure(shape));
    }
  }
  result.ingest = cases.map(({ runs, ...shape }) => ({ ...shape, ...summarize(runs) }));
  if (plan.latency !== undefined)
    result.latency = await runLatency(hub, ingestor, { ...plan.latency, ingest: result.ingest, say });
  const worked = memoryMb(ingestor.pid);
  await ingestor.stop();
  // What it holds at the end is of the growth alone, and the curves do not begin with its first steps.
  const another = await startWarmIngestor(hub, { batch: 100 });
  result.growth = await runGrowth(hub, another, plan, say);
  result.memory = {
    'ingestor, the whole and latency': worked,
    'ingestor, growth': memoryMb(another.pid),
    'nats-server': memoryMb(hub.nats.pid),
    engine: memoryMb(hub.engine.pid),
  };
}

/** The maximum is what a publisher on the same machine gets through to the commit. */
async function runLatency(hub, ingestor, { shares, seconds, runs, ingest, say }) {
  const most = ingest.find(({ batch, bytes }) => batch === 1 && bytes === 300).median.live_committed;
  const points = shares.map((share) => ({ share, measured: [] }));
  for (let number = 1; number <= runs; number++) {
    for (const { share, measured } of points) {
      await untilIdle(hub.engine.pid);
      say(`latency, run ${number} of ${runs}: ${share * 100} % of ${Math.round(most)}/s`);
      const name = `latency-${share * 100}-${number}`;
      measured.push(await measureLatency(hub, ingestor, { ratePerSecond: most * share, seconds, bytes: 300, name }));
    }
  }
  return points.map(({ share, measured }) => ({ share, ...middle(measured) }));
}

/** Of each histogram the run whose 99th percentile is the median, and how far the others are from it. */
function middle(measured) {
  const of = (name) => {
    const sorted = [...measured].sort((a, b) => a[name].p99 - b[name].p99);
    return sorted[Math.floor((sorted.length - 1) / 2)];
  };
  const withSpread = (name) => ({ ...of(name)[name], p99_spread: spread(measured.map((each) => each[name].p99)) });
  const chosen = of('committed');
  const rows = 'queryable' in chosen ? { queryable: withSpread('queryable') } : {};
  return { ...chosen, committed: withSpread('committed'), ...rows };
}

/** At half of the maximum: what the copy into ClickHouse costs a commit on the same cores. */
async function runReceipts(hub, latency, { latency: { seconds, runs } }) {
  const ingestor = await startWarmIngestor(hub, { batch: 1 });
  const { per_second: ratePerSecond } = latency.find(({ share }) => share === 0.5);
  const measured = [];
  for (let number = 1; number <= runs; number++) {
    const name = `alone-${number}`;
    measured.push(await measureReceipts(hub, ingestor, { ratePerSecond, seconds, bytes: 300, name }));
  }
  return middle(measured);
}

async function startWarmIngestor(hub, { batch }) {
  const ingestor = await startIngestor(hub);
  const scopes = makeScopes({ name: 'warm' });
  await measureCost(hub, ingestor, { events: warmUpEvents, batch, bytes: 300, scopes });
  return ingestor;
}

/** What was measured before leaves ClickHouse with parts to merge. */
async function untilIdle(pid) {
  const isIdle = async () => {
    const { used } = await measureCpu({ used: pid }, () => sleep(idleLookMs));
    return used * 1_000 < idleLookMs * idleShareMax;
  };
  await until(isIdle, 0, 'ClickHouse has merged');
}

async function runGrowth(hub, ingestor, { growth, runs }, say) {
  const { totals, tenants, projects, events } = growth;
  const curve = (what, counts, batch) => {
    say(`growth over ${what}, ${batch} to a message`);
    // As many messages, so that as many tenants have one.
    return growScopes(hub, ingestor, { what, counts, events: events * batch, batch, bytes: 300, runs });
  };
  say('growth over events, 100 to a message');
  const eventsCurve = await growEvents(hub, ingestor, { totals, bytes: 300 });
  const tenantsSingle = await curve('tenants', tenants, 1);
  const tenantsBatched = await curve('tenants', tenants, 10);
  say('growth over tenants, the ledger alone');
  const ends = [tenants[0], tenants.at(-1)];
  const tenantsLedger = await growLedger(hub, { counts: ends, events, bytes: 300, runs });
  const projectsSingle = await curve('projects', projects, 1);
  return {
    tenants: tenantsSingle,
    tenants_batched: tenantsBatched,
    tenants_ledger: tenantsLedger,
    projects: projectsSingle,
    events: eventsCurve,
  };
}

/** A benchmark that is a program of its own; it prints one line of JSON. */
async function runProgram(name, options) {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const { stdout } = await run(process.execPath, [file, ...options, '--json'], { maxBuffer: 16 * 1024 ** 2 });
  return JSON.parse(stdout);
}

function describeMachine() {
  const [{ model = 'unknown' } = {}] = cpus();
  return { cores: cpus().length, model, memory_gb: Math.round(totalmem() / 1e9), node: process.version };
}
