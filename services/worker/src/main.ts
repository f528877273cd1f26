import { connectBus, loadCredentials, type BusOptions } from '@swarmledger/bus';
import { closingAfter, createLogger, loadSettings, openTelemetry, runService } from '@swarmledger/runtime';
import { loadConfig, type WorkerConfig } from './config.ts';
import { openWorker } from './open-worker.ts';
import { restoreProject } from './restore-project.ts';

const startLog = createLogger({ level: 'info', service: 'worker' });

process.exitCode = await runService(startLog, async () => {
  const { nats, ledger, logLevel, telemetry: telemetryConfig, ...settings } = loadSettings(process.env, loadConfig);
  const log = createLogger({ level: logLevel, service: 'worker' });
  const telemetry = await openTelemetry(telemetryConfig, { service: 'worker', log });
  const worker = await openWorker(settings, {
    log,
    telemetry,
    connectBus: async () =>
      connectBus({ servers: nats.servers, name: 'worker', ...(await chooseCredentials(nats)), log }),
    restoreProject:
      ledger === undefined
        ? undefined
        : (tenant, job, folder) => restoreProject({ connection: ledger, log }, { tenant, job, folder }),
  });
  return closingAfter(worker, telemetry);
});

/** A `.creds` file where NATS runs in operator mode, a password elsewhere. */
async function chooseCredentials(nats: WorkerConfig['nats']): Promise<Pick<BusOptions, 'credentials'>> {
  const { user, password, credentialsFile } = nats;
  if (credentialsFile !== undefined) return { credentials: await loadCredentials(credentialsFile) };
  return password === undefined ? {} : { credentials: { user, password } };
}
