import type { Tenants } from '@swarmledger/ledger';
import type { TenantId } from '@swarmledger/protocol';

/** Creates tenants the first time they are met. For one machine; elsewhere a tenant is registered. */
export class KnownTenants {
  readonly #tenants: Pick<Tenants, 'ensure'>;
  readonly #countMax: number;
  readonly #known = new Set<TenantId>();

  constructor(tenants: Pick<Tenants, 'ensure'>, countMax: number) {
    this.#tenants = tenants;
    this.#countMax = countMax;
  }

  async ensure(tenants: Iterable<TenantId>): Promise<void> {
    for (const tenant of tenants) {
      if (this.#known.has(tenant)) continue;
      await this.#tenants.ensure(tenant);
      // Forgetting one costs a read, no more.
      for (const oldest of this.#known) {
        if (this.#known.size < this.#countMax) break;
        this.#known.delete(oldest);
      }
      this.#known.add(tenant);
    }
  }
}
