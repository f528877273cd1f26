import type { Tenants } from '@swarmledger/ledger';
import { parseTenantId, type TenantId } from '@swarmledger/protocol';
import { errorCode } from '@swarmledger/runtime';
import type { DataKeyStore } from '../data-keys/data-key-store.ts';
import type { HubAccount } from '../nats/hub-account.ts';
import type { SqlLogins } from './sql-logins.ts';
import type { UserDirectory } from '../users/contract.ts';

export interface RemovalDependencies {
  readonly tenants: Tenants;
  readonly users: UserDirectory;
  readonly account: HubAccount;
  readonly sql: SqlLogins | undefined;
  readonly dataKeys: DataKeyStore | undefined;
  /** The tenant that keeps note of what is being removed: it stays. */
  readonly operators: TenantId;
}

const kind = 'removal';

/**
 * Ends a tenant: people and agents, its data keys, connections, then everything in the ledger. From the first of its steps on it is
 * finished by `finishRemovals`, whatever happens here.
 *
 * @throws TransientError when a step has to wait
 */
export async function removeTenant(dependencies: RemovalDependencies, tenant: TenantId): Promise<void> {
  const { tenants, operators } = dependencies;
  await tenants.documents.update(operators, kind, tenant, () => ({ tenant }));
  await finish(dependencies, tenant);
}

/** Goes on with every removal that was cut off. @throws as removeTenant */
export async function finishRemovals(dependencies: RemovalDependencies): Promise<void> {
  const { tenants, operators } = dependencies;
  for (const { id } of await tenants.documents.list(operators, kind)) await finish(dependencies, parseTenantId(id));
}

/** Every step may have been done before. */
async function finish(
  { tenants, users, account, sql, dataKeys, operators }: RemovalDependencies,
  tenant: TenantId,
): Promise<void> {
  // First, so that nobody gets a new token.
  await users.removeTenant(tenant);
  await sql?.removeTenant(tenant);
  await unlessGone(async () => {
    // Before its data, of which copies may be elsewhere.
    await dataKeys?.destroy(tenant);
    await account.revokeTenant(tenant);
  });
  await unlessGone(() => tenants.remove(tenant));
  await tenants.documents.update(operators, kind, tenant, () => undefined);
}

async function unlessGone(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (errorCode(error) !== 'unknown_tenant') throw error;
  }
}
