import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startAnalyticsServer, type AnalyticsServer } from '@swarmledger/analytics';
import { findNatsServer, startNatsServer, type NatsServer } from '@swarmledger/bus';
import { ensureMasterKeyFile } from '@swarmledger/encryption';
import { readLedgerConnection, type LedgerConnection } from '@swarmledger/ledger';
import { PermanentError, Scope, Secret, type Environment, type Logger } from '@swarmledger/runtime';
import {
  findHub,
  isHubRunning,
  loadSecrets,
  removeHubFile,
  writeHubFile,
  type HubFile,
  type HubSecrets,
} from './hub-file.ts';
import { startAuth, type AuthProcess } from './auth-process.ts';
import { ensureHubKeys, hubCredentialsFile, hubKeysFile, masterKeyFile } from './hub-keys.ts';
import { startIngestor, waitUntilReady, type IngestorProcess } from './ingestor-process.ts';
import { stopOrphanedServer } from './orphans.ts';
import { Supervisor } from './supervise.ts';

export interface HubOptions {
  readonly dataDir: string;
  readonly environment: Environment;
  /** 0: free ones. */
  readonly natsPort: number;
  readonly httpPort: number;
  readonly partitions: number;
  /** Tenants register and sign in, NATS runs in operator mode. Without it everybody with the hub's password is trusted. */
  readonly auth?: { readonly port: number };
  readonly log: Logger;
}

/** A whole hub on this machine: nats-server, the analytics engine and the ingestor, each a child process. */
export interface Hub {
  /** As it is now: processes that ended were started again. */
  readonly file: HubFile;
  close(): Promise<void>;
}

const natsUser = 'swarmledger';
const analyticsUser = 'swarmledger';
const analystUser = 'analyst';
const operatorUser = 'operator';
const database = 'swarmledger';

/** @throws PermanentError hub_running, no_nats_server and others; TransientError what does not start */
export async function startHub(options: HubOptions): Promise<Hub> {
  const dataDir = resolve(options.dataDir);
  const before = await findHub(dataDir);
  if (before !== undefined && isHubRunning(before)) {
    throw new PermanentError('hub_running', `a hub (process ${before.pid}) runs with its data in ${dataDir} already`);
  }
  const binary = await findNatsServer(options.environment);
  if (binary === undefined) {
    throw new PermanentError(
      'no_nats_server',
      'there is no nats-server here: "npm run setup" fetches one, or put one on PATH or into SWARMLEDGER_NATS_SERVER',
    );
  }
  await mkdir(join(dataDir, 'logs'), { recursive: true });
  const scope = new Scope();
  try {
    return await startChildren({ ...options, dataDir }, binary, scope);
  } catch (error) {
    await scope.close().catch(() => undefined);
    throw error;
  }
}

async function startChildren(options: HubOptions, binary: string, scope: Scope): Promise<Hub> {
  const { dataDir, environment, log, partitions } = options;
  const secrets = await loadSecrets(dataDir);
  const ledger = readLedgerConnection(environment, dataDir);
  const natsDir = join(dataDir, 'nats');
  await stopOrphanedServer(natsDir);

  // A restarted child keeps its port: clients come back to where they were.
  const keys = options.auth === undefined ? undefined : await ensureHubKeys(dataDir);
  if (options.auth !== undefined && !hasMasterKey(environment)) await ensureMasterKeyFile(masterKeyFile(dataDir));
  let natsPort = options.natsPort;
  const nats = await Supervisor.open(
    'nats-server',
    () =>
      startNatsServer({
        binary,
        dataDir: natsDir,
        port: natsPort,
        partitions,
        access:
          keys === undefined
            ? { kind: 'password', user: natsUser, password: new Secret(secrets.natsPassword) }
            : { kind: 'operator', keys },
      }),
    log,
  );
  scope.own('nats-server', nats);
  natsPort = nats.current.port;

  let httpPort = options.httpPort;
  const engine = await Supervisor.open(
    'analytics engine',
    () =>
      startAnalyticsServer({
        dataDir: join(dataDir, 'analytics'),
        port: httpPort,
        username: analyticsUser,
        password: new Secret(secrets.analyticsPassword),
        analystPassword: new Secret(secrets.analystPassword),
        tenantSecret: new Secret(secrets.tenantSecret),
      }),
    log,
  );
  scope.own('analytics engine', engine);
  httpPort = engine.current.port;

  const logFile = join(dataDir, 'logs', 'ingestor.log');
  const ingestorEnvironment = describeIngestor(options, {
    nats: nats.current,
    engine: engine.current,
    ledger,
    secrets,
  });
  let auth: Supervisor<AuthProcess> | undefined;
  const describe = (ingestor: IngestorProcess, authProcess = auth?.current): HubFile =>
    describeHub({
      nats: nats.current,
      engine: engine.current,
      ingestor,
      ledger,
      secrets,
      partitions,
      dataDir,
      isOperatorMode: keys !== undefined,
      auth: authProcess,
    });
  const ingestor = await Supervisor.open(
    'ingestor',
    async () => {
      const started = await startIngestor(ingestorEnvironment, logFile);
      await writeHubFile(dataDir, describe(started));
      return started;
    },
    log,
  );
  scope.own('ingestor', ingestor);
  scope.defer('hub file', () => removeHubFile(dataDir));
  await waitUntilReady(ingestor.current, logFile);
  if (options.auth !== undefined) {
    const authLog = join(dataDir, 'logs', 'auth.log');
    const environmentOfAuth = describeAuth(options, { nats: nats.current, engine: engine.current, secrets, ledger });
    let authPort = options.auth.port;
    auth = await Supervisor.open(
      'auth',
      async () => {
        const started = await startAuth(environmentOfAuth, { port: authPort, logFile: authLog });
        await writeHubFile(dataDir, describe(ingestor.current, started));
        return started;
      },
      log,
    );
    scope.own('auth', auth);
    authPort = auth.current.port;
  }
  return {
    get file() {
      return describe(ingestor.current);
    },
    close: () => scope.close(),
  };
}

interface Parts {
  readonly nats: NatsServer;
  readonly engine: AnalyticsServer;
  readonly ledger: LedgerConnection;
  readonly secrets: HubSecrets;
}

function describeIngestor(options: HubOptions, { nats, engine, ledger, secrets }: Parts): Environment {
  const clusterFile = ledger.kind === 'cluster' ? ledger.clusterFile : undefined;
  return {
    ...options.environment,
    SWARMLEDGER_NATS_URL: nats.url,
    SWARMLEDGER_NATS_USER: natsUser,
    ...describeNats(options, secrets),
    SWARMLEDGER_CLICKHOUSE_URL: engine.url,
    SWARMLEDGER_CLICKHOUSE_DATABASE: database,
    SWARMLEDGER_CLICKHOUSE_USER: analyticsUser,
    SWARMLEDGER_CLICKHOUSE_PASSWORD: secrets.analyticsPassword,
    SWARMLEDGER_DATA: options.dataDir,
    SWARMLEDGER_LEDGER: ledger.kind === 'cluster' ? 'fdb' : 'embedded',
    ...(clusterFile === undefined ? {} : { FDB_CLUSTER_FILE: clusterFile }),
    SWARMLEDGER_PARTITIONS: String(options.partitions),
    // Without the auth service there is nobody to register tenants with.
    SWARMLEDGER_AUTO_TENANTS: options.auth === undefined ? 'true' : 'false',
  };
}

function describeNats(options: HubOptions, secrets: HubSecrets): Environment {
  return options.auth === undefined
    ? { SWARMLEDGER_NATS_PASSWORD: secrets.natsPassword }
    : { SWARMLEDGER_NATS_CREDENTIALS: hubCredentialsFile(options.dataDir) };
}

function describeAuth(options: HubOptions, { nats, engine, secrets, ledger }: Parts): Environment {
  return {
    ...options.environment,
    SWARMLEDGER_NATS_URL: nats.url,
    SWARMLEDGER_HUB_KEYS: hubKeysFile(options.dataDir),
    ...(hasMasterKey(options.environment) ? {} : { SWARMLEDGER_MASTER_KEY_FILE: masterKeyFile(options.dataDir) }),
    SWARMLEDGER_DATA: options.dataDir,
    SWARMLEDGER_LEDGER: ledger.kind === 'cluster' ? 'fdb' : 'embedded',
    ...(ledger.kind === 'cluster' ? { FDB_CLUSTER_FILE: ledger.clusterFile } : {}),
    SWARMLEDGER_PARTITIONS: String(options.partitions),
    SWARMLEDGER_CLICKHOUSE_URL: engine.url,
    SWARMLEDGER_SQL_TENANT_SECRET: secrets.tenantSecret,
    SWARMLEDGER_OPERATOR_USER: operatorUser,
    SWARMLEDGER_OPERATOR_PASSWORD: secrets.operatorPassword,
  };
}

/** Given from outside; else it is a file of this hub's. */
function hasMasterKey(environment: Environment): boolean {
  return Boolean(environment['SWARMLEDGER_MASTER_KEY'] ?? environment['SWARMLEDGER_MASTER_KEY_FILE']);
}

function describeHub(
  parts: Parts & {
    readonly ingestor: IngestorProcess;
    readonly partitions: number;
    readonly dataDir: string;
    readonly isOperatorMode: boolean;
    readonly auth: AuthProcess | undefined;
  },
): HubFile {
  const { nats, engine, ingestor, ledger, secrets, partitions, dataDir, isOperatorMode, auth } = parts;
  const operator = { username: operatorUser, password: secrets.operatorPassword };
  return {
    version: 1,
    pid: process.pid,
    nats: {
      url: nats.url,
      user: natsUser,
      password: secrets.natsPassword,
      ...(isOperatorMode ? { credentialsFile: hubCredentialsFile(dataDir) } : {}),
      monitoringUrl: `http://127.0.0.1:${nats.monitoringPort}`,
      pid: nats.pid,
    },
    analytics: {
      url: engine.url,
      database,
      username: analyticsUser,
      password: secrets.analyticsPassword,
      analyst: { username: analystUser, password: secrets.analystPassword },
    },
    ledger,
    partitions,
    ...(auth === undefined ? {} : { auth: { url: auth.url, issuerUrl: auth.issuerUrl, pid: auth.pid, operator } }),
    ingestor: { healthUrl: ingestor.healthUrl, pid: ingestor.pid },
  };
}
