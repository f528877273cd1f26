import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import {
  readBearer,
  requireRole,
  requireTenant,
  type Principal,
  type Role,
  type TokenVerifier,
} from '@swarmledger/identity';
import { parseTenantId, type TenantId } from '@swarmledger/protocol';
import { errorCode, errorMessage, PermanentError, type Logger } from '@swarmledger/runtime';
import { authLimits, rateLimits, type RateLimits } from '../limits.ts';
import type { LocalIssuer } from '../issuer/local-issuer.ts';
import { describeApi } from './openapi.ts';
import { toProblem } from './problems.ts';
import { consume, createLimiter, RateLimited } from './rate-limits.ts';
import type { Route } from './route.ts';
import { createTokenEndpoint } from './token-endpoint.ts';

/** Keycloak's adapter where Keycloak is the issuer. It stands behind our own look at the token, before a route that needs one. */
export interface RouteGuard {
  protect(roles: readonly string[]): readonly RequestHandler[];
}

export interface AppOptions {
  readonly routes: readonly Route[];
  readonly verifier: TokenVerifier;
  readonly issuer?: LocalIssuer;
  readonly guard?: RouteGuard;
  readonly limits?: RateLimits;
  /** Proxies between the callers and us, whose X-Forwarded-For counts. */
  readonly proxies: number;
  readonly log: Logger;
}

/** The API over HTTP: each route checked for rate, token, role, tenant and input before it is handled. */
export function createApp(options: AppOptions): Express {
  const { routes, verifier, issuer, guard, limits = rateLimits, log } = options;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', options.proxies);
  app.use((_request, response, next) => {
    response.set({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    next();
  });
  const strangers = createLimiter(limits.open);
  const callers = createLimiter(limits.signedIn);
  if (issuer !== undefined) {
    const byAddress = createLimiter(limits.token);
    app.use(createTokenEndpoint(issuer, { byAddress, failedByUser: createLimiter(limits.failedLogin) }));
  }
  const document = describeApi(routes);
  app.get('/openapi.json', (_request, response) => void response.json(document));
  const ajv = new Ajv2020({ strict: true, formats: { 'date-time': true, date: true } });
  for (const route of routes) {
    const isValid = route.body === undefined ? undefined : ajv.compile(route.body);
    const handle: RequestHandler = async (request, response) => {
      const body: unknown = request.body;
      if (isValid !== undefined && !isValid(body))
        throw invalidRequest(ajv.errorsText(isValid.errors, { dataVar: 'body' }));
      const answer = await callRoute(route, body, response.locals as CallLocals);
      if (route.status === 204) response.status(204).end();
      else response.status(route.status).json(answer);
    };
    const before: RequestHandler[] =
      route.access === 'open'
        ? [limitStrangers(strangers)]
        : [authenticate(verifier, callers), ...(guard?.protect(route.roles) ?? []), permit(route.access, route.roles)];
    // Nobody makes us read a body before it is known that they may.
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    app[route.method](path, ...before, express.json({ limit: authLimits.requestBytesMax }), handle);
  }
  app.use(() => {
    throw new PermanentError('unknown_route', 'there is nothing at this path and method; see /openapi.json');
  });
  app.use(answerProblem(log));
  return app;
}

/** What the checks before a handler have found out. */
interface CallLocals {
  principal?: Principal;
  tenant?: TenantId;
  parameters?: Readonly<Record<string, string>>;
}

async function callRoute(route: Route, body: unknown, locals: CallLocals): Promise<unknown> {
  if (route.access === 'open') return route.handle({ body });
  const { principal, tenant, parameters = {} } = locals;
  assert(principal, 'a route was reached without a principal');
  if (route.access === 'caller') return route.handle({ body, principal });
  assert(tenant, 'a tenant’s route was reached without its tenant');
  return route.handle({ body, principal, tenant, parameters });
}

/** The role, and the path's tenant: no route can forget either. */
function permit(access: 'caller' | 'tenant', roles: readonly Role[]): RequestHandler {
  return (request, response, next) => {
    const locals = response.locals as CallLocals;
    assert(locals.principal, 'permit stands before authenticate');
    if (access === 'tenant') {
      const { tenant: name = '', ...parameters } = request.params as Readonly<Record<string, string>>;
      const tenant = parseTenantId(name);
      requireTenant(locals.principal, tenant);
      Object.assign(locals, { tenant, parameters });
    }
    requireRole(locals.principal, roles);
    next();
  };
}

function limitStrangers(limiter: ReturnType<typeof createLimiter>): RequestHandler {
  return async (request, _response, next) => {
    await consume(limiter, request.ip ?? '');
    next();
  };
}

function authenticate(verifier: TokenVerifier, limiter: ReturnType<typeof createLimiter>): RequestHandler {
  return async (request, response, next) => {
    const principal = await verifier.verify(readBearer(request.headers.authorization));
    await consume(limiter, principal.subject);
    (response.locals as CallLocals).principal = principal;
    next();
  };
}

function invalidRequest(message: string): PermanentError {
  return new PermanentError('invalid_request', message);
}

function answerProblem(log: Logger) {
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof RateLimited) response.set('retry-after', String(error.retryAfterSeconds));
    const { status, code, message } = toProblem(error) ??
      readParserProblem(error) ?? { status: 500, code: 'internal_error', message: 'this is our fault; it was logged' };
    if (status === 401) response.set('www-authenticate', 'Bearer realm="swarmledger"');
    if (status >= 500)
      log.error('request failed', {
        method: request.method,
        path: request.path,
        code: errorCode(error),
        reason: errorMessage(error),
      });
    response.status(status).json({ error: { code, message } });
  };
}

/** What express's own body parser throws: https://expressjs.com/en/resources/middleware/body-parser.html#errors */
function readParserProblem(error: unknown): { status: number; code: string; message: string } | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  if (status === 413)
    return { status, code: 'too_large', message: `a body has at most ${authLimits.requestBytesMax} bytes` };
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  return { status, code: 'invalid_request', message: 'the request cannot be read' };
}
