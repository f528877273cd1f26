import type { Tenants } from '@swarmledger/ledger';
import type { TenantId } from '@swarmledger/protocol';
import { errorCode, errorMessage, pause, type Logger } from '@swarmledger/runtime';
import type { AnalyticsLink } from './analytics-link.ts';

export interface RemovalPolicy {
  readonly everyMs: number;
  /**
   * A tenant is forgotten when ClickHouse had none of its rows twice, this far apart: a group that a feeder held in memory while the tenant
   * was removed has come in between, at `FeedPolicy.retry.maxMs` after ClickHouse at the latest.
   */
  readonly settleMs: number;
}

export interface RemovedTenantsDependencies {
  readonly tenants: Pick<Tenants, 'removed' | 'remove' | 'forget'>;
  readonly link: Pick<AnalyticsLink, 'migrated' | 'removeTenant'>;
  readonly policy: RemovalPolicy;
  readonly log: Logger;
}

/** Finishes what is left of removed tenants: in the ledger, when their removal was cut off, and in ClickHouse. */
export class RemovedTenants {
  readonly #dependencies: RemovedTenantsDependencies;
  /** When ClickHouse was first seen without rows of each. */
  readonly #emptySince = new Map<TenantId, number>();

  constructor(dependencies: RemovedTenantsDependencies) {
    this.#dependencies = dependencies;
  }

  /** Resolves once the signal has fired. */
  async run(signal: AbortSignal): Promise<void> {
    const { tenants, link, policy, log } = this.#dependencies;
    await link.migrated();
    while (!signal.aborted) {
      try {
        for (const tenant of await tenants.removed()) await this.#finish(tenant);
      } catch (error) {
        log.warn('removed tenants not finished', { code: errorCode(error), reason: errorMessage(error) });
      }
      await pause(policy.everyMs, signal);
    }
  }

  async #finish(tenant: TenantId): Promise<void> {
    const { tenants, link, policy, log } = this.#dependencies;
    await tenants.remove(tenant);
    const rows = await link.removeTenant(tenant);
    if (rows > 0) {
      log.info('rows of a removed tenant removed', { tenant, rows });
      this.#emptySince.delete(tenant);
      return;
    }
    const now = performance.now();
    const since = this.#emptySince.get(tenant) ?? now;
    this.#emptySince.set(tenant, since);
    if (now - since < policy.settleMs) return;
    await tenants.forget(tenant);
    this.#emptySince.delete(tenant);
  }
}
