import type { Plan, TenantRecord, Tenants } from '@swarmledger/ledger';
import { parseProjectId, parseTenantId, type ProjectId, type TenantId } from '@swarmledger/protocol';
import { errorCode, errorMessage, PermanentError, type Logger } from '@swarmledger/runtime';
import type { DataKeyStore } from '../data-keys/data-key-store.ts';
import { authLimits, reservedTenants } from '../limits.ts';
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

interface RegistrationDependencies {
  readonly tenants: Tenants;
  readonly users: UserDirectory;
  readonly dataKeys: DataKeyStore | undefined;
  readonly audit: AuditTrail;
  readonly clock: () => number;
  readonly log: Logger;
}

/** Lies in a tenant from its first moment until its owner can sign in. */
interface PendingRegistration {
  readonly owner: string;
  /** Unix milliseconds; another registration may take the name from then on. */
  readonly untilMs: number;
}

/** Everybody begins there; an operator changes it. */
const firstPlan: Plan = 'free';
const pendingKind = 'registration';
const pendingId = 'pending';

/**
 * A new tenant with its owner and first project. The owner can sign in only once the tenant is known to be theirs. One that is cut off
 * leaves no owner: the name is free again at once when it failed here, and after `authLimits.pendingUserMs` when this process died.
 *
 * @throws PermanentError tenant_exists, username_taken; ProtocolError invalid_tenant, invalid_project
 */
export async function register(dependencies: RegistrationDependencies, input: RegistrationInput): Promise<Registered> {
  const { users, log } = dependencies;
  const tenant = parseTenantId(input.tenant);
  const project = parseProjectId(input.project);
  if (reservedTenants.has(tenant)) throw new PermanentError('tenant_exists', `the name ${tenant} is reserved`);
  const owner = await users.createPending(tenant, { ...input, role: 'owner' });
  try {
    const record = await claim(dependencies, { tenant, owner: owner.id, displayName: input.name ?? tenant });
    await provision(dependencies, { tenant, project, owner: owner.id });
    return { tenant: record, owner, project };
  } catch (error) {
    const undo = async (): Promise<void> => {
      await users.removeMember(tenant, owner.id);
      await letGo(dependencies, tenant, owner.id);
    };
    await undo().catch((cause: unknown) => {
      // It cannot sign in, and its names are free again after a while.
      log.warn('pending registration not undone', { code: errorCode(cause), reason: errorMessage(cause) });
    });
    throw error;
  }
}

/** Makes the tenant, or takes over one whose registration was cut off. @throws PermanentError tenant_exists */
async function claim(
  { tenants, users, clock }: RegistrationDependencies,
  { tenant, owner, displayName }: { readonly tenant: TenantId; readonly owner: string; readonly displayName: string },
): Promise<TenantRecord> {
  const pending = (): PendingRegistration => ({ owner, untilMs: clock() + authLimits.pendingUserMs });
  const profile = { displayName, plan: firstPlan };
  try {
    return await tenants.create(tenant, profile, { kind: pendingKind, id: pendingId, value: pending() });
  } catch (error) {
    if (errorCode(error) !== 'tenant_exists') throw error;
    const left = await readPending(tenants, tenant);
    if (left === undefined || left.untilMs > clock()) throw error;
    if ((await users.members(tenant)).length > 0) {
      // Only the last step was missing.
      await finish(tenants, tenant, left.owner);
      throw error;
    }
    // Whoever began it cannot go on from here, should they be slow and not dead.
    await users.removeMember(tenant, left.owner).catch((cause: unknown) => {
      if (errorCode(cause) !== 'unknown_member') throw cause;
    });
    await tenants.documents.update(tenant, pendingKind, pendingId, (current) => {
      if ((current as PendingRegistration | undefined)?.owner !== left.owner) throw error;
      return pending();
    });
    return tenants.change(tenant, profile);
  }
}

async function provision(
  { tenants, users, dataKeys, audit }: RegistrationDependencies,
  { tenant, project, owner }: { readonly tenant: TenantId; readonly project: ProjectId; readonly owner: string },
): Promise<void> {
  await tenants.createProject(tenant, project);
  await dataKeys?.ensure(tenant);
  await audit.record(tenant, { act: 'tenant.registered', by: owner, about: { tenant, project } });
  await users.enable(tenant, owner);
  await finish(tenants, tenant, owner);
}

/** The tenant is its owner's. */
async function finish(tenants: Tenants, tenant: TenantId, owner: string): Promise<void> {
  await tenants.documents.update(tenant, pendingKind, pendingId, (current) =>
    isOf(current, owner) ? undefined : (current as PendingRegistration),
  );
}

/** The name is free again at once; nothing when it is not this owner's registration that is pending. */
async function letGo({ tenants }: RegistrationDependencies, tenant: TenantId, owner: string): Promise<void> {
  if ((await readPending(tenants, tenant))?.owner !== owner) return;
  await tenants.documents.update(tenant, pendingKind, pendingId, (current) =>
    isOf(current, owner) ? { owner, untilMs: 0 } : (current as PendingRegistration),
  );
}

async function readPending(tenants: Tenants, tenant: TenantId): Promise<PendingRegistration | undefined> {
  try {
    return (await tenants.documents.get(tenant, pendingKind, pendingId)) as PendingRegistration | undefined;
  } catch (error) {
    // It was removed, and its name is not given again.
    if (errorCode(error) === 'unknown_tenant') return undefined;
    throw error;
  }
}

function isOf(document: unknown, owner: string): boolean {
  return (document as PendingRegistration | undefined)?.owner === owner;
}
