import { connectBus, type Bus } from '@swarmledger/bus';
import { openLedger } from '@swarmledger/ledger';
import { closingAfter, createLogger, loadSettings, openTelemetry, runService } from '@swarmledger/runtime';
import { openBusUplink } from '@swarmledger/sdk';
import { loadConfig } from './config.ts';
import { openCredentials } from './credentials.ts';
import { openLedgerUplink } from './ledger-uplink.ts';
import { openSyncService } from './open-sync-service.ts';

const startLog = createLogger({ level: 'info', service: 'syncer' });

process.exitCode = await runService(startLog, async (signal) => {
  const { nats, direct, logLevel, telemetry: telemetryConfig, ...settings } = loadSettings(process.env, loadConfig);
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
      const { servers, credentials } = nats;
      const connect = async (): Promise<Bus> =>
        connectBus({ servers, name: 'syncer', ...(await openCredentials(credentials)), log });
      return openBusUplink({ connect, log });
    },
  });
  return closingAfter(service, telemetry);
});
