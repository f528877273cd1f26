import type { JWTPayload } from 'jose';
import { parseTenantId, type TenantId } from '@swarmledger/protocol';
import { refuse } from './errors.ts';
import { roles, type Principal, type Role } from './principal.ts';

/** The claim that names the tenant: a user attribute in Keycloak, mapped into the access token by the realm's client scope. */
export const tenantClaim = 'tenant_id';

/** The principal that verified claims describe. @throws PermanentError token_kind, token_claims, token_tenant, token_no_role */
export function readPrincipal(payload: JWTPayload): Principal {
  // Keycloak puts the kind of a token there; an ID token with our audience is still no access token.
  if (payload['typ'] !== undefined && payload['typ'] !== 'Bearer')
    throw refuse('token_kind', 'the token is not an access token');
  if (typeof payload.sub !== 'string' || payload.sub === '' || typeof payload.exp !== 'number')
    throw refuse('token_claims', 'the token’s claims "sub" and "exp" are missing or wrong');
  return {
    subject: payload.sub,
    tenant: readTenant(payload[tenantClaim]),
    roles: readRoles(payload['realm_access']),
    username: readText(payload['preferred_username']),
    clientId: readText(payload['azp']),
    expiresAtMs: payload.exp * 1_000,
  };
}

function readTenant(claim: unknown): TenantId {
  if (typeof claim !== 'string' || claim === '') throw refuse('token_tenant', 'the token names no tenant');
  try {
    return parseTenantId(claim);
  } catch (cause) {
    throw refuse('token_tenant', 'the token’s tenant is not a tenant’s name', cause);
  }
}

/** Roles that we do not know are Keycloak's own. */
function readRoles(claim: unknown): readonly Role[] {
  const names: unknown = typeof claim === 'object' && claim !== null && 'roles' in claim ? claim.roles : [];
  const found = roles.filter((role) => Array.isArray(names) && names.includes(role));
  if (found.length === 0) throw refuse('token_no_role', 'the token gives no role');
  return found;
}

function readText(claim: unknown): string | undefined {
  return typeof claim === 'string' && claim !== '' ? claim : undefined;
}
