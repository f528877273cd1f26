import { readLedgerConnection, type LedgerConnection } from '@swarmledger/ledger';
import { defaultSyncPolicy, outboxLimits, type OutboxOptions, type SyncPolicy } from '@swarmledger/outbox';
import {
  ConfigReader,
  logLevels,
  type Environment,
  type LogLevel,
  readTelemetryConfig,
  type TelemetryConfig,
} from '@swarmledger/runtime';
import { readCredentialsConfig, type CredentialsConfig } from './credentials.ts';

export interface SyncerConfig {
  readonly outbox: OutboxOptions;
  readonly nats: { readonly servers: string; readonly credentials: CredentialsConfig };
  /** Set: straight into the ledger. */
  readonly direct:
    { readonly connection: LedgerConnection; readonly partitions: number; readonly autoTenants: boolean } | undefined;
  readonly health: { readonly host: string; readonly port: number };
  readonly logLevel: LogLevel;
  readonly telemetry: TelemetryConfig;
  readonly policy: SyncPolicy;
}

const unlimited = 0;

/** Reads `SWARMLEDGER_…`; see the README for the list. @throws PermanentError invalid_config naming every problem */
export function loadConfig(environment: Environment): SyncerConfig {
  const read = new ConfigReader(environment);
  const range = { min: 0, max: Number.MAX_SAFE_INTEGER };
  const limit = (name: string): number => {
    const value = read.integer(name, unlimited, range);
    return value === unlimited ? Infinity : value;
  };
  const { burstBytes, batchEventsMax, lingerMsMax } = defaultSyncPolicy;
  return read.finish({
    outbox: {
      file: read.text('SWARMLEDGER_OUTBOX', '.swarmledger/outbox.sqlite'),
      bytesMax: read.integer('SWARMLEDGER_OUTBOX_BYTES_MAX', outboxLimits.bytesMax, { ...range, min: 1_000_000 }),
    },
    nats: {
      servers: read.text('SWARMLEDGER_NATS_URL', 'nats://127.0.0.1:4222'),
      credentials: readCredentialsConfig(read),
    },
    direct: read.boolean('SWARMLEDGER_SYNC_DIRECT', false)
      ? {
          connection: read.include(() =>
            readLedgerConnection(environment, read.text('SWARMLEDGER_DATA', '.swarmledger')),
          ),
          partitions: read.integer('SWARMLEDGER_PARTITIONS', 8, { min: 1, max: 256 }),
          autoTenants: read.boolean('SWARMLEDGER_AUTO_TENANTS', false),
        }
      : undefined,
    health: {
      host: read.text('SWARMLEDGER_HEALTH_HOST', '127.0.0.1'),
      port: read.integer('SWARMLEDGER_HEALTH_PORT', 8_091, { min: 0, max: 65_535 }),
    },
    logLevel: read.oneOf('SWARMLEDGER_LOG_LEVEL', logLevels, 'info'),
    telemetry: read.include(() => readTelemetryConfig(environment)),
    policy: {
      ...defaultSyncPolicy,
      bytesPerSecond: limit('SWARMLEDGER_SYNC_BYTES_PER_SECOND'),
      burstBytes: read.integer('SWARMLEDGER_SYNC_BURST_BYTES', burstBytes, { ...range, min: 1_000 }),
      criticalShare: read.integer('SWARMLEDGER_SYNC_CRITICAL_PERCENT', 10, { min: 0, max: 100 }) / 100,
      dailyBytesMax: limit('SWARMLEDGER_SYNC_DAILY_BYTES'),
      batchEventsMax: read.integer('SWARMLEDGER_SYNC_BATCH_EVENTS_MAX', batchEventsMax, { min: 50, max: 5_000 }),
      lingerMsMax: read.integer('SWARMLEDGER_SYNC_LINGER_MS_MAX', lingerMsMax, { min: 0, max: 60_000 }),
      compress: read.boolean('SWARMLEDGER_SYNC_COMPRESS', true),
    },
  });
}
