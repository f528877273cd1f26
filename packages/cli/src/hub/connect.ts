import { openAnalytics, type Analytics } from '@swarmledger/analytics';
import { connectBus, loadCredentials, type Bus, type BusCredentials } from '@swarmledger/bus';
import {
  openLedger,
  readLedgerConnection,
  type Ledger,
  type LedgerConnection,
  type ProjectHistory,
} from '@swarmledger/ledger';
import { parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { PermanentError, Secret, withScope, type Environment } from '@swarmledger/runtime';
import { existsSync } from 'node:fs';
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

/** Lends one project's history. */
export async function withHistory<T>(
  target: { readonly dataDir: string; readonly tenant: string; readonly project: string },
  environment: Environment,
  body: (history: ProjectHistory) => Promise<T>,
): Promise<T> {
  const tenant = parseTenantId(target.tenant);
  const project = parseProjectId(target.project);
  return withLedger(target.dataDir, environment, async (ledger) => body(await ledger.project(tenant, project)));
}
