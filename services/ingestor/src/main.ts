import { openAnalytics } from '@swarmledger/analytics';
import { connectBus } from '@swarmledger/bus';
import { openLedger } from '@swarmledger/ledger';
import { closingAfter, createLogger, loadEnvironment, openTelemetry, runService, Secret } from '@swarmledger/runtime';
import { loadConfig } from './config.ts';
import { openIngestor } from './open-ingestor.ts';

const noPassword = new Secret('');
const startLog = createLogger({ level: 'info', service: 'ingestor' });

process.exitCode = await runService(startLog, async () => {
  const { nats, ledger, analytics, logLevel, ...settings } = loadConfig(loadEnvironment(process.env));
  const log = createLogger({ level: logLevel, service: 'ingestor' });
  const telemetry = await openTelemetry(settings.telemetry, { service: 'ingestor', log });
  const ingestor = await openIngestor(settings, {
    log,
    telemetry,
    connectBus: () =>
      connectBus({
        servers: nats.servers,
        name: 'ingestor',
        ...(nats.password === undefined ? {} : { credentials: { user: nats.user, password: nats.password } }),
        log,
      }),
    openLedger: () => openLedger({ connection: ledger, log }),
    openAnalytics: () => openAnalytics({ ...analytics, password: analytics.password ?? noPassword, log }),
  });
  return closingAfter(ingestor, telemetry);
});
