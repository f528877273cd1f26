import type { Plan, TenantRecord } from './tenants.ts';

/** What a tenant may send. Infinity: as much as it likes. */
export interface Quota {
  /** Of the whole tenant, committed on one UTC day. */
  readonly eventsPerDay: number;
  /** Of each project, in the long run. */
  readonly eventsPerSecond: number;
  /** Of each project, at once after a rest. */
  readonly burstEvents: number;
}

export const unlimitedQuota: Quota = {
  eventsPerDay: Infinity,
  eventsPerSecond: Infinity,
  burstEvents: Infinity,
};

/** What each plan pays for. A burst is five seconds of the rate: what an outbox sends after a short time offline. */
export const planQuotas: Readonly<Record<Plan, Quota>> = {
  free: { eventsPerDay: 100_000, eventsPerSecond: 200, burstEvents: 1_000 },
  pro: { eventsPerDay: 10_000_000, eventsPerSecond: 2_000, burstEvents: 10_000 },
  enterprise: { eventsPerDay: 1_000_000_000, eventsPerSecond: 20_000, burstEvents: 100_000 },
};

/** `own`: only what was set for a tenant holds, no plan's quota: a hub that makes tenants as they come. */
export type QuotaRule = 'plans' | 'own';

/** The plan's, where plans hold, and what was set for the tenant over it. */
export function quotaOf({ plan, quota }: TenantRecord, rule: QuotaRule): Quota {
  return { ...(rule === 'plans' ? planQuotas[plan] : unlimitedQuota), ...quota };
}

/** What is stored of a quota: JSON has no Infinity, `null` stands for it. */
export function decodeQuota(stored: Readonly<Record<string, number | null>> | undefined): Partial<Quota> | undefined {
  if (stored === undefined) return undefined;
  const entries = Object.entries(stored).map(([name, value]) => [name, value ?? Infinity]);
  return Object.fromEntries(entries) as Partial<Quota>;
}
