import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bus } from '@swarmledger/bus';
import { createTokenVerifier } from '@swarmledger/identity';
import type { Ledger } from '@swarmledger/ledger';
import { parseTenantId } from '@swarmledger/protocol';
import { closeServer, Scope, type Logger, type Service } from '@swarmledger/runtime';
import { createAuditTrail } from './acts/audit.ts';
import type { AuthConfig } from './config.ts';
import { createApp } from './http/app.ts';
import { createRoutes } from './http/routes.ts';
import { IssuerFile } from './issuer/issuer-file.ts';
import { LocalIssuer } from './issuer/local-issuer.ts';
import { operatorsTenantName, type RateLimits } from './limits.ts';
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
  /** Signs with a new key from now on. */
  rotateKey(): Promise<void>;
}

export type AuthSettings = Pick<AuthConfig, 'listen' | 'publicUrl' | 'proxies' | 'issuer'>;

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
  const file = await IssuerFile.open(settings.issuer.file);
  const issuer = new LocalIssuer(file, url, clock);
  await issuer.open();
  const { operator } = settings.issuer;
  if (operator !== undefined) await issuer.setOperator(operator.username, operator.password.reveal());
  const routes = createRoutes({
    ledger,
    users: new LocalUsers(file, clock),
    audit: createAuditTrail(bus, clock),
    operators,
    clock,
    log,
  });
  const verifier = createTokenVerifier({ issuer: issuer.url, clock });
  answer = createApp({
    routes,
    verifier,
    issuer,
    proxies: settings.proxies,
    log,
    ...(limits === undefined ? {} : { limits }),
  });
  log.info('listening', { url, issuer: issuer.url });
  return {
    url,
    issuerUrl: issuer.url,
    rotateKey: () => issuer.rotateKey(),
    // It serves until it is told to stop.
    finished: new Promise<void>(() => undefined),
    close: () => scope.close(),
  };
}
