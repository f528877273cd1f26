// What a quiet tenant notices of a noisy neighbour: publish -> receipt, alone, while another tenant floods another partition (what the
// flood costs this machine), and while it floods the same one (what the tenants cost each other).
//   node bench/fairness.mjs [--seconds 20] [--flood 1000] [--limit off] [--json]
// --flood: events per second that the neighbour publishes; it may send 200 (plan free). --limit off: without its quota, to compare.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLedger, planQuotas } from '../packages/ledger/dist/index.js';
import { eventFromJson, parseTenantId } from '../packages/protocol/dist/index.js';
import { toScope } from './events.mjs';
import { connectToBus, withHubProcess } from './hub-process.mjs';
import { hasFlag, option, textOption } from './options.mjs';
import { quantile, round } from './statistics.mjs';

const seconds = option('seconds', 20);
const flood = option('flood', 1_000);
/** Between two events of the quiet tenant. */
const quietEveryMs = 20;
const message = 'x'.repeat(200);
const quiet = toScope('quiet', 'web');
const noisyTenant = parseTenantId('noisy');

const isLimited = textOption('limit', 'on') === 'on';

const script = fileURLToPath(import.meta.url);
if (hasFlag('flooder')) await floodUntilStopped(JSON.parse(textOption('flooder')));
else await main();

async function main() {
  const data = mkdtempSync(join(tmpdir(), 'swarmledger-bench-'));
  try {
    const result = await withHubProcess(data, measureNeighbours);
    if (hasFlag('json')) process.stdout.write(`${JSON.stringify(result)}\n`);
    else console.table(Object.entries(result).map(([name, value]) => ({ name, value })));
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function measureNeighbours({ ledger, nats, connect }) {
  await setQuotas(ledger);
  const bus = await connect();
  await measure(bus, 3);
  const alone = await measure(bus, seconds);
  const { stream } = await bus.publisher.publishEvent(createEvent(quiet, 0));
  const elsewhere = await measureFlooded(bus, nats, (other) => other !== stream);
  const beside = await measureFlooded(bus, nats, (other) => other === stream);
  await bus.close();
  const p99 = quantile(beside.latencies, 0.99);
  return {
    flood_per_second: beside.floodPerSecond,
    limited: isLimited,
    ...describe('alone', alone),
    ...describe('elsewhere', elsewhere.latencies),
    ...describe('beside', beside.latencies),
    p99_ratio_to_alone: round(p99 / quantile(alone, 0.99)),
    p99_ratio_to_elsewhere: round(p99 / quantile(elsewhere.latencies, 0.99)),
    samples: alone.length,
  };
}

/** The hub has no plans: the neighbour gets the smallest one's limits as its own. */
async function setQuotas(connection) {
  const ledger = await openLedger({ connection });
  const { eventsPerSecond, burstEvents } = planQuotas.free;
  await ledger.tenants.create(quiet.tenant);
  await ledger.tenants.create(noisyTenant, isLimited ? { quota: { eventsPerSecond, burstEvents } } : {});
  await ledger.close();
}

/** While the neighbour floods a partition that `fits`, from when its burst is used up. */
async function measureFlooded(bus, nats, fits) {
  const noisy = await findNeighbour(bus, fits);
  const flooder = spawn(
    process.execPath,
    [script, '--flooder', JSON.stringify({ nats, scope: noisy }), '--flood', String(flood)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    let published = 0;
    flooder.stdout.on('data', (text) => (published = Number(String(text).trim().split('\n').at(-1))));
    while (published < 2 * planQuotas.free.burstEvents) await sleep(50);
    await sleep(3_000);
    const before = published;
    const startMs = performance.now();
    const latencies = await measure(bus, seconds);
    return { latencies, floodPerSecond: Math.round((published - before) / ((performance.now() - startMs) / 1_000)) };
  } finally {
    flooder.kill('SIGKILL');
  }
}

/** A project of the noisy tenant in a stream that `fits`. */
async function findNeighbour(bus, fits) {
  for (let number = 0; ; number++) {
    const scope = toScope(noisyTenant, `project-${number}`);
    const { stream } = await bus.publisher.publishEvent(createEvent(scope, 0));
    if (fits(stream)) return scope;
  }
}

function createEvent(scope, sequence) {
  return eventFromJson({ agent_id: 'bench', sequence, system_signal: { kind: 'tick', message } }, scope);
}

/** Milliseconds from each publish to its receipt. */
async function measure(bus, forSeconds) {
  const sentAtMs = new Map();
  const latencies = [];
  const receipts = await bus.receipts.subscribe(quiet.tenant, quiet.project);
  const reading = (async () => {
    for await (const batch of receipts) {
      for (const { eventId } of batch) {
        const at = sentAtMs.get(eventId);
        if (at !== undefined) latencies.push(performance.now() - at);
        sentAtMs.delete(eventId);
      }
    }
  })();
  const endMs = performance.now() + forSeconds * 1_000;
  for (let sequence = 1, nextMs = performance.now(); nextMs < endMs; sequence++, nextMs += quietEveryMs) {
    await sleep(Math.max(0, nextMs - performance.now()));
    const event = createEvent(quiet, sequence);
    sentAtMs.set(event.eventId, performance.now());
    void bus.publisher.publishEvent(event);
  }
  const deadlineMs = performance.now() + 30_000;
  while (sentAtMs.size > 0 && performance.now() < deadlineMs) await sleep(20);
  // What is not committed by then counts as that late.
  for (const at of sentAtMs.values()) latencies.push(performance.now() - at);
  await receipts.close();
  await reading;
  return latencies;
}

function describe(name, latencies) {
  const at = (share) => round(quantile(latencies, share));
  return { [`${name}_p50_ms`]: at(0.5), [`${name}_p99_ms`]: at(0.99) };
}

/** A process of its own: its publishing must not delay the clock of who measures. */
async function floodUntilStopped({ nats, scope: { tenant, project } }) {
  const bus = await connectToBus(nats, 'flooder');
  const scope = toScope(tenant, project);
  const startMs = performance.now();
  let sent = 0;
  for (;;) {
    const due = ((performance.now() - startMs) / 1_000) * flood;
    const events = Array.from({ length: Math.min(500, Math.max(0, Math.floor(due - sent))) }, () =>
      createEvent(scope, ++sent),
    );
    // Refusals of a full share are the flood's, not ours.
    await Promise.allSettled(events.map((event) => bus.publisher.publishEvent(event)));
    process.stdout.write(`${sent}\n`);
    await sleep(5);
  }
}
