import type { Plan, TenantRecord, Tenants } from '@swarmledger/ledger';
import { parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { errorCode, errorMessage, PermanentError, type Logger } from '@swarmledger/runtime';
import { reservedTenants } from '../limits.ts';
import type { Member, UserDirectory } from '../users/contract.ts';
import type { AuditTrail } from './audit.ts';

export interface RegistrationInput {
  readonly tenant: string;
  readonly name?: string;
  readonly project: string;
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

export interface Registered {
  readonly tenant: TenantRecord;
  readonly owner: Member;
  readonly project: string;
}

/** Everybody begins there; an operator changes it. */
const firstPlan: Plan = 'free';

/**
 * A new tenant with its owner and first project. The owner can sign in only once the tenant is known to be theirs.
 *
 * @throws PermanentError tenant_exists, username_taken; ProtocolError invalid_tenant, invalid_project
 */
export async function register(
  dependencies: {
    readonly tenants: Tenants;
    readonly users: UserDirectory;
    readonly audit: AuditTrail;
    readonly log: Logger;
  },
  input: RegistrationInput,
): Promise<Registered> {
  const { tenants, users, audit, log } = dependencies;
  const tenant = parseTenantId(input.tenant);
  const project = parseProjectId(input.project);
  if (reservedTenants.has(tenant)) throw new PermanentError('tenant_exists', `the name ${tenant} is reserved`);
  const owner = await users.createPending(tenant, { ...input, role: 'owner' });
  let record: TenantRecord;
  try {
    const name = input.name === undefined ? {} : { displayName: input.name };
    record = await tenants.create(tenant, { ...name, plan: firstPlan });
  } catch (error) {
    await users.removeMember(tenant, owner.id).catch((cause: unknown) => {
      // It cannot sign in, and its name is free again after a while.
      log.warn('pending user not removed', { code: errorCode(cause), reason: errorMessage(cause) });
    });
    throw error;
  }
  await tenants.createProject(tenant, project);
  await users.enable(tenant, owner.id);
  await audit.record(tenant, { act: 'tenant.registered', by: owner.id, about: { tenant, project } });
  return { tenant: record, owner, project };
}
