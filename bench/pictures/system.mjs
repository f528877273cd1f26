// The real services as processes on this machine, as in production: nats-server, ClickHouse (chDB), ingestors that share the
// partitions, the replayer, a syncer with its outbox, and workers, one a job.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAnalyticsServer } from '../../packages/analytics/dist/index.js';
import { findNatsServer, startNatsServer } from '../../packages/bus/dist/index.js';
import { openLedger, readLedgerConnection } from '../../packages/ledger/dist/index.js';
import { parseTenantId } from '../../packages/protocol/dist/index.js';
import { startTestIssuer } from '../../packages/identity/dist/testing/issuer.js';
import { findFreePort, Secret, stopChild } from '../../packages/runtime/dist/index.js';

export const partitions = 4;
const readyMs = 60_000;
const user = 'swarmledger';
const services = fileURLToPath(new URL('../../services/', import.meta.url));

export async function startSystem({ folder, collector, prometheus, scope }) {
  const password = new Secret(randomBytes(12).toString('hex'));
  const binary = await findNatsServer(process.env);
  if (binary === undefined) throw new Error('there is no nats-server: npm run setup');
  const nats = scope.own(
    'nats',
    await startNatsServer({
      binary,
      dataDir: join(folder, 'nats'),
      port: 0,
      partitions,
      access: { kind: 'password', user, password },
    }),
  );
  const engine = { dataDir: join(folder, 'analytics'), port: await findFreePort(), username: user, password };
  let analytics = await startAnalyticsServer(engine);
  scope.defer('analytics', () => analytics.close());
  const issuer = scope.own('issuer', await startTestIssuer());
  const common = {
    PATH: process.env.PATH,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_METRIC_EXPORT_INTERVAL: '2000',
    SWARMLEDGER_NATS_URL: nats.url,
    SWARMLEDGER_NATS_USER: user,
    SWARMLEDGER_NATS_PASSWORD: password.reveal(),
    SWARMLEDGER_DATA: folder,
    SWARMLEDGER_LEDGER: 'embedded',
    SWARMLEDGER_PARTITIONS: String(partitions),
    SWARMLEDGER_CLICKHOUSE_URL: analytics.url,
    SWARMLEDGER_CLICKHOUSE_USER: user,
    SWARMLEDGER_CLICKHOUSE_PASSWORD: password.reveal(),
    SWARMLEDGER_LOG_LEVEL: 'error',
  };
  const targets = [{ address: collector.address, instance: 'collector' }];
  const startService = async (service, instance, environment = {}) => {
    const port = await findFreePort();
    const child = spawn(process.execPath, [join(services, service, 'dist/main.js')], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...common, SWARMLEDGER_HEALTH_PORT: String(port), ...environment },
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    scope.defer(instance, () => stopChild(child, 10_000));
    if (service !== 'worker') {
      targets.push({ address: `127.0.0.1:${port}`, instance });
      prometheus.setTargets(targets);
      await waitUntilReady(`http://127.0.0.1:${port}`);
    }
    return { exited, kill: (signal) => child.kill(signal) };
  };
  return {
    address: { servers: nats.url, credentials: { user, password } },
    issuer,
    startService,
    startIngestor: (instance) =>
      startService('ingestor', instance, {
        SWARMLEDGER_OWN_PARTITIONS: 'auto',
        SWARMLEDGER_AUTO_TENANTS: 'true',
      }),
    /** As `quota set` does. */
    async limitTenant(id, quota) {
      const ledger = await openLedger({ connection: readLedgerConnection(common, folder) });
      try {
        await ledger.tenants.create(parseTenantId(id), { quota });
      } finally {
        await ledger.close();
      }
    },
    /** ClickHouse is away for so long. */
    async restartAnalytics(away) {
      await analytics.close();
      await away;
      analytics = await startAnalyticsServer(engine);
    },
  };
}

async function waitUntilReady(url) {
  const deadline = performance.now() + readyMs;
  while (performance.now() < deadline) {
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await sleep(100);
  }
  throw new Error(`${url} is not ready`);
}
