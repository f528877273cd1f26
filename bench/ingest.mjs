// How fast events travel through a whole hub on this machine, durability on: publish -> committed -> in ClickHouse.
//   npm run bench [-- --events 20000] [--json]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { openAnalytics } from '../packages/analytics/dist/index.js';
import { connectBus } from '../packages/bus/dist/index.js';
import {
  createEventId,
  encodeEvent,
  eventFromJson,
  parseProjectId,
  parseTenantId,
} from '../packages/protocol/dist/index.js';
import { Secret } from '../packages/runtime/dist/index.js';

const args = process.argv.slice(2);
const events = args.includes('--events') ? Number(args[args.indexOf('--events') + 1]) : 20_000;
const tenant = parseTenantId('bench');
/** About 300 bytes, as most signals of agents are. */
const message = 'x'.repeat(200);
const projects = Array.from({ length: 16 }, (_, index) => `project-${index}`);

const data = mkdtempSync(join(tmpdir(), 'swarmledger-bench-'));
const program = fileURLToPath(new URL('../packages/cli/bin/swarmledger.js', import.meta.url));
const hub = spawn(process.execPath, [program, '--data', data, 'up', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => hub.once('close', resolve));
try {
  await Promise.race([
    new Promise((resolve) => hub.stdout.once('data', resolve)),
    ended.then(() => Promise.reject(new Error('the hub did not start'))),
  ]);
  const file = JSON.parse(readFileSync(join(data, 'hub.json'), 'utf8'));
  const credentials = { user: file.nats.user, password: new Secret(file.nats.password) };
  const bus = await connectBus({ servers: file.nats.url, name: 'bench', credentials });
  const { url, username, password } = file.analytics;
  const analytics = openAnalytics({ url, username, password: new Secret(password) });
  const results = [];
  for (const batch of [1, 10, 100]) results.push(await measure(bus, analytics, file.partitions, batch));
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(results)}\n`);
  else console.table(results);
  await bus.close();
  await analytics.close();
} finally {
  hub.kill('SIGINT');
  await ended;
  rmSync(data, { recursive: true, force: true });
}

async function measure(bus, analytics, partitions, batch) {
  const before = await countRows(analytics);
  const messages = buildMessages(batch);
  const startMs = performance.now();
  await Promise.all(messages.map((publish) => publish(bus)));
  const publishedMs = performance.now();
  while ((await waiting(bus, partitions)) > 0) await sleep(5);
  const committedMs = performance.now();
  while ((await countRows(analytics)) - before < events) await sleep(20);
  const queryableMs = performance.now();
  const rate = (endMs) => Math.round(events / ((endMs - startMs) / 1_000));
  return {
    events,
    events_per_message: batch,
    published_per_second: rate(publishedMs),
    committed_per_second: rate(committedMs),
    queryable_per_second: rate(queryableMs),
  };
}

function buildMessages(batch) {
  const messages = [];
  for (let first = 0; first < events; first += batch) {
    const scope = { tenant, project: parseProjectId(projects[(first / batch) % projects.length]) };
    const made = Array.from({ length: Math.min(batch, events - first) }, (_, index) =>
      eventFromJson(
        { agent_id: 'bench', sequence: first + index + 1, system_signal: { kind: 'tick', message } },
        scope,
      ),
    );
    if (batch === 1) messages.push((bus) => bus.publisher.publishEvent(made[0]));
    else messages.push((bus) => bus.publisher.publishBatch(createEventId(), made.map(encodeEvent), scope));
  }
  return messages;
}

async function waiting(bus, partitions) {
  const lags = await Promise.all(Array.from({ length: partitions }, (_, partition) => bus.lag(partition)));
  return lags.reduce((sum, { pending, unacknowledged }) => sum + pending + unacknowledged, 0);
}

async function countRows(analytics) {
  const counts = await analytics.countByProject();
  return counts.reduce((sum, { rows }) => sum + rows, 0);
}
