import {
  planQuotas,
  quotaOf,
  unlimitedQuota,
  type Quota,
  type QuotaRule,
  type Tenants,
  type TenantUsage,
} from '@swarmledger/ledger';
import type { TenantId } from '@swarmledger/protocol';
import { dayMs, errorCode, errorMessage, pause, toDay, type Logger } from '@swarmledger/runtime';
import type { IngestMetrics } from './ingest-metrics.ts';

export interface QuotaPolicy {
  /** How often what is known of the tenants that are sending is read again: a changed quota holds after at most twice this. */
  readonly refreshMs: number;
  /** Read again in one go, the longest-known first: with more tenants than this sending, a change takes that many times longer. */
  readonly refreshedAtOnce: number;
  /** Remembered, of the whole process. */
  readonly tenantsMax: number;
}

export interface QuotaBookOptions {
  readonly tenants: Pick<Tenants, 'usages'>;
  readonly quotas: QuotaRule;
  readonly policy: QuotaPolicy;
  readonly metrics: IngestMetrics;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly clock?: () => number;
}

interface Entry {
  quota: Quota;
  /** Whose count `committed` is. */
  day: string;
  /** Events of the day, by the ledger's count as last read and by our own commits since. */
  committed: number;
  /** Events that were let through and are not settled. */
  pending: number;
  /** The day and limit at which one was refused: what follows it is refused as well, so that nothing smaller overtakes it. */
  refusedAt: string | undefined;
  isUsed: boolean;
  /** Not read again while nothing was sent: what it says may have changed. */
  isStale: boolean;
}

/** Tenants read in one transaction. */
const tenantsPerRead = 500;

/**
 * What the tenants that are sending may send, and how much of their day is used: a copy of the ledger's records and counters in memory,
 * for all partitions of this process. What this process commits is counted at once; what others commit is seen at the next reading, so that
 * a day can be overshot by what they commit of the tenant in `refreshMs`. Never by less than the quota is a tenant refused.
 *
 * A tenant that could not be read is let through: what it commits is counted by the ledger all the same, in the very transaction.
 */
export class QuotaBook {
  readonly #options: QuotaBookOptions;
  readonly #clock: () => number;
  #day = { number: Number.NaN, text: '' };
  // A Map iterates in the order of insertion: the first ones were read longest ago.
  readonly #entries = new Map<TenantId, Entry>();

  constructor(options: QuotaBookOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
  }

  /**
   * Reads those that are not known yet, or have been silent for a while. Never throws: who cannot be read is let through, or held to
   * what was known.
   */
  async load(tenants: ReadonlySet<TenantId>): Promise<void> {
    const unknown = [...tenants].filter((tenant) => this.#entries.get(tenant)?.isStale ?? true);
    if (unknown.length > 0) await this.#read(unknown);
  }

  /** Of a tenant that is not known, or does not exist: unlimited, the ledger has the last word. */
  quota(tenant: TenantId): Quota {
    const entry = this.#entries.get(tenant);
    if (entry === undefined) return unlimitedQuota;
    entry.isUsed = true;
    return entry.quota;
  }

  /** Of what names no tenant: where plans hold, the smallest. */
  get ofNobody(): Quota {
    return this.#options.quotas === 'plans' ? planQuotas.free : unlimitedQuota;
  }

  /** Lets events through, until they are settled; false when they are more than the rest of the day. */
  reserve(tenant: TenantId, events: number): boolean {
    const entry = this.#entries.get(tenant);
    if (entry === undefined) return true;
    this.#turnDay(entry);
    entry.isUsed = true;
    const limit = entry.quota.eventsPerDay;
    const moment = `${entry.day}/${limit}`;
    if (entry.refusedAt === moment || entry.committed + entry.pending + events > limit) {
      entry.refusedAt = moment;
      return false;
    }
    entry.pending += events;
    return true;
  }

  /** What became of reserved events: duplicates, and what was rejected, count nothing. */
  settle(tenant: TenantId, events: { readonly reserved: number; readonly committed: number }): void {
    const entry = this.#entries.get(tenant);
    if (entry === undefined) return;
    this.#turnDay(entry);
    entry.pending = Math.max(0, entry.pending - events.reserved);
    entry.committed += events.committed;
    // Duplicates were taken for new events: there is room again.
    if (events.committed < events.reserved) entry.refusedAt = undefined;
  }

  /** Reads again, at intervals, those that are sending. Resolves once the signal has fired. */
  async run(signal: AbortSignal): Promise<void> {
    const { refreshMs, refreshedAtOnce } = this.#options.policy;
    while (!signal.aborted) {
      await pause(refreshMs, signal);
      const due: TenantId[] = [];
      for (const [tenant, entry] of this.#entries) {
        if (!entry.isUsed) {
          entry.isStale = true;
        } else if (due.length < refreshedAtOnce) {
          entry.isUsed = false;
          due.push(tenant);
        }
      }
      for (let at = 0; at < due.length && !signal.aborted; at += tenantsPerRead) {
        await this.#read(due.slice(at, at + tenantsPerRead));
      }
    }
  }

  async #read(ids: readonly TenantId[]): Promise<void> {
    const { tenants, metrics, log } = this.#options;
    try {
      const day = this.#today();
      const usages = await tenants.usages(ids, day);
      for (const id of ids) {
        const usage = usages.get(id);
        if (usage === undefined) this.#entries.delete(id);
        else this.#enter(id, usage, day);
      }
    } catch (error) {
      metrics.quotaUnread(ids.length);
      log.warn('quotas not read, letting events through', { code: errorCode(error), reason: errorMessage(error) });
    }
  }

  #enter(id: TenantId, { record, events }: TenantUsage, day: string): void {
    const { quotas, policy } = this.#options;
    const quota = quotaOf(record, quotas);
    const known = this.#entries.get(id);
    this.#entries.delete(id);
    const ours = known?.day === day ? known.committed : 0;
    const pending = known?.pending ?? 0;
    this.#entries.set(id, {
      quota,
      day,
      // Some of what is pending may be in the ledger's count already: counted twice, it would refuse events that are within the quota.
      committed: Math.max(ours, events - pending),
      pending,
      refusedAt: known?.refusedAt,
      isUsed: known?.isUsed ?? true,
      isStale: false,
    });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= policy.tenantsMax) return;
      this.#entries.delete(oldest);
    }
  }

  #turnDay(entry: Entry): void {
    const day = this.#today();
    if (entry.day === day) return;
    entry.day = day;
    entry.committed = 0;
  }

  /** Its text is made once a day: it is asked for at every message. */
  #today(): string {
    const number = Math.floor(this.#clock() / dayMs);
    if (number !== this.#day.number) {
      this.#day = { number, text: toDay(number * dayMs) };
    }
    return this.#day.text;
  }
}
