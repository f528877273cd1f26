import { createHmac } from 'node:crypto';
import type { Secret } from '@swarmledger/runtime';

export interface TenantLogin {
  readonly username: string;
  readonly password: string;
}

const namePattern = /^tenant\.([a-z0-9][a-z0-9_-]{0,62})\.(\d{1,11})$/;

/**
 * A reader of one tenant's rows, until a time. The password is a MAC of the name, so that the endpoint knows it without being told; a new
 * secret ends all of them.
 *
 * @param expiresAtMs Unix milliseconds
 */
export function createTenantLogin(secret: Secret, tenant: string, expiresAtMs: number): TenantLogin {
  const username = `tenant.${tenant}.${Math.floor(expiresAtMs / 1_000)}`;
  return { username, password: sign(secret, username) };
}

/** The tenant that such a name reads, and its password; undefined for every other name, and for one whose time is over. */
export function readTenantLogin(
  secret: Secret,
  username: string,
  nowMs: number,
): { readonly tenant: string; readonly password: string } | undefined {
  const [, tenant, expiry] = namePattern.exec(username) ?? [];
  if (tenant === undefined || Number(expiry) * 1_000 <= nowMs) return undefined;
  return { tenant, password: sign(secret, username) };
}

function sign(secret: Secret, username: string): string {
  return createHmac('sha256', secret.reveal()).update(`analytics login ${username}`).digest('base64url');
}
