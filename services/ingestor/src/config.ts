import { busLimits } from '@swarmledger/bus';
import { readLedgerConnection, type LedgerConnection } from '@swarmledger/ledger';
import {
  ConfigReader,
  logLevels,
  readTelemetryConfig,
  PermanentError,
  type Environment,
  type LogLevel,
  type Secret,
  type TelemetryConfig,
} from '@swarmledger/runtime';
import { defaultIngestPolicy, type IngestPolicy } from './policy.ts';

export interface IngestorConfig {
  readonly nats: {
    readonly servers: string;
    readonly user: string;
    readonly password: Secret | undefined;
    readonly credentialsFile: string | undefined;
  };
  readonly ledger: LedgerConnection;
  readonly analytics: {
    readonly url: string;
    readonly database: string;
    readonly username: string;
    readonly password: Secret | undefined;
  };
  readonly health: { readonly host: string; readonly port: number };
  readonly logLevel: LogLevel;
  readonly telemetry: TelemetryConfig;
  /** Streams that the subject space is cut into: the same for the whole hub, for ever. */
  readonly partitions: number;
  /** Those that this process owns; `auto`: its share, as ingestors come and go. */
  readonly ownPartitions: readonly number[] | 'auto';
  /** Creates a tenant with its first event: for one machine. Otherwise an unknown tenant's events are dead letters. */
  readonly autoTenants: boolean;
  readonly streams: {
    readonly bytesMax: number;
    /** Of the overflow lane; the bus's default otherwise. */
    readonly overflowBytesMax?: number;
    readonly replicas: number;
  };
  readonly policy: IngestPolicy;
}

const partitionsMax = 256;
const streamBytesDefault = 4 * 1024 ** 3;

/** Reads `SWARMLEDGER_…`; see the README for the list. @throws PermanentError invalid_config naming every problem */
export function loadConfig(environment: Environment): IngestorConfig {
  const read = new ConfigReader(environment);
  const partitions = read.integer('SWARMLEDGER_PARTITIONS', 8, { min: 1, max: partitionsMax });
  const own = read.text('SWARMLEDGER_OWN_PARTITIONS', `0-${partitions - 1}`);
  const { feed, breaker, ...policy } = defaultIngestPolicy;
  const streamBytesMax = read.integer('SWARMLEDGER_STREAM_BYTES_MAX', streamBytesDefault, {
    min: 1_000_000,
    max: 2 ** 50,
  });
  return read.finish({
    nats: {
      servers: read.text('SWARMLEDGER_NATS_URL', 'nats://127.0.0.1:4222'),
      user: read.text('SWARMLEDGER_NATS_USER', 'swarmledger'),
      password: read.secret('SWARMLEDGER_NATS_PASSWORD'),
      credentialsFile: read.optionalText('SWARMLEDGER_NATS_CREDENTIALS'),
    },
    ledger: read.include(() => readLedgerConnection(environment, read.text('SWARMLEDGER_DATA', '.swarmledger'))),
    analytics: {
      url: read.text('SWARMLEDGER_CLICKHOUSE_URL', 'http://127.0.0.1:8123'),
      database: read.text('SWARMLEDGER_CLICKHOUSE_DATABASE', 'swarmledger'),
      username: read.text('SWARMLEDGER_CLICKHOUSE_USER', 'default'),
      password: read.secret('SWARMLEDGER_CLICKHOUSE_PASSWORD'),
    },
    health: {
      host: read.text('SWARMLEDGER_HEALTH_HOST', '127.0.0.1'),
      port: read.integer('SWARMLEDGER_HEALTH_PORT', 8_090, { min: 0, max: 65_535 }),
    },
    logLevel: read.oneOf('SWARMLEDGER_LOG_LEVEL', logLevels, 'info'),
    telemetry: read.include(() => readTelemetryConfig(environment)),
    partitions,
    ownPartitions:
      own === 'auto' ? own : read.include(() => parsePartitionList('SWARMLEDGER_OWN_PARTITIONS', own, partitions)),
    autoTenants: read.boolean('SWARMLEDGER_AUTO_TENANTS', false),
    streams: {
      bytesMax: streamBytesMax,
      overflowBytesMax: read.integer(
        'SWARMLEDGER_OVERFLOW_BYTES_MAX',
        Math.min(busLimits.overflowBytesMax, streamBytesMax),
        { min: 1_000_000, max: 2 ** 50 },
      ),
      replicas: read.integer('SWARMLEDGER_STREAM_REPLICAS', 1, { min: 1, max: 5 }),
    },
    policy: {
      ...policy,
      feed: { ...feed, fillMs: read.integer('SWARMLEDGER_FEED_FILL_MS', feed.fillMs, { min: 0, max: 60_000 }) },
      breaker: {
        deadLettersMax: read.integer('SWARMLEDGER_BREAKER_DEAD_LETTERS', breaker.deadLettersMax, {
          min: 1,
          max: 1_000_000,
        }),
        windowMs: read.integer('SWARMLEDGER_BREAKER_WINDOW_MS', breaker.windowMs, { min: 1, max: 86_400_000 }),
        coolDownMs: read.integer('SWARMLEDGER_BREAKER_COOL_DOWN_MS', breaker.coolDownMs, { min: 1, max: 86_400_000 }),
      },
    },
  });
}

/** `0-3,7` as numbers, each once, in order. @throws PermanentError invalid_config */
export function parsePartitionList(name: string, text: string, partitions: number): readonly number[] {
  const numbers = new Set<number>();
  for (const range of text.split(',')) {
    const [, first, last = first] = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(range) ?? [];
    if (first === undefined || Number(last) < Number(first) || Number(last) >= partitions) {
      throw new PermanentError(
        'invalid_config',
        `configuration: ${name} is not a list like 0-3,7 of partitions below ${partitions}`,
      );
    }
    for (let partition = Number(first); partition <= Number(last); partition++) numbers.add(partition);
  }
  return [...numbers].sort((a, b) => a - b);
}
