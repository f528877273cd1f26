import { createHash, randomBytes } from 'node:crypto';
import type { TenantDocuments } from '@swarmledger/ledger';
import type { TenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import { authLimits } from '../limits.ts';
import type { Member, MemberRole, UserDirectory } from '../users/contract.ts';

/** An invitation as the ledger keeps it, under the hash of its code: who reads the ledger cannot accept it. */
export interface Invitation {
  readonly email: string;
  readonly role: MemberRole;
  readonly invitedBy: string;
  readonly expiresAtMs: number;
}

const kind = 'invitation';

/** @returns the code that accepts it: shown once. @throws PermanentError too_many_invitations */
export async function invite(
  documents: TenantDocuments,
  tenant: TenantId,
  invitation: Omit<Invitation, 'expiresAtMs'>,
  now: number,
): Promise<{ readonly id: string; readonly code: string; readonly expiresAtMs: number }> {
  const open = await documents.list(tenant, kind);
  for (const { id, value } of open)
    if (isExpired(value as Invitation, now)) await documents.update(tenant, kind, id, () => undefined);
  if (open.length >= authLimits.invitationsMax)
    throw new PermanentError('too_many_invitations', `a tenant has at most ${authLimits.invitationsMax} invitations`);
  const code = randomBytes(24).toString('base64url');
  const expiresAtMs = now + authLimits.invitationLifeMs;
  await documents.update(tenant, kind, toId(code), () => ({ ...invitation, expiresAtMs }));
  return { id: toId(code), code, expiresAtMs };
}

export async function listInvitations(
  documents: TenantDocuments,
  tenant: TenantId,
  now: number,
): Promise<readonly (Invitation & { readonly id: string })[]> {
  return (await documents.list(tenant, kind))
    .map(({ id, value }) => ({ id, ...(value as Invitation) }))
    .filter((invitation) => !isExpired(invitation, now));
}

/** @throws PermanentError unknown_invitation */
export async function withdrawInvitation(documents: TenantDocuments, tenant: TenantId, id: string): Promise<void> {
  await documents.update(tenant, kind, id, (current) => {
    if (current === undefined) throw unknownInvitation();
    return undefined;
  });
}

/**
 * Makes the member that was invited. An invitation is good once, also for two that accept it at the same moment.
 *
 * @throws PermanentError unknown_invitation, username_taken
 */
export async function acceptInvitation(
  dependencies: { readonly documents: TenantDocuments; readonly users: UserDirectory },
  input: { readonly tenant: TenantId; readonly code: string; readonly username: string; readonly password: string },
  now: number,
): Promise<Member> {
  const { documents, users } = dependencies;
  const { tenant, code, username, password } = input;
  let invitation: Invitation | undefined;
  await documents.update(tenant, kind, toId(code), (current) => {
    invitation = current as Invitation | undefined;
    if (invitation === undefined || isExpired(invitation, now)) throw unknownInvitation();
    return undefined;
  });
  if (invitation === undefined) throw unknownInvitation();
  const taken = invitation;
  try {
    const { email, role } = taken;
    const member = await users.createPending(tenant, { username, email, password, role });
    await users.enable(tenant, member.id);
    return member;
  } catch (error) {
    // The name was taken, or the world was at fault: the invitation is still good.
    await documents.update(tenant, kind, toId(code), () => taken);
    throw error;
  }
}

function toId(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}

function isExpired({ expiresAtMs }: Invitation, now: number): boolean {
  return expiresAtMs <= now;
}

function unknownInvitation(): PermanentError {
  return new PermanentError('unknown_invitation', 'there is no such invitation, or it has expired');
}
