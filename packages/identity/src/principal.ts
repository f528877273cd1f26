import type { TenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';

/**
 * What a caller may do in its tenant. `owner`: everything, deletion included; `member`: projects and agents; `analyst`: read;
 * `operator`: whoever runs the hub, in every tenant.
 */
export const roles = ['owner', 'member', 'analyst', 'operator'] as const;
export type Role = (typeof roles)[number];

/** Who is calling, from a token that was verified. */
export interface Principal {
  /** The issuer's id of the user or service account: opaque, never reused. */
  readonly subject: string;
  /** The only tenant that this caller may reach, unless it is an operator. */
  readonly tenant: TenantId;
  readonly roles: readonly Role[];
  /** A name for people, when the issuer gives one. */
  readonly username: string | undefined;
  /** The OAuth client that the token was issued to, when the issuer says so. */
  readonly clientId: string | undefined;
  /** Unix milliseconds. */
  readonly expiresAtMs: number;
}

export function hasRole(principal: Principal, allowed: readonly Role[]): boolean {
  return principal.roles.some((role) => allowed.includes(role));
}

/** @throws PermanentError forbidden_role */
export function requireRole(principal: Principal, allowed: readonly Role[]): void {
  if (hasRole(principal, allowed)) return;
  throw new PermanentError('forbidden_role', `this needs the role ${allowed.join(' or ')}`);
}

/** @throws PermanentError forbidden_tenant unless the tenant is the caller's own, or the caller is an operator */
export function requireTenant(principal: Principal, tenant: TenantId): void {
  if (principal.tenant === tenant || principal.roles.includes('operator')) return;
  // Not even whether it exists.
  throw new PermanentError('forbidden_tenant', 'this is not your tenant');
}
