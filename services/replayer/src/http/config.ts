import { defaultAudience } from '@swarmledger/identity';
import { readLedgerConnection, type LedgerConnection } from '@swarmledger/ledger';
import {
  ConfigReader,
  logLevels,
  type Environment,
  type LogLevel,
  readTelemetryConfig,
  type TelemetryConfig,
} from '@swarmledger/runtime';

export interface ReplayerConfig {
  readonly ledger: LedgerConnection;
  /** Exactly as in the tokens' `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** Of the auth service, which knows who may have data keys. Undefined: nothing is decrypted. */
  readonly authUrl: string | undefined;
  readonly http: Address;
  readonly health: Address;
  readonly logLevel: LogLevel;
  readonly telemetry: TelemetryConfig;
}

export interface Address {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

const ports = { min: 0, max: 65_535 } as const;

/** Reads `SWARMLEDGER_…`; see docs/http.md for the list. @throws PermanentError invalid_config naming every problem */
export function loadConfig(environment: Environment): ReplayerConfig {
  const read = new ConfigReader(environment);
  return read.finish({
    ledger: read.include(() => readLedgerConnection(environment, read.text('SWARMLEDGER_DATA', '.swarmledger'))),
    issuer: read.text('SWARMLEDGER_ISSUER'),
    audience: read.text('SWARMLEDGER_AUDIENCE', defaultAudience),
    authUrl: read.optionalText('SWARMLEDGER_AUTH_URL'),
    http: {
      host: read.text('SWARMLEDGER_HTTP_HOST', '127.0.0.1'),
      port: read.integer('SWARMLEDGER_HTTP_PORT', 8_092, ports),
    },
    health: {
      host: read.text('SWARMLEDGER_HEALTH_HOST', '127.0.0.1'),
      port: read.integer('SWARMLEDGER_HEALTH_PORT', 8_093, ports),
    },
    logLevel: read.oneOf('SWARMLEDGER_LOG_LEVEL', logLevels, 'info'),
    telemetry: read.include(() => readTelemetryConfig(environment)),
  });
}
