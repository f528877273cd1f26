import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bus } from '@swarmledger/bus';
import { createTokenVerifier } from '@swarmledger/identity';
import type { Ledger } from '@swarmledger/ledger';
import { parseTenantId } from '@swarmledger/protocol';
import { closeServer, errorCode, errorMessage, Scope, type Logger, type Service } from '@swarmledger/runtime';
import { createAuditTrail } from './acts/audit.ts';
import { finishRemovals, type RemovalDependencies } from './acts/removal.ts';
import { openSqlLogins } from './acts/sql-logins.ts';
import type { AuthConfig } from './config.ts';
import { DataKeyStore } from './data-keys/data-key-store.ts';
import { openKeyWrapper } from './data-keys/open-key-wrapper.ts';
import { createApp, type RouteGuard } from './http/app.ts';
import { createRoutes } from './http/routes.ts';
import { IssuerFile } from './issuer/issuer-file.ts';
import { LocalIssuer } from './issuer/local-issuer.ts';
import { operatorsTenantName, type RateLimits } from './limits.ts';
import { KeycloakAdmin } from './keycloak/admin.ts';
import { createKeycloakGuard } from './keycloak/guard.ts';
import { KeycloakUsers } from './keycloak/keycloak-users.ts';
import type { UserDirectory } from './users/contract.ts';
import { noHubAccount, OperatorHubAccount, type HubAccount, type HubAccountOptions } from './nats/hub-account.ts';
import { LocalUsers } from './users/local-users.ts';

export interface AuthDependencies {
  readonly openLedger: () => Promise<Ledger>;
  readonly connectBus: () => Promise<Bus>;
  readonly log: Logger;
  /** Unix milliseconds; `Date.now` by default. */
  readonly clock?: () => number;
  /** For tests; `rateLimits` by default. */
  readonly limits?: RateLimits;
}

export interface AuthService extends Service {
  readonly url: string;
  /** The issuer of the tokens that it takes. */
  readonly issuerUrl: string;
}

/** Also what a rotated signing key waits for. */
const pushAccountEveryMs = 30_000;
const finishRemovalsEveryMs = 60_000;
/** How often it is looked whether the signing key has grown old. */
const renewKeyEveryMs = 60 * 60_000;

export type AuthSettings = Pick<AuthConfig, 'listen' | 'publicUrl' | 'proxies' | 'issuer' | 'sql' | 'masterKeys'> & {
  readonly nats: Pick<AuthConfig['nats'], 'servers' | 'keysFile' | 'partitions'>;
};

/** Resolves when it listens. @throws PermanentError, TransientError of what it stands on */
export async function openAuth(settings: AuthSettings, dependencies: AuthDependencies): Promise<AuthService> {
  const scope = new Scope();
  try {
    return await openIn(scope, settings, dependencies);
  } catch (error) {
    await scope.close().catch(() => undefined);
    throw error;
  }
}

async function openIn(scope: Scope, settings: AuthSettings, dependencies: AuthDependencies): Promise<AuthService> {
  const { log, limits, clock = Date.now } = dependencies;
  const ledger = scope.own('ledger', await dependencies.openLedger());
  const bus = scope.own('bus', await dependencies.connectBus());
  const operators = parseTenantId(operatorsTenantName);
  await ledger.tenants.ensure(operators);
  // The port is part of the issuer's name, so it comes first; who calls too early is told to come again.
  let answer: RequestListener = (_request, response) => void response.writeHead(503, { 'retry-after': '1' }).end();
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.listen.port, settings.listen.host, resolve);
  });
  scope.defer('http server', () => closeServer(server));
  const { port } = server.address() as AddressInfo;
  const url = settings.publicUrl ?? `http://${settings.listen.host}:${port}`;
  const issuer = await openIssuer(settings.issuer, url, clock);
  const { users } = issuer;
  const audit = createAuditTrail(bus, clock);
  const sql = openSqlLogins(settings.sql, scope);
  const wrapper = await openKeyWrapper(settings.masterKeys);
  const { tenants } = ledger;
  const dataKeys = wrapper === undefined ? undefined : new DataKeyStore({ tenants, wrapper, clock });
  if (dataKeys === undefined)
    log.warn('no master key', { means: 'tenants have no data keys to encrypt payloads with' });
  const account = openHubAccount(scope, settings.nats, { documents: ledger.tenants.documents, operators, clock, log });
  answer = createApp({
    routes: createRoutes({ ledger, bus, users, account, sql, dataKeys, audit, operators, clock, log }),
    verifier: createTokenVerifier({ issuer: issuer.url, clock }),
    ...(issuer.local === undefined ? {} : { issuer: issuer.local }),
    ...(issuer.guard === undefined ? {} : { guard: issuer.guard }),
    proxies: settings.proxies,
    log,
    ...(limits === undefined ? {} : { limits }),
  });
  const { local } = issuer;
  if (local !== undefined) {
    const timer = setInterval(() => {
      local.renewKey().catch((error: unknown) => {
        log.error('signing key not renewed', { code: errorCode(error), reason: errorMessage(error) });
      });
    }, renewKeyEveryMs);
    scope.defer('key renewal', () => clearInterval(timer));
  }
  keepRemoving(scope, { tenants, users, account, sql, dataKeys, operators }, log);
  log.info('listening', { url, issuer: issuer.url });
  return {
    url,
    issuerUrl: issuer.url,
    // It serves until it is told to stop.
    finished: new Promise<void>(() => undefined),
    close: () => scope.close(),
  };
}

/** A removal that was cut off goes on now and from time to time. */
function keepRemoving(scope: Scope, dependencies: RemovalDependencies, log: Logger): void {
  const finish = (): Promise<void> =>
    finishRemovals(dependencies).catch((error: unknown) => {
      log.warn('removals not finished', { code: errorCode(error), reason: errorMessage(error) });
    });
  let last = finish();
  const timer = setInterval(() => {
    last = last.then(finish);
  }, finishRemovalsEveryMs);
  scope.defer('removals', async () => {
    clearInterval(timer);
    await last;
  });
}

/** Pushes the account now and from time to time: a server that was away hears of revocations then. */
function openHubAccount(
  scope: Scope,
  { keysFile, servers, partitions }: AuthSettings['nats'],
  rest: Pick<HubAccountOptions, 'documents' | 'operators' | 'clock' | 'log'>,
): HubAccount {
  if (keysFile === undefined) return noHubAccount;
  const account = new OperatorHubAccount({ ...rest, keysFile, servers, partitions });
  let last = account.keepPushed();
  const timer = setInterval(() => {
    last = account.keepPushed();
  }, pushAccountEveryMs);
  scope.defer('account', async () => {
    clearInterval(timer);
    await last;
  });
  return account;
}

interface Issuer {
  readonly url: string;
  readonly users: UserDirectory;
  readonly local?: LocalIssuer;
  readonly guard?: RouteGuard;
}

async function openIssuer(config: AuthSettings['issuer'], url: string, clock: () => number): Promise<Issuer> {
  switch (config.kind) {
    case 'local': {
      const file = await IssuerFile.open(config.file);
      const local = new LocalIssuer(file, url, clock);
      await local.renewKey();
      const { operator } = config;
      if (operator !== undefined) await local.setOperator(operator.username, operator.password.reveal());
      return { url: local.url, users: new LocalUsers(file, clock), local };
    }
    case 'keycloak': {
      const { baseUrl, realm, clientSecret } = config;
      const admin = new KeycloakAdmin({ baseUrl, realm, clientId: 'swarmledger-auth', clientSecret });
      return {
        url: `${baseUrl}/realms/${realm}`,
        users: new KeycloakUsers(admin, clock),
        guard: createKeycloakGuard({ baseUrl, realm }),
      };
    }
    default:
      return config satisfies never;
  }
}
