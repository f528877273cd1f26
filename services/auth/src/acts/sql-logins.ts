import { createTenantLogin, openReaderLogins, type TenantLogin } from '@swarmledger/analytics';
import type { TenantId } from '@swarmledger/protocol';
import type { Scope } from '@swarmledger/runtime';
import type { AuthConfig } from '../config.ts';

/** Logins of the SQL endpoint that see one tenant's rows. */
export interface SqlLogins {
  /** Of the endpoint. */
  readonly url: string;
  create(tenant: TenantId, expiresAtMs: number): Promise<TenantLogin>;
  /** A tenant that ended has no rows left: its logins may live on where they cannot be taken back. */
  removeTenant(tenant: TenantId): Promise<void>;
}

/** Undefined: the hub's SQL has no users of one tenant. */
export function openSqlLogins(config: AuthConfig['sql'], scope: Scope): SqlLogins | undefined {
  switch (config?.kind) {
    case undefined:
      return undefined;
    case 'embedded': {
      const { url, tenantSecret } = config;
      return {
        url,
        create: async (tenant, expiresAtMs) => createTenantLogin(tenantSecret, tenant, expiresAtMs),
        removeTenant: async () => undefined,
      };
    }
    case 'server': {
      const { url, username, password, database } = config;
      const logins = scope.own('sql logins', openReaderLogins({ url, username, password, database }));
      return {
        url,
        create: (tenant, expiresAtMs) => logins.create(tenant, expiresAtMs),
        removeTenant: (tenant) => logins.removeTenant(tenant),
      };
    }
    default:
      return config satisfies never;
  }
}
