// The parts of a hub that benchmarks run against: the real nats-server, the embedded ledger's file, the analytics engine and ingestors, each a
// process of its own, on a new folder that is gone afterwards. Durability settings are the production ones.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openAnalytics, startAnalyticsServer } from '../packages/analytics/dist/index.js';
import { connectBus, findNatsServer, startNatsServer } from '../packages/bus/dist/index.js';
import { findFreePort, Scope, Secret, stopChild } from '../packages/runtime/dist/index.js';

const ingestorMain = fileURLToPath(new URL('../services/ingestor/dist/main.js', import.meta.url));
const user = 'swarmledger';
const password = new Secret('bench');
/** Nothing listens there: commits go on without ClickHouse. */
const nowhere = 'http://127.0.0.1:1';
export const partitions = 8;

/** Runs `body` with a hub without an ingestor; `engine: 'none'` leaves the analytics engine out. */
export async function withHub({ engine = 'embedded', parent = tmpdir() }, body) {
  const scope = new Scope();
  try {
    const folder = mkdtempSync(join(parent, 'swarmledger-bench-'));
    scope.defer('folder', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    const access = { kind: 'password', user, password };
    const binary = await findNatsServer(process.env);
    if (binary === undefined) throw new Error('there is no nats-server: npm run setup');
    const nats = scope.own(
      'nats',
      await startNatsServer({ binary, dataDir: join(folder, 'nats'), port: 0, partitions, access }),
    );
    const address = { servers: nats.url, credentials: { user, password } };
    const bus = scope.own('bus', await connectBus({ ...address, name: 'bench' }));
    await bus.ensureStreams({ partitions });
    const hub = {
      scope,
      folder,
      nats,
      bus,
      address,
      ledger: { kind: 'embedded', file: join(folder, 'ledger.sqlite') },
    };
    if (engine !== 'none') Object.assign(hub, await startEngine(scope, folder));
    return await body(hub);
  } finally {
    await scope.close();
  }
}

async function startEngine(scope, folder) {
  const options = { dataDir: join(folder, 'analytics'), port: 0, username: user, password };
  const engine = scope.own('engine', await startAnalyticsServer(options));
  const analytics = scope.own('analytics', openAnalytics({ url: engine.url, username: user, password }));
  await analytics.migrate();
  return { engine, analytics };
}

/** An ingestor as in production, ready. `nodeOptions` are for profiles; end it with `stop()`. */
export async function startIngestor(hub, nodeOptions = []) {
  const port = await findFreePort();
  mkdirSync(join(hub.folder, 'logs'), { recursive: true });
  const child = spawn(process.execPath, [...nodeOptions, ingestorMain], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env.PATH,
      ...(process.env.SWARMLEDGER_BENCH_LOOP_DELAY === undefined
        ? {}
        : { SWARMLEDGER_BENCH_LOOP_DELAY: process.env.SWARMLEDGER_BENCH_LOOP_DELAY }),
      SWARMLEDGER_NATS_URL: hub.nats.url,
      SWARMLEDGER_NATS_USER: user,
      SWARMLEDGER_NATS_PASSWORD: password.reveal(),
      SWARMLEDGER_DATA: hub.folder,
      SWARMLEDGER_LEDGER: 'embedded',
      SWARMLEDGER_CLICKHOUSE_URL: hub.engine?.url ?? nowhere,
      SWARMLEDGER_CLICKHOUSE_USER: user,
      SWARMLEDGER_CLICKHOUSE_PASSWORD: password.reveal(),
      SWARMLEDGER_HEALTH_PORT: String(port),
      SWARMLEDGER_PARTITIONS: String(partitions),
      SWARMLEDGER_AUTO_TENANTS: 'true',
    },
  });
  child.stderr.pipe(createWriteStream(join(hub.folder, 'logs', 'ingestor.log'), { flags: 'a' }));
  const stop = () => stopChild(child, 15_000);
  hub.scope.defer('ingestor', stop);
  for (;;) {
    if (child.exitCode !== null)
      throw new Error(`the ingestor ended: ${readFileSync(join(hub.folder, 'logs', 'ingestor.log'))}`);
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) return { pid: child.pid, url: `http://127.0.0.1:${port}`, stop };
    await sleep(5);
  }
}

/** Messages that are not committed yet, of all partitions: work queues hold nothing else. */
export async function waiting(hub) {
  const answer = await fetch(`http://127.0.0.1:${hub.nats.monitoringPort}/jsz`);
  return (await answer.json()).messages;
}

/** Rows that a plain SELECT sees. */
export async function countRows(analytics) {
  const { rows } = await analytics.query('SELECT count() FROM swarmledger.swarm_events');
  return Number(rows[0]?.[0] ?? 0);
}
