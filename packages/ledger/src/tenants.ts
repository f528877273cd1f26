import type { ProjectId, TenantId } from '@swarmledger/protocol';

export const plans = ['free', 'pro', 'enterprise'] as const;
export type Plan = (typeof plans)[number];

export interface TenantProfile {
  readonly displayName?: string;
  readonly plan?: Plan;
}

export interface TenantRecord {
  readonly id: TenantId;
  readonly displayName: string;
  readonly plan: Plan;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
}

export interface Tenants {
  /** @throws PermanentError tenant_exists */
  create(id: TenantId, profile?: TenantProfile): Promise<TenantRecord>;
  /** @throws PermanentError unknown_tenant */
  show(id: TenantId): Promise<TenantRecord>;
  /** In name order. */
  list(): Promise<readonly TenantRecord[]>;
  /** In name order. @throws PermanentError unknown_tenant */
  projects(id: TenantId): Promise<readonly ProjectId[]>;
  /** Creates the tenant on plan `free` unless it exists. Cheap when it does. */
  ensure(id: TenantId): Promise<void>;
  /** Events committed on one UTC day (`2026-01-31`). @throws PermanentError unknown_tenant */
  usage(id: TenantId, day: string): Promise<number>;
}
