import type { ProjectId, TenantId } from '@swarmledger/protocol';
import type { Quota } from './quotas.ts';

export const plans = ['free', 'pro', 'enterprise'] as const;
export type Plan = (typeof plans)[number];

export interface TenantProfile {
  readonly displayName?: string;
  readonly plan?: Plan;
  /** What differs from the plan's; an empty object: nothing. */
  readonly quota?: Partial<Quota>;
}

export interface TenantRecord {
  readonly id: TenantId;
  readonly displayName: string;
  readonly plan: Plan;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
  /** What differs from the plan's. */
  readonly quota?: Partial<Quota>;
}

/** What decides whether a tenant's next event is within its quota. */
export interface TenantUsage {
  readonly record: TenantRecord;
  /** Committed on the day that was asked for. */
  readonly events: number;
}

/** A small JSON record that a tenant's administration keeps: an invitation, a data key. */
export interface TenantDocument {
  readonly id: string;
  readonly value: unknown;
}

/** A document that a tenant begins with. */
export interface FirstDocument {
  readonly kind: string;
  readonly id: string;
  readonly value: object;
}

export interface TenantDocuments {
  /** Undefined: there is none. @throws PermanentError unknown_tenant */
  get(tenant: TenantId, kind: string, id: string): Promise<unknown>;
  /**
   * Replaces the document by what `change` makes of it, in one transaction: two changes at once are made one after the other.
   * `undefined` stands for no document, before and after. `change` may run more than once, and may throw to change nothing.
   *
   * @throws PermanentError unknown_tenant, document_too_large; what `change` throws
   */
  update(tenant: TenantId, kind: string, id: string, change: (current: unknown) => object | undefined): Promise<void>;
  /** In order of their ids. @throws PermanentError unknown_tenant */
  list(tenant: TenantId, kind: string): Promise<readonly TenantDocument[]>;
}

export interface Tenants {
  readonly documents: TenantDocuments;
  /**
   * @param document written in the same transaction: the tenant is never without it
   * @throws PermanentError tenant_exists, also when one of this name was removed: what was granted to the old one must not open the new one
   */
  create(id: TenantId, profile?: TenantProfile, document?: FirstDocument): Promise<TenantRecord>;
  /** @throws PermanentError unknown_tenant */
  show(id: TenantId): Promise<TenantRecord>;
  /** @throws PermanentError unknown_tenant */
  change(id: TenantId, profile: TenantProfile): Promise<TenantRecord>;
  /** Makes a project before its first event; nothing when there is one. @throws PermanentError unknown_tenant */
  createProject(id: TenantId, project: ProjectId): Promise<void>;
  /**
   * Removes the tenant for good: in one transaction it is unknown, with its documents gone and its name never given again; then its projects
   * go one after the other. Cut off there, it is finished by calling it again.
   *
   * @throws PermanentError unknown_tenant, also when it was removed and forgotten
   */
  remove(id: TenantId): Promise<void>;
  /** Tenants that were removed, perhaps not to the end, and not forgotten yet: whoever has copies of their events removes these. */
  removed(): Promise<readonly TenantId[]>;
  /** A removed tenant has no copies left: `removed` does not name it any more. Nothing when it does not anyway. */
  forget(id: TenantId): Promise<void>;
  /** In name order. */
  list(): Promise<readonly TenantRecord[]>;
  /** In name order. @throws PermanentError unknown_tenant */
  projects(id: TenantId): Promise<readonly ProjectId[]>;
  /** Creates the tenant on plan `free` unless it exists or was removed. Cheap when it does. */
  ensure(id: TenantId): Promise<void>;
  /** Events committed on one UTC day (`2026-01-31`). @throws PermanentError unknown_tenant */
  usage(id: TenantId, day: string): Promise<number>;
  /** Of several tenants in one read; those that do not exist are left out. At most some hundreds. */
  usages(ids: readonly TenantId[], day: string): Promise<ReadonlyMap<TenantId, TenantUsage>>;
}
