import type { Bus } from '@swarmledger/bus';
import type { Ledger, TenantRecord } from '@swarmledger/ledger';
import { parseProjectId, type TenantId } from '@swarmledger/protocol';
import { PermanentError, type Logger } from '@swarmledger/runtime';
import type { AuditTrail } from '../acts/audit.ts';
import { removeTenant } from '../acts/removal.ts';
import { register, type RegistrationInput } from '../acts/registration.ts';
import type { SqlLogins } from '../acts/sql-logins.ts';
import { authLimits } from '../limits.ts';
import type { UserDirectory } from '../users/contract.ts';
import type { HubAccount } from '../nats/hub-account.ts';
import type { DataKeyStore } from '../data-keys/data-key-store.ts';
import { dataKeyRoutes } from './data-key-routes.ts';
import { credentialRoutes } from './credential-routes.ts';
import { memberRoutes } from './member-routes.ts';
import { quotaRoutes } from './quota-routes.ts';
import type { Route } from './route.ts';
import * as schemas from './schemas.ts';
import { array, object, text } from './schemas.ts';

export interface RouteDependencies {
  readonly ledger: Ledger;
  readonly bus: Pick<Bus, 'deadLetters' | 'overflow'>;
  readonly users: UserDirectory;
  readonly account: HubAccount;
  /** Undefined: the hub's SQL endpoint has no readers of one tenant. */
  readonly sql: SqlLogins | undefined;
  /** Undefined: the hub has no master key. */
  readonly dataKeys: DataKeyStore | undefined;
  readonly audit: AuditTrail;
  /** The tenant of those who run the hub. */
  readonly operators: TenantId;
  readonly clock: () => number;
  readonly log: Logger;
}

/** The whole API, in the order of its document. */
export function createRoutes(dependencies: RouteDependencies): readonly Route[] {
  return [
    ...tenantRoutes(dependencies),
    ...quotaRoutes(dependencies),
    ...projectRoutes(dependencies),
    ...memberRoutes(dependencies),
    ...credentialRoutes(dependencies),
    ...dataKeyRoutes(dependencies),
  ];
}

function tenantRoutes(dependencies: RouteDependencies): readonly Route[] {
  const { ledger, audit } = dependencies;
  const { tenants } = ledger;
  return [
    {
      method: 'post',
      path: '/v1/register',
      summary: 'Registers a tenant with its owner and first project, on plan free.',
      access: 'open',
      body: object({
        tenant: schemas.tenantName,
        'name?': schemas.displayName,
        project: schemas.projectName,
        username: schemas.username,
        email: schemas.email,
        password: schemas.password,
      }),
      status: 201,
      answer: object({ tenant: schemas.tenant, owner: schemas.member, project: schemas.projectName }),
      handle: async ({ body }) => {
        const registered = await register({ ...dependencies, tenants }, body as RegistrationInput);
        return { ...registered, tenant: describeTenant(registered.tenant) };
      },
    },
    {
      method: 'get',
      path: '/v1/me',
      summary: 'Who the token says that the caller is.',
      access: 'caller',
      roles: ['owner', 'member', 'analyst', 'operator'],
      status: 200,
      answer: object({
        subject: text,
        tenant: schemas.tenantName,
        roles: array(text),
        username: { type: ['string', 'null'] },
        expires_at: schemas.time,
      }),
      handle: async ({ principal: { subject, tenant, roles, username, expiresAtMs } }) => ({
        subject,
        tenant,
        roles,
        username: username ?? null,
        expires_at: new Date(expiresAtMs).toISOString(),
      }),
    },
    {
      method: 'get',
      path: '/v1/tenants/{tenant}',
      summary: 'One tenant.',
      access: 'tenant',
      roles: ['owner', 'member', 'analyst', 'operator'],
      status: 200,
      answer: schemas.tenant,
      handle: async ({ tenant }) => describeTenant(await tenants.show(tenant)),
    },
    {
      method: 'patch',
      path: '/v1/tenants/{tenant}',
      summary: 'Gives a tenant another name.',
      access: 'tenant',
      roles: ['owner', 'operator'],
      body: object({ name: schemas.displayName }),
      status: 200,
      answer: schemas.tenant,
      handle: async ({ tenant, principal, body }) => {
        const { name } = body as { readonly name: string };
        await tenants.show(tenant);
        await audit.record(tenant, { act: 'tenant.renamed', by: principal.subject, about: { name } });
        return describeTenant(await tenants.change(tenant, { displayName: name }));
      },
    },
    {
      method: 'patch',
      path: '/v1/tenants/{tenant}/plan',
      summary: 'Puts a tenant on another plan, which decides its quota.',
      access: 'tenant',
      roles: ['operator'],
      body: object({ plan: schemas.plan }),
      status: 200,
      answer: schemas.tenant,
      handle: async ({ tenant, principal, body }) => {
        const { plan } = body as { readonly plan: TenantRecord['plan'] };
        await tenants.show(tenant);
        await audit.record(tenant, { act: 'tenant.plan_changed', by: principal.subject, about: { plan } });
        return describeTenant(await tenants.change(tenant, { plan }));
      },
    },
    {
      method: 'delete',
      path: '/v1/tenants/{tenant}',
      summary:
        'Removes a tenant for good: people, agents, history. `confirm` repeats its name. The name is not given again.',
      access: 'tenant',
      roles: ['owner', 'operator'],
      body: object({ confirm: text }),
      status: 204,
      handle: async ({ tenant, principal, body }) => {
        if ((body as { readonly confirm: string }).confirm !== tenant)
          throw new PermanentError('not_confirmed', 'confirm does not repeat the tenant’s name');
        await tenants.show(tenant);
        // Its own trail goes with it: this act is the operators'.
        const { operators } = dependencies;
        await audit.record(operators, { act: 'tenant.removed', by: principal.subject, about: { tenant } });
        await removeTenant({ ...dependencies, tenants }, tenant);
      },
    },
  ];
}

function projectRoutes({ ledger: { tenants }, audit }: RouteDependencies): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/projects',
      summary: 'The tenant’s projects, in name order.',
      access: 'tenant',
      roles: ['owner', 'member', 'analyst', 'operator'],
      status: 200,
      answer: object({ projects: array(schemas.projectName) }),
      handle: async ({ tenant }) => ({ projects: await tenants.projects(tenant) }),
    },
    {
      method: 'post',
      path: '/v1/tenants/{tenant}/projects',
      summary: 'Makes a project; nothing when there is one of this name.',
      access: 'tenant',
      roles: ['owner', 'member', 'operator'],
      body: object({ project: schemas.projectName }),
      status: 201,
      answer: object({ project: schemas.projectName }),
      handle: async ({ tenant, principal, body }) => {
        const project = parseProjectId((body as { readonly project: string }).project);
        const known = await tenants.projects(tenant);
        if (known.includes(project)) return { project };
        if (known.length >= authLimits.projectsMax)
          throw new PermanentError('too_many_projects', `a tenant has at most ${authLimits.projectsMax} projects`);
        await audit.record(tenant, { act: 'project.created', by: principal.subject, about: { project } });
        await tenants.createProject(tenant, project);
        return { project };
      },
    },
  ];
}

function describeTenant({ id, displayName, plan, createdAtMs }: TenantRecord): object {
  return { id, name: displayName, plan, created_at: new Date(createdAtMs).toISOString() };
}
