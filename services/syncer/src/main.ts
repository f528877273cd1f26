import { connectBus } from '@swarmledger/bus';
import { openLedger } from '@swarmledger/ledger';
import { closingAfter, createLogger, openTelemetry, runService } from '@swarmledger/runtime';
import { openBusUplink } from '@swarmledger/sdk';
import { loadConfig } from './config.ts';
import { openLedgerUplink } from './ledger-uplink.ts';
import { openSyncService } from './open-sync-service.ts';

const startLog = createLogger({ level: 'info', service: 'syncer' });

process.exitCode = await runService(startLog, async (signal) => {
  const { nats, direct, logLevel, telemetry: telemetryConfig, ...settings } = loadConfig(process.env);
  const log = createLogger({ level: logLevel, service: 'syncer' });
  const telemetry = await openTelemetry(telemetryConfig, { service: 'syncer', log });
  const service = await openSyncService(settings, {
    log,
    telemetry,
    signal,
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
  return closingAfter(service, telemetry);
});
