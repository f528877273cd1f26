import { openAnalytics, type Analytics } from '@swarmledger/analytics';
import { connectBus, loadCredentials, type Bus, type BusCredentials } from '@swarmledger/bus';
import {
  openLedger,
  readLedgerConnection,
  type Ledger,
  type LedgerConnection,
  type ProjectHistory,
} from '@swarmledger/ledger';
import { parseDataKeys, type DataKeys } from '@swarmledger/encryption';
import { parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { decryptHistory } from '@swarmledger/replayer';
import { PermanentError, Secret, withScope, type Environment } from '@swarmledger/runtime';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { findHub, type HubFile } from './hub-file.ts';

/** Lends a connection to the hub's NATS. */
export async function withBus<T>(hub: HubFile, body: (bus: Bus) => Promise<T>): Promise<T> {
  return withScope(async (scope) => {
    const bus = await connectBus({
      servers: hub.nats.url,
      name: 'swarmledger-cli',
      credentials: await natsCredentials(hub),
    });
    return body(scope.own('bus', bus));
  });
}

/** The hub's own: everything of every tenant. */
export async function natsCredentials(hub: HubFile): Promise<BusCredentials> {
  const { user, password, credentialsFile } = hub.nats;
  if (credentialsFile !== undefined) return loadCredentials(credentialsFile);
  return { user, password: new Secret(password) };
}

/** Lends the analytics copy. `analyst` cannot write, nor read this machine's files through SQL. */
export async function withAnalytics<T>(
  hub: HubFile,
  user: 'hub' | 'analyst',
  body: (analytics: Analytics) => Promise<T>,
): Promise<T> {
  const { url, database, analyst, username, password } = hub.analytics;
  const login = user === 'analyst' ? analyst : { username, password };
  return withScope(async (scope) => {
    const options = { url, database, username: login.username, password: new Secret(login.password) };
    // Who asks by hand need not say whose tables.
    if (user === 'analyst') return body(scope.own('analytics', openAnalytics({ ...options, startIn: database })));
    return body(scope.own('analytics', openAnalytics(options)));
  });
}

/** Lends the ledger: the running hub's, or the one in the data folder when no hub runs. @throws PermanentError no_ledger */
export async function withLedger<T>(
  dataDir: string,
  environment: Environment,
  body: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const connection = await findLedger(dataDir, environment);
  return withScope(async (scope) => body(scope.own('ledger', await openLedger({ connection }))));
}

/** The running hub's ledger, or the one in the data folder. @throws PermanentError no_ledger */
export async function findLedger(dataDir: string, environment: Environment): Promise<LedgerConnection> {
  const connection = (await findHub(dataDir))?.ledger ?? readLedgerConnection(environment, dataDir);
  if (connection.kind === 'embedded' && !existsSync(connection.file)) {
    throw new PermanentError(
      'no_ledger',
      `there is no ledger in ${dataDir}: start a hub with "npx swarmledger up", or name its folder with --data`,
    );
  }
  return connection;
}

export interface HistoryTarget {
  readonly dataDir: string;
  readonly tenant: string;
  readonly project: string;
  /** A file of the tenant's data keys: payloads are read decrypted. */
  readonly dataKeys?: string;
}

/** Lends one project's history. @throws PermanentError no_data_keys, invalid_data_keys */
export async function withHistory<T>(
  target: HistoryTarget,
  environment: Environment,
  body: (history: ProjectHistory) => Promise<T>,
): Promise<T> {
  const tenant = parseTenantId(target.tenant);
  const project = parseProjectId(target.project);
  const keys = target.dataKeys === undefined ? undefined : await readDataKeys(target.dataKeys);
  return withLedger(target.dataDir, environment, async (ledger) => {
    const history = await ledger.project(tenant, project);
    return body(keys === undefined ? history : decryptHistory(history, async () => keys));
  });
}

async function readDataKeys(file: string): Promise<DataKeys> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new PermanentError('no_data_keys', `cannot read the data keys in ${file}`, { cause });
  }
  return parseDataKeys(json, file);
}
