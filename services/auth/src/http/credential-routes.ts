import { PermanentError } from '@swarmledger/runtime';
import { authLimits } from '../limits.ts';
import type { Route } from './route.ts';
import type { RouteDependencies } from './routes.ts';
import { object, text, time } from './schemas.ts';

const publicKey = { type: 'string', pattern: '^U[A-Z2-7]{55}$' } as const;

/** What agents sign in to NATS with. */
export function credentialRoutes({ ledger, account, sql, audit, clock }: RouteDependencies): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/v1/tenants/{tenant}/credentials/nats',
      summary:
        'A short-lived NATS user JWT for a public nkey of the caller’s own making: it publishes the tenant’s events and hears its receipts.',
      access: 'tenant',
      roles: ['owner', 'member'],
      body: object({ public_key: publicKey }),
      status: 201,
      answer: object({ jwt: text, inbox_prefix: text, expires_at: time }),
      handle: async ({ tenant, principal, body }) => {
        const { public_key: key } = body as { readonly public_key: string };
        const by = principal.subject;
        // Once for each key: an agent renews its JWT every few minutes.
        const beforeFirst = (): Promise<void> => audit.record(tenant, { act: 'nats_key.issued', by, about: { key } });
        const { jwt, inboxPrefix, expiresAtMs } = await account.issue(tenant, key, { by, beforeFirst });
        return { jwt, inbox_prefix: inboxPrefix, expires_at: new Date(expiresAtMs).toISOString() };
      },
    },
    {
      method: 'delete',
      path: '/v1/tenants/{tenant}/credentials/nats/{key}',
      summary: 'Revokes the JWTs of a public nkey: its connections end within seconds.',
      access: 'tenant',
      roles: ['owner', 'operator'],
      status: 204,
      handle: async ({ tenant, principal, parameters: { key = '' } }) => {
        await ledger.tenants.show(tenant);
        await audit.record(tenant, { act: 'nats_key.revoked', by: principal.subject, about: { key } });
        await account.revokeKey(tenant, key);
      },
    },
    {
      method: 'post',
      path: '/v1/tenants/{tenant}/credentials/sql',
      summary: 'A user of the SQL endpoint who sees this tenant’s rows, and no others, for twelve hours.',
      access: 'tenant',
      roles: ['owner', 'member', 'analyst'],
      status: 201,
      answer: object({ url: text, username: text, password: text, expires_at: time }),
      handle: async ({ tenant, principal }) => {
        if (sql === undefined)
          throw new PermanentError('no_tenant_sql', 'this hub’s SQL endpoint has no users of one tenant');
        await ledger.tenants.show(tenant);
        const expiresAtMs = clock() + authLimits.sqlLoginLifeMs;
        await audit.record(tenant, { act: 'sql_login.issued', by: principal.subject, about: {} });
        const login = await sql.create(tenant, expiresAtMs);
        return { url: sql.url, ...login, expires_at: new Date(expiresAtMs).toISOString() };
      },
    },
  ];
}
