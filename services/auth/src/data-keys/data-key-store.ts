import { randomBytes, randomUUID } from 'node:crypto';
import {
  createDataKeys,
  encryptionLimits,
  type DataKeys,
  type KeyWrapper,
  type WrappedKey,
} from '@swarmledger/encryption';
import type { Tenants } from '@swarmledger/ledger';
import type { TenantId } from '@swarmledger/protocol';
import { dayMs, PermanentError, toDay } from '@swarmledger/runtime';

/** A data key as the ledger keeps it, in its tenant's directory. */
interface StoredKey extends WrappedKey {
  readonly id: string;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
}

/** All of a tenant's keys, oldest first, in one document: they change in one transaction. */
interface KeyRing {
  readonly keys: readonly StoredKey[];
}

export interface DataKeyStoreOptions {
  readonly tenants: Pick<Tenants, 'documents' | 'usage'>;
  readonly wrapper: KeyWrapper;
  readonly clock: () => number;
}

const kind = 'data-keys';
const ringId = 'ring';
const keyBytes = 32;

/** Tenants' data keys: in the ledger wrapped, in the clear only for whoever may have them. */
export class DataKeyStore {
  readonly #options: DataKeyStoreOptions;

  constructor(options: DataKeyStoreOptions) {
    this.#options = options;
  }

  /** Makes the first key; nothing when there is one. @throws PermanentError unknown_tenant; as KeyWrapper.wrap */
  async ensure(tenant: TenantId): Promise<void> {
    if ((await this.#read(tenant)).keys.length === 0) await this.#add(tenant, { after: undefined });
  }

  /**
   * The current key and all before it. One that is old, or has encrypted enough, is replaced first.
   *
   * @throws PermanentError unknown_tenant; as KeyWrapper
   */
  async load(tenant: TenantId): Promise<DataKeys> {
    let ring = await this.#read(tenant);
    if (await this.#isDue(tenant, ring.keys.at(-1))) ring = await this.#add(tenant, { after: ring.keys.at(-1)?.id });
    const { wrapper } = this.#options;
    return createDataKeys(
      await Promise.all(
        ring.keys.map(async ({ id, createdAtMs, ...wrapped }) => ({
          id,
          createdAtMs,
          key: await wrapper.unwrap(wrapped, contextOf(tenant, id)),
        })),
      ),
    );
  }

  /** @returns the new key's id. @throws PermanentError unknown_tenant, too_many_data_keys; as KeyWrapper.wrap */
  async rotate(tenant: TenantId): Promise<string> {
    const { keys } = await this.#add(tenant, 'anyway');
    return keys.at(-1)?.id ?? '';
  }

  /** Nothing that these keys encrypted can be read from then on. */
  async destroy(tenant: TenantId): Promise<void> {
    await this.#options.tenants.documents.update(tenant, kind, ringId, () => undefined);
  }

  /**
   * Wraps a tenant's keys with the current master key where another one did.
   *
   * @returns how many. @throws PermanentError unknown_tenant; as KeyWrapper
   */
  async rewrap(tenant: TenantId): Promise<number> {
    const { tenants, wrapper } = this.#options;
    const fresh = new Map<string, WrappedKey>();
    for (const { id, wrapped, wrappedBy } of (await this.#read(tenant)).keys) {
      if (wrappedBy === wrapper.currentId) continue;
      const context = contextOf(tenant, id);
      fresh.set(id, await wrapper.wrap(await wrapper.unwrap({ wrapped, wrappedBy }, context), context));
    }
    if (fresh.size === 0) return 0;
    await tenants.documents.update(tenant, kind, ringId, (current) => {
      const { keys } = (current ?? { keys: [] }) as KeyRing;
      return { keys: keys.map((key) => ({ ...key, ...fresh.get(key.id) })) };
    });
    return fresh.size;
  }

  async #read(tenant: TenantId): Promise<KeyRing> {
    const { documents } = this.#options.tenants;
    return ((await documents.get(tenant, kind, ringId)) ?? { keys: [] }) as KeyRing;
  }

  /** @param when only while the newest key is `after`: of two that find it old, one makes a new one */
  async #add(tenant: TenantId, when: 'anyway' | { readonly after: string | undefined }): Promise<KeyRing> {
    const { tenants, wrapper, clock } = this.#options;
    const id = randomUUID();
    const key = randomBytes(keyBytes);
    const added: StoredKey = { id, createdAtMs: clock(), ...(await wrapper.wrap(key, contextOf(tenant, id))) };
    let ring: KeyRing = { keys: [] };
    await tenants.documents.update(tenant, kind, ringId, (current) => {
      const { keys } = (current ?? { keys: [] }) as KeyRing;
      const isLate = when !== 'anyway' && keys.at(-1)?.id !== when.after;
      if (!isLate && keys.length >= encryptionLimits.keysPerTenantMax)
        throw new PermanentError(
          'too_many_data_keys',
          `a tenant has at most ${encryptionLimits.keysPerTenantMax} data keys`,
        );
      ring = { keys: isLate ? keys : [...keys, added] };
      return ring;
    });
    return ring;
  }

  /** By its age, or by all events that were committed since its day: those that it encrypted are among them. */
  async #isDue(tenant: TenantId, newest: StoredKey | undefined): Promise<boolean> {
    if (newest === undefined) return true;
    const { tenants, clock } = this.#options;
    const now = clock();
    if (now - newest.createdAtMs >= encryptionLimits.keyLifeMs) return true;
    const days: string[] = [];
    for (let ms = newest.createdAtMs; ms < now + dayMs; ms += dayMs) days.push(toDay(ms));
    const counts = await Promise.all(days.map((day) => tenants.usage(tenant, day)));
    return counts.reduce((sum, count) => sum + count, 0) >= encryptionLimits.eventsPerKeyTarget;
  }
}

/** Neither part can hold a newline: a wrapped key opens for its own tenant and id only. */
function contextOf(tenant: TenantId, keyId: string): string {
  return `${tenant}\n${keyId}`;
}
