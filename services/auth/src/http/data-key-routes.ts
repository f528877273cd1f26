import { dataKeysToJson } from '@swarmledger/encryption';
import type { TenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { DataKeyStore } from '../data-keys/data-key-store.ts';
import type { Route } from './route.ts';
import type { RouteDependencies } from './routes.ts';
import { array, object, text, time } from './schemas.ts';

/** Which key an account was last given: it is recorded once for each. */
const readerKind = 'data-key-reader';

/** What payloads are encrypted with. An operator gets none: who runs the hub has no business in them. */
export function dataKeyRoutes({ ledger, dataKeys, audit }: RouteDependencies): readonly Route[] {
  const { documents } = ledger.tenants;
  const requireStore = (): DataKeyStore => {
    if (dataKeys !== undefined) return dataKeys;
    throw new PermanentError('no_master_key', 'this hub has no master key, and so no data keys');
  };
  const recordReader = async (tenant: TenantId, by: string, key: string): Promise<void> => {
    const known = (await documents.get(tenant, readerKind, by)) as { readonly key: string } | undefined;
    if (known?.key === key) return;
    await audit.record(tenant, { act: 'data_keys.given', by, about: { key } });
    await documents.update(tenant, readerKind, by, () => ({ key }));
  };
  return [
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/data-keys',
      summary:
        'The tenant’s data keys in the clear (Base64), oldest first: the last one encrypts, all of them decrypt. A key that is old, or has encrypted enough, is replaced first.',
      access: 'tenant',
      roles: ['owner', 'member'],
      status: 200,
      answer: object({ keys: array(object({ id: text, key: text, created_at: time })) }),
      handle: async ({ tenant, principal }) => {
        // An operator may reach every tenant, and be an owner of their own: that is no key to another’s.
        if (principal.tenant !== tenant)
          throw new PermanentError('forbidden_tenant', 'data keys are for the tenant’s own people and agents');
        const keys = await requireStore().load(tenant);
        await recordReader(tenant, principal.subject, keys.current.id);
        return dataKeysToJson(keys);
      },
    },
    {
      method: 'post',
      path: '/v1/tenants/{tenant}/data-keys/rotate',
      summary:
        'Makes a new data key. Agents encrypt with it within the hour; what the older ones encrypted stays readable.',
      access: 'tenant',
      roles: ['owner'],
      status: 201,
      answer: object({ id: text }),
      handle: async ({ tenant, principal }) => {
        const store = requireStore();
        await ledger.tenants.show(tenant);
        await audit.record(tenant, { act: 'data_key.rotated', by: principal.subject, about: {} });
        return { id: await store.rotate(tenant) };
      },
    },
  ];
}
