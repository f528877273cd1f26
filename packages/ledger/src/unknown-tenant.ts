import type { TenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';

export function unknownTenant(id: TenantId): PermanentError {
  return new PermanentError(
    'unknown_tenant',
    `there is no tenant ${id}; create it with "swarmledger tenant create ${id}"`,
  );
}
