import { connectBus } from '@swarmledger/bus';
import { openLedger } from '@swarmledger/ledger';
import { createLogger, runService } from '@swarmledger/runtime';
import { openBusUplink } from '@swarmledger/sdk';
import { loadConfig } from './config.ts';
import { openLedgerUplink } from './ledger-uplink.ts';
import { openSyncService } from './open-sync-service.ts';

const startLog = createLogger({ level: 'info', service: 'syncer' });

process.exitCode = await runService(startLog, async () => {
  const { nats, direct, logLevel, ...settings } = loadConfig(process.env);
  const log = createLogger({ level: logLevel, service: 'syncer' });
  return openSyncService(settings, {
    log,
    openUplink: () => {
      if (direct !== undefined) {
        const { connection, ...options } = direct;
        return openLedgerUplink({ ...options, openLedger: () => openLedger({ connection, log }), log });
      }
      const { servers, user, password } = nats;
      const credentials = password === undefined ? {} : { credentials: { user, password } };
      return openBusUplink({ connect: () => connectBus({ servers, name: 'syncer', ...credentials, log }), log });
    },
  });
});
