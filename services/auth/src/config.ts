import { readLedgerConnection, type LedgerConnection } from '@swarmledger/ledger';
import {
  ConfigReader,
  logLevels,
  Secret,
  type Environment,
  type LogLevel,
  readTelemetryConfig,
  type TelemetryConfig,
} from '@swarmledger/runtime';

export interface LocalIssuerConfig {
  readonly kind: 'local';
  /** Keys, people and agents; for its owner only. */
  readonly file: string;
  readonly operator: { readonly username: string; readonly password: Secret } | undefined;
}

export interface KeycloakConfig {
  readonly kind: 'keycloak';
  /** `https://host`, without a realm. */
  readonly baseUrl: string;
  readonly realm: string;
  /** Of the realm file's client swarmledger-auth. */
  readonly clientSecret: Secret;
}

export interface AuthConfig {
  readonly listen: { readonly host: string; readonly port: number };
  /** What callers reach us by; undefined: the address that we listen on. */
  readonly publicUrl: string | undefined;
  readonly proxies: number;
  readonly issuer: LocalIssuerConfig | KeycloakConfig;
  readonly nats: {
    readonly servers: string;
    readonly user: string;
    readonly password: Secret | undefined;
    /** The hub's keys, where NATS runs in operator mode. */
    readonly keysFile: string | undefined;
    /** Of the whole hub: in the account's mapping. */
    readonly partitions: number;
  };
  /** Where tenants' people may ask SQL: the embedded endpoint, or a ClickHouse server whose users we make. */
  readonly sql:
    | { readonly kind: 'embedded'; readonly url: string; readonly tenantSecret: Secret }
    | {
        readonly kind: 'server';
        readonly url: string;
        readonly database: string;
        /** With access management. */
        readonly username: string;
        readonly password: Secret;
      }
    | undefined;
  /** What wraps tenants' data keys; undefined: this hub has none. */
  readonly masterKeys:
    { readonly kind: 'text'; readonly text: Secret } | { readonly kind: 'file'; readonly file: string } | undefined;
  readonly ledger: LedgerConnection;
  readonly health: { readonly host: string; readonly port: number };
  readonly logLevel: LogLevel;
  readonly telemetry: TelemetryConfig;
}

/** Reads `SWARMLEDGER_…`; see the README for the list. @throws PermanentError invalid_config naming every problem */
export function loadConfig(environment: Environment): AuthConfig {
  const read = new ConfigReader(environment);
  const dataDir = read.text('SWARMLEDGER_DATA', '.swarmledger');
  const keycloakUrl = read.optionalText('SWARMLEDGER_KEYCLOAK_URL');
  return read.finish({
    listen: {
      host: read.text('SWARMLEDGER_AUTH_HOST', '127.0.0.1'),
      port: read.integer('SWARMLEDGER_AUTH_PORT', 8_095, { min: 0, max: 65_535 }),
    },
    publicUrl: read.optionalText('SWARMLEDGER_AUTH_URL'),
    proxies: read.integer('SWARMLEDGER_AUTH_PROXIES', 0, { min: 0, max: 10 }),
    issuer: keycloakUrl === undefined ? readLocal(read, dataDir) : readKeycloak(read, keycloakUrl),
    nats: {
      servers: read.text('SWARMLEDGER_NATS_URL', 'nats://127.0.0.1:4222'),
      user: read.text('SWARMLEDGER_NATS_USER', 'swarmledger'),
      password: read.secret('SWARMLEDGER_NATS_PASSWORD'),
      keysFile: read.optionalText('SWARMLEDGER_HUB_KEYS'),
      partitions: read.integer('SWARMLEDGER_PARTITIONS', 8, { min: 1, max: 256 }),
    },
    sql: readSql(read),
    masterKeys: readMasterKeys(read),
    ledger: read.include(() => readLedgerConnection(environment, dataDir)),
    health: {
      host: read.text('SWARMLEDGER_HEALTH_HOST', '127.0.0.1'),
      port: read.integer('SWARMLEDGER_HEALTH_PORT', 8_096, { min: 0, max: 65_535 }),
    },
    logLevel: read.oneOf('SWARMLEDGER_LOG_LEVEL', logLevels, 'info'),
    telemetry: read.include(() => readTelemetryConfig(environment)),
  });
}

function readSql(read: ConfigReader): AuthConfig['sql'] {
  const tenantSecret = read.secret('SWARMLEDGER_SQL_TENANT_SECRET');
  const password = read.secret('SWARMLEDGER_SQL_ADMIN_PASSWORD');
  if (tenantSecret !== undefined && password !== undefined)
    read.problem(
      'SWARMLEDGER_SQL_TENANT_SECRET is of the embedded endpoint, SWARMLEDGER_SQL_ADMIN_PASSWORD of a server: give one',
    );
  if (tenantSecret !== undefined)
    return { kind: 'embedded', url: read.text('SWARMLEDGER_CLICKHOUSE_URL'), tenantSecret };
  if (password === undefined) return undefined;
  return {
    kind: 'server',
    url: read.text('SWARMLEDGER_CLICKHOUSE_URL'),
    database: read.text('SWARMLEDGER_CLICKHOUSE_DATABASE', 'swarmledger'),
    username: read.text('SWARMLEDGER_SQL_ADMIN_USER', 'swarmledger_admin'),
    password,
  };
}

function readMasterKeys(read: ConfigReader): AuthConfig['masterKeys'] {
  const text = read.secret('SWARMLEDGER_MASTER_KEY');
  const file = read.optionalText('SWARMLEDGER_MASTER_KEY_FILE');
  if (text !== undefined && file !== undefined)
    read.problem('SWARMLEDGER_MASTER_KEY and SWARMLEDGER_MASTER_KEY_FILE are both there: give one');
  if (text !== undefined) return { kind: 'text', text };
  return file === undefined ? undefined : { kind: 'file', file };
}

function readLocal(read: ConfigReader, dataDir: string): LocalIssuerConfig {
  const password = read.secret('SWARMLEDGER_OPERATOR_PASSWORD');
  const username = read.text('SWARMLEDGER_OPERATOR_USER', 'operator');
  return {
    kind: 'local',
    file: read.text('SWARMLEDGER_ISSUER_FILE', `${dataDir}/auth/issuer.json`),
    operator: password === undefined ? undefined : { username, password },
  };
}

function readKeycloak(read: ConfigReader, url: string): KeycloakConfig {
  return {
    kind: 'keycloak',
    baseUrl: url.replace(/\/$/, ''),
    realm: read.text('SWARMLEDGER_KEYCLOAK_REALM', 'swarmledger'),
    clientSecret: new Secret(read.text('SWARMLEDGER_KEYCLOAK_SECRET')),
  };
}
