import type { Plan } from '@swarmledger/ledger';

export interface Quota {
  /** Of the whole tenant, on one UTC day. */
  readonly eventsPerDay: number;
}

/** What each plan pays for. */
export const quotaByPlan: Readonly<Record<Plan, Quota>> = {
  free: { eventsPerDay: 100_000 },
  pro: { eventsPerDay: 10_000_000 },
  enterprise: { eventsPerDay: 1_000_000_000 },
};
