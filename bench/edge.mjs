// How fast the edge is: appends with fsync, and draining an outbox through a whole hub on this machine.
//   node bench/edge.mjs [--events 100000] [--projects 8] [--json]       --events 1000000: the month offline
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openLedger } from '../packages/ledger/dist/index.js';
import { openOutbox, openSyncer, priorities } from '../packages/outbox/dist/index.js';
import { encodeEvent, mainBranch, parseProjectId, parseTenantId } from '../packages/protocol/dist/index.js';
import { openBusUplink } from '../packages/sdk/dist/index.js';
import { openLedgerUplink } from '../services/syncer/dist/index.js';
import { makeSignal } from './events.mjs';
import { withHubProcess } from './hub-process.mjs';
import { hasFlag, option } from './options.mjs';
import { quantile, round } from './statistics.mjs';

const events = option('events', 100_000);
const projects = Array.from({ length: option('projects', 8) }, (_, index) => parseProjectId(`project-${index}`));
const tenant = parseTenantId('bench');
/** Callers that wait for their append at the same time. */
const callers = 256;

const data = mkdtempSync(join(tmpdir(), 'swarmledger-bench-'));
const results = {};
try {
  results.append = await measureAppends();
  results.outbox_alone = await withOutbox('alone', events, (outbox) => drain(outbox, createSink()));
  results.hub = await measureHub();
  if (hasFlag('json')) process.stdout.write(`${JSON.stringify(results)}\n`);
  else console.table(flatten(results));
} finally {
  rmSync(data, { recursive: true, force: true });
}

/** About 300 bytes, as most signals of agents are. */
function createEntry(number) {
  const project = projects[number % projects.length];
  const event = makeSignal({ tenant, project }, words(number));
  return {
    tenant,
    project,
    agentId: 'bench',
    priority: priorities.normal,
    sequence: 'by_outbox',
    events: [{ eventId: event.eventId, raw: encodeEvent(event) }],
  };
}

/** Text that compresses as text does, about three to one. */
function words(number) {
  let text = '';
  for (let at = 0; text.length < 200; at++)
    text += `${((number * 2_654_435_761 + at * 40_503) >>> 0).toString(36)} test `;
  return text;
}

async function append(outbox, count, onLatency) {
  let next = 0;
  const call = async () => {
    while (next < count) {
      const entry = createEntry(next++);
      const startMs = performance.now();
      await outbox.append(entry);
      onLatency?.(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
}

async function measureAppends() {
  const outbox = await openOutbox({ file: join(data, 'append.sqlite') });
  const alone = [];
  for (let number = 0; number < 500; number++) {
    const startMs = performance.now();
    await outbox.append(createEntry(number));
    alone.push(performance.now() - startMs);
  }
  const together = [];
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const count = Math.min(events, 100_000);
  const startMs = performance.now();
  await append(outbox, count, (ms) => together.push(ms));
  const seconds = (performance.now() - startMs) / 1_000;
  loop.disable();
  await outbox.close();
  return {
    one_caller_p50_ms: round(quantile(alone, 0.5)),
    one_caller_p99_ms: round(quantile(alone, 0.99)),
    callers,
    per_second: Math.round(count / seconds),
    p50_ms: round(quantile(together, 0.5)),
    p99_ms: round(quantile(together, 0.99)),
    event_loop_p99_ms: round(loop.percentile(99) / 1e6),
  };
}

async function withOutbox(name, count, body) {
  const file = join(data, `${name}.sqlite`);
  const outbox = await openOutbox({ file, bytesMax: 8 * 1024 ** 3 });
  await append(outbox, count);
  const result = await body(outbox);
  const { events: left, parked } = await outbox.stats();
  await outbox.close();
  if (left !== 0 || parked.entries !== 0) throw new Error(`${left} events are left, ${parked.entries} parked`);
  return { events: count, ...result, file_mb_after: Math.round(statSync(file).size / 1e6) };
}

async function drain(outbox, uplink) {
  const startCpu = process.cpuUsage();
  const startMs = performance.now();
  const syncer = await openSyncer({ outbox, uplink });
  const outcome = await syncer.drain();
  const seconds = (performance.now() - startMs) / 1_000;
  // Of this process, the outbox's thread included: it does not depend on what else runs here.
  const { user, system } = process.cpuUsage(startCpu);
  const { committedEvents, messages, sentBytes, plainBytes, batchEvents, latencyMs } = syncer.status();
  await syncer.close();
  await uplink.close();
  if (outcome.kind !== 'empty') throw new Error(`the drain ended ${JSON.stringify(outcome)}`);
  return {
    per_second: Math.round(committedEvents / seconds),
    cpu_us_per_event: round((user + system) / committedEvents),
    messages,
    batch_events: batchEvents,
    latency_ms: latencyMs,
    compressed_to: round(sentBytes / plainBytes),
  };
}

/** A hub that takes everything at once: what is left is the outbox's own work, fsyncs and compression included. */
function createSink() {
  return {
    state: 'connected',
    problem: undefined,
    onState: () => () => undefined,
    publish: async () => ({ confirm: async () => ({ kind: 'committed' }) }),
    measureClock: async () => undefined,
    close: async () => undefined,
  };
}

async function measureHub() {
  return withHubProcess(join(data, 'hub'), async ({ ledger: connection, partitions, connect }) => {
    const bus = await withOutbox('bus', events, (outbox) => drain(outbox, openBusUplink({ connect })));
    const options = { openLedger: () => openLedger({ connection }), partitions, autoTenants: true };
    const direct = await withOutbox('direct', events, (outbox) => drain(outbox, openLedgerUplink(options)));
    return { bus, direct, ledger_has: await countLedger(connection) };
  });
}

async function countLedger(connection) {
  const ledger = await openLedger({ connection });
  let count = 0;
  for (const project of projects) {
    const history = await ledger.project(tenant, project);
    count += (await history.head(mainBranch))?.events ?? 0;
  }
  await ledger.close();
  if (count !== 2 * events) throw new Error(`the ledger has ${count} events of ${2 * events}`);
  return count;
}

function flatten({ append: appended, outbox_alone, hub }) {
  return {
    append: appended,
    'drain, outbox alone': outbox_alone,
    'drain, through the bus': hub.bus,
    'drain, direct': hub.direct,
  };
}
