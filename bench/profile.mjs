// Where each microsecond of an event goes: a CPU and a heap profile of an ingestor process that works off a backlog, by part of the program.
//   node bench/profile.mjs [--events 60000] [--batch 1] [--json]
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeScopes } from './events.mjs';
import { measureCost } from './ingest.mjs';
import { isMain, option } from './options.mjs';
import { startIngestor, withHub } from './rig.mjs';
import { round } from './statistics.mjs';

const loopDelay = fileURLToPath(new URL('loop-delay.mjs', import.meta.url));
/** The first that a frame's file matches; what matches none belongs to whoever called it. */
const parts = [
  ['SQLite and the engine on it', /embedded-fdb\/|better-sqlite3/],
  ['the foundationdb package', /\/foundationdb\//],
  ['the ledger: keys, records, look-ups', /packages\/ledger\//],
  ['decode, check, encode', /packages\/protocol\/|protobufjs/],
  ['NATS: pull, headers, ack, receipts', /packages\/bus\/|\/nats\//],
  ['rows and inserts for ClickHouse', /packages\/analytics\/|clickhouse/],
  ['the ingestor: groups, results, metrics', /services\/ingestor\/|packages\/runtime\//],
];
const collector = 'garbage collection';
const rest = 'Node.js itself, starting included';

/** Microseconds of CPU per event by part; they add up to what the kernel counted. Kilobytes allocated, and the event loop's delay. */
export async function measureProfile({ events, batch, bytes = 300 }) {
  return withHub({}, async (hub) => {
    const folder = join(hub.folder, 'profile');
    mkdirSync(folder);
    process.env.SWARMLEDGER_BENCH_LOOP_DELAY = join(folder, 'loop.json');
    const flags = [
      '--cpu-prof',
      '--cpu-prof-dir',
      folder,
      '--heap-prof',
      '--heap-prof-dir',
      folder,
      '--import',
      loopDelay,
    ];
    const ingestor = await startIngestor(hub, flags);
    const scopes = makeScopes({ name: 'profile' });
    await measureCost(hub, ingestor, { events: scopes.length, batch: 1, bytes, scopes });
    const { ingestor_us } = await measureCost(hub, ingestor, { events, batch, bytes, scopes });
    await ingestor.stop();
    const profile = (suffix) => JSON.parse(readFileSync(join(folder, largest(folder, suffix)), 'utf8'));
    const shares = cpuShares(profile('.cpuprofile'));
    const allocated = heapShares(profile('.heapprofile'));
    return {
      events,
      events_per_message: batch,
      ingestor_us: round(ingestor_us),
      us_per_event: Object.fromEntries(shares.map(([part, share]) => [part, round(share * ingestor_us)])),
      live_heap_share: Object.fromEntries(allocated.map(([part, share]) => [part, round(share)])),
      event_loop_ms: JSON.parse(readFileSync(join(folder, 'loop.json'), 'utf8')),
    };
  });
}

/** Threads have profiles of their own; the main one is the longest. */
function largest(folder, suffix) {
  const files = readdirSync(folder).filter((name) => name.endsWith(suffix));
  return files.sort((a, b) => readFileSync(join(folder, b)).length - readFileSync(join(folder, a)).length)[0];
}

function cpuShares({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const times = new Map();
  samples.forEach((id, index) => {
    const node = byId.get(id);
    if (node.callFrame.functionName === '(idle)') return;
    const part = partOf(node, (each) => byId.get(parents.get(each.id)));
    times.set(part, (times.get(part) ?? 0) + timeDeltas[index]);
  });
  return toShares(times);
}

/** Sampled objects that were still there at the end. */
function heapShares({ head }) {
  const sizes = new Map();
  const walk = (node, ancestors) => {
    const chain = [node, ...ancestors];
    const part = partOf(node, (each) => chain[chain.indexOf(each) + 1]);
    sizes.set(part, (sizes.get(part) ?? 0) + node.selfSize);
    for (const child of node.children) walk(child, chain);
  };
  walk(head, []);
  return toShares(sizes);
}

function partOf(node, parentOf) {
  if (node.callFrame.functionName === '(garbage collector)') return collector;
  for (let each = node; each !== undefined; each = parentOf(each)) {
    const found = parts.find(([, pattern]) => pattern.test(each.callFrame.url));
    if (found !== undefined) return found[0];
  }
  return rest;
}

function toShares(amounts) {
  const total = [...amounts.values()].reduce((sum, amount) => sum + amount, 0);
  return [...amounts].map(([part, amount]) => [part, amount / total]).sort((a, b) => b[1] - a[1]);
}

if (isMain(import.meta.url)) {
  const result = await measureProfile({ events: option('events', 60_000), batch: option('batch', 1) });
  process.stdout.write(`${JSON.stringify(result, null, process.argv.includes('--json') ? 0 : 2)}\n`);
}
