import { setFlagsFromString } from 'node:v8';
import { openAnalytics } from '@swarmledger/analytics';
import { connectBus, loadCredentials, type BusOptions } from '@swarmledger/bus';
import { openLedger } from '@swarmledger/ledger';
import { closingAfter, createLogger, loadSettings, openTelemetry, runService, Secret } from '@swarmledger/runtime';
import { loadConfig, type IngestorConfig } from './config.ts';
import { openIngestor } from './open-ingestor.ts';

// The heap grows to twice what lives in it before all of it is collected, not to V8's four times, as most of what an ingestor holds is garbage: 60 MB
// less of 260 for some 5 % more CPU at the most events that it can do.
setFlagsFromString('--heap-growing-percent=100');

const noPassword = new Secret('');
const startLog = createLogger({ level: 'info', service: 'ingestor' });

process.exitCode = await runService(startLog, async () => {
  const { nats, ledger, analytics, logLevel, ...settings } = loadSettings(process.env, loadConfig);
  const log = createLogger({ level: logLevel, service: 'ingestor' });
  const telemetry = await openTelemetry(settings.telemetry, { service: 'ingestor', log });
  const ingestor = await openIngestor(settings, {
    log,
    telemetry,
    connectBus: async () =>
      connectBus({ servers: nats.servers, name: 'ingestor', ...(await chooseCredentials(nats)), log }),
    openLedger: () => openLedger({ connection: ledger, log }),
    openAnalytics: () => openAnalytics({ ...analytics, password: analytics.password ?? noPassword, log }),
  });
  return closingAfter(ingestor, telemetry);
});

/** A `.creds` file where NATS runs in operator mode, a password elsewhere. */
async function chooseCredentials(nats: IngestorConfig['nats']): Promise<Pick<BusOptions, 'credentials'>> {
  const { user, password, credentialsFile } = nats;
  if (credentialsFile !== undefined) return { credentials: await loadCredentials(credentialsFile) };
  return password === undefined ? {} : { credentials: { user, password } };
}
