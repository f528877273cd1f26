import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { EngineRequest } from './engine.ts';
import type { Secret } from '@swarmledger/runtime';
import { exceptions } from './exceptions.ts';
import { readTenantLogin } from './tenant-users.ts';

export interface EndpointUser {
  readonly name: string;
  readonly password: string;
  readonly access: EngineRequest['access'];
}

/** Named users, and the readers of one tenant each, whose names say which. */
export interface EndpointUsers {
  readonly named: readonly EndpointUser[];
  /** Undefined: there are none. */
  readonly tenants: { readonly secret: Secret; readonly database: string } | undefined;
}

/** Finds the user by Basic auth, by ClickHouse's headers or by URL parameters. @throws EngineException AUTHENTICATION_FAILED */
export function authenticate(request: IncomingMessage, url: URL, users: EndpointUsers): EndpointUser {
  const { name, password } = readCredentials(request, url);
  const user = users.named.find((candidate) => candidate.name === name) ?? findTenantUser(name, users.tenants);
  // Compared in any case: the time taken must not tell whether the name exists.
  const matches = equals(password, user?.password ?? '');
  if (user === undefined || !matches) throw exceptions.unauthorized(name);
  return user;
}

function findTenantUser(name: string, tenants: EndpointUsers['tenants']): EndpointUser | undefined {
  if (tenants === undefined) return undefined;
  const login = readTenantLogin(tenants.secret, name, Date.now());
  if (login === undefined) return undefined;
  const access = { kind: 'tenant', tenant: login.tenant, database: tenants.database } as const;
  return { name, password: login.password, access };
}

function readCredentials(request: IncomingMessage, url: URL): { readonly name: string; readonly password: string } {
  const [scheme, value] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() === 'basic' && value !== undefined) {
    const [name = '', ...rest] = Buffer.from(value, 'base64').toString('utf8').split(':');
    return { name, password: rest.join(':') };
  }
  const user = request.headers['x-clickhouse-user'];
  const key = request.headers['x-clickhouse-key'];
  if (typeof user === 'string') return { name: user, password: typeof key === 'string' ? key : '' };
  return { name: url.searchParams.get('user') ?? 'default', password: url.searchParams.get('password') ?? '' };
}

function equals(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
