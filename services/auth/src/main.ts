import { connectBus } from '@swarmledger/bus';
import { openLedger } from '@swarmledger/ledger';
import { createLogger, retry, runService } from '@swarmledger/runtime';
import { loadConfig } from './config.ts';
import { openAuth } from './open-auth.ts';

const startLog = createLogger({ level: 'info', service: 'auth' });

process.exitCode = await runService(startLog, async (signal) => {
  const { nats, ledger, logLevel, ...settings } = loadConfig(process.env);
  const log = createLogger({ level: logLevel, service: 'auth' });
  const credentials = nats.password === undefined ? {} : { credentials: { user: nats.user, password: nats.password } };
  // Started in any order: what it stands on may come later.
  const policy = { initialMs: 100, maxMs: 5_000, attemptsMax: Infinity };
  return openAuth(settings, {
    log,
    openLedger: () => retry(() => openLedger({ connection: ledger, log }), { policy, signal }),
    connectBus: () =>
      retry(() => connectBus({ servers: nats.servers, name: 'auth', ...credentials, log }), { policy, signal }),
  });
});
