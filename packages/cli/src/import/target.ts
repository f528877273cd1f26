import type { BranchName, ProjectId, TenantId } from '@swarmledger/protocol';

/** Where imported events go. */
export interface ImportTarget {
  readonly tenant: TenantId;
  readonly project: ProjectId;
  readonly branch: BranchName;
}

/**
 * A seed for `deriveEventId`: the same parts always give the same id, and the same history in two projects or branches gives
 * different ones. JetStream dedupes by id across the tenants of a partition, so the tenant is a part.
 */
export function eventSeed(target: ImportTarget, ...parts: readonly (string | number)[]): string {
  return JSON.stringify([target.tenant, target.project, target.branch, ...parts]);
}
