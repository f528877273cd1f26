import { connectBus } from '@swarmledger/bus';
import { closingAfter, createLogger, loadEnvironment, openTelemetry, runService } from '@swarmledger/runtime';
import { loadConfig } from './config.ts';
import { openWorker } from './open-worker.ts';
import { restoreProject } from './restore-project.ts';

const startLog = createLogger({ level: 'info', service: 'worker' });

process.exitCode = await runService(startLog, async () => {
  const { nats, ledger, logLevel, telemetry: telemetryConfig, ...settings } = loadConfig(loadEnvironment(process.env));
  const log = createLogger({ level: logLevel, service: 'worker' });
  const telemetry = await openTelemetry(telemetryConfig, { service: 'worker', log });
  const worker = await openWorker(settings, {
    log,
    telemetry,
    connectBus: () =>
      connectBus({
        servers: nats.servers,
        name: 'worker',
        ...(nats.password === undefined ? {} : { credentials: { user: nats.user, password: nats.password } }),
        log,
      }),
    restoreProject:
      ledger === undefined
        ? undefined
        : (tenant, job, folder) => restoreProject({ connection: ledger, log }, { tenant, job, folder }),
  });
  return closingAfter(worker, telemetry);
});
