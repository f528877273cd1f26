import { openAnalytics } from '@swarmledger/analytics';
import { connectBus } from '@swarmledger/bus';
import { openLedger } from '@swarmledger/ledger';
import { createLogger, runService, Secret } from '@swarmledger/runtime';
import { loadConfig } from './config.ts';
import { openIngestor } from './open-ingestor.ts';

const noPassword = new Secret('');
const startLog = createLogger({ level: 'info', service: 'ingestor' });

process.exitCode = await runService(startLog, async () => {
  const { nats, ledger, analytics, logLevel, ...settings } = loadConfig(process.env);
  const log = createLogger({ level: logLevel, service: 'ingestor' });
  return openIngestor(settings, {
    log,
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
});
