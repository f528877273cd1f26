import { parseTenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import { acceptInvitation, invite, listInvitations, withdrawInvitation } from '../acts/invitations.ts';
import { authLimits } from '../limits.ts';
import type { MemberRole } from '../users/contract.ts';
import type { Route } from './route.ts';
import type { RouteDependencies } from './routes.ts';
import * as schemas from './schemas.ts';
import { array, object, text, time } from './schemas.ts';

const invitation = object({ id: text, email: text, role: schemas.memberRole, expires_at: time });

/** People and agents of a tenant. */
export function memberRoutes(dependencies: RouteDependencies): readonly Route[] {
  return [...peopleRoutes(dependencies), ...invitationRoutes(dependencies), ...agentRoutes(dependencies)];
}

function peopleRoutes({ users, account, audit }: RouteDependencies): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/members',
      summary: 'Who belongs to the tenant.',
      access: 'tenant',
      roles: ['owner', 'member', 'operator'],
      status: 200,
      answer: object({ members: array(schemas.member) }),
      handle: async ({ tenant }) => ({ members: await users.members(tenant) }),
    },
    {
      method: 'delete',
      path: '/v1/tenants/{tenant}/members/{member}',
      summary:
        'Removes a member and revokes their NATS users. A token that the member holds goes on until its end. The last owner stays.',
      access: 'tenant',
      roles: ['owner', 'operator'],
      status: 204,
      handle: async ({ tenant, principal, parameters: { member: id = '' } }) => {
        const members = await users.members(tenant);
        const member = members.find((candidate) => candidate.id === id);
        if (member === undefined) throw new PermanentError('unknown_member', 'there is no such member');
        const owners = members.filter(({ role }) => role === 'owner');
        if (member.role === 'owner' && owners.length === 1)
          throw new PermanentError('last_owner', 'the last owner cannot be removed; remove the tenant instead');
        await audit.record(tenant, { act: 'member.removed', by: principal.subject, about: { member: id } });
        await users.removeMember(tenant, id);
        await account.revokeCaller(tenant, id);
      },
    },
  ];
}

function invitationRoutes({ ledger, users, audit, clock }: RouteDependencies): readonly Route[] {
  const { documents } = ledger.tenants;
  return [
    {
      method: 'post',
      path: '/v1/tenants/{tenant}/invitations',
      summary: 'Invites somebody. The code is shown once: hand it over; it is good once, for seven days.',
      access: 'tenant',
      roles: ['owner', 'operator'],
      body: object({ email: schemas.email, role: schemas.memberRole }),
      status: 201,
      answer: object({ id: text, code: text, expires_at: time }),
      handle: async ({ tenant, principal, body }) => {
        const { email, role } = body as { readonly email: string; readonly role: MemberRole };
        const by = principal.subject;
        await ledger.tenants.show(tenant);
        await audit.record(tenant, { act: 'member.invited', by, about: { email, role } });
        const made = await invite(documents, tenant, { email, role, invitedBy: by }, clock());
        return { id: made.id, code: made.code, expires_at: new Date(made.expiresAtMs).toISOString() };
      },
    },
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/invitations',
      summary: 'Invitations that are still good.',
      access: 'tenant',
      roles: ['owner', 'operator'],
      status: 200,
      answer: object({ invitations: array(invitation) }),
      handle: async ({ tenant }) => ({
        invitations: (await listInvitations(documents, tenant, clock())).map(({ id, email, role, expiresAtMs }) => ({
          id,
          email,
          role,
          expires_at: new Date(expiresAtMs).toISOString(),
        })),
      }),
    },
    {
      method: 'delete',
      path: '/v1/tenants/{tenant}/invitations/{invitation}',
      summary: 'Takes an invitation back.',
      access: 'tenant',
      roles: ['owner', 'operator'],
      status: 204,
      handle: async ({ tenant, principal, parameters: { invitation: id = '' } }) => {
        await ledger.tenants.show(tenant);
        await audit.record(tenant, { act: 'invitation.withdrawn', by: principal.subject, about: { invitation: id } });
        await withdrawInvitation(documents, tenant, id);
      },
    },
    {
      method: 'post',
      path: '/v1/invitations/accept',
      summary: 'Becomes a member, with the code of an invitation.',
      access: 'open',
      body: object({
        tenant: schemas.tenantName,
        code: { type: 'string', minLength: 1, maxLength: 64 },
        username: schemas.username,
        password: schemas.password,
      }),
      status: 201,
      answer: schemas.member,
      handle: async ({ body }) => {
        const input = body as Readonly<Record<'tenant' | 'code' | 'username' | 'password', string>>;
        const tenant = parseTenantId(input.tenant);
        const member = await acceptInvitation({ documents, users }, { ...input, tenant }, clock()).catch(
          (error: unknown) => {
            // Strangers are not told which tenants there are.
            if (error instanceof PermanentError && error.code === 'unknown_tenant')
              throw new PermanentError('unknown_invitation', 'there is no such invitation, or it has expired');
            throw error;
          },
        );
        await audit.record(tenant, { act: 'member.joined', by: member.id, about: { role: member.role } });
        return member;
      },
    },
  ];
}

function agentRoutes({ ledger, users, account, audit }: RouteDependencies): readonly Route[] {
  const agent = object({ client_id: text, name: schemas.agentName });
  return [
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/agents',
      summary: 'Service accounts of the tenant’s agents.',
      access: 'tenant',
      roles: ['owner', 'member', 'operator'],
      status: 200,
      answer: object({ agents: array(agent) }),
      handle: async ({ tenant }) => ({
        agents: (await users.agents(tenant)).map(({ clientId, name }) => ({ client_id: clientId, name })),
      }),
    },
    {
      method: 'post',
      path: '/v1/tenants/{tenant}/agents',
      summary: 'Makes a service account (grant client_credentials). Its secret is shown once.',
      access: 'tenant',
      roles: ['owner', 'operator'],
      body: object({ name: schemas.agentName }),
      status: 201,
      answer: object({ client_id: text, client_secret: text, name: schemas.agentName }),
      handle: async ({ tenant, principal, body }) => {
        const { name } = body as { readonly name: string };
        await ledger.tenants.show(tenant);
        if ((await users.agents(tenant)).length >= authLimits.agentsMax)
          throw new PermanentError('too_many_agents', `a tenant has at most ${authLimits.agentsMax} agents`);
        await audit.record(tenant, { act: 'agent.created', by: principal.subject, about: { agent: name } });
        const { clientId, clientSecret } = await users.createAgent(tenant, name);
        return { client_id: clientId, client_secret: clientSecret, name };
      },
    },
    {
      method: 'delete',
      path: '/v1/tenants/{tenant}/agents/{agent}',
      summary: 'Removes a service account and revokes its NATS users. A token that it holds goes on until its end.',
      access: 'tenant',
      roles: ['owner', 'operator'],
      status: 204,
      handle: async ({ tenant, principal, parameters: { agent: name = '' } }) => {
        await ledger.tenants.show(tenant);
        await audit.record(tenant, { act: 'agent.removed', by: principal.subject, about: { agent: name } });
        await account.revokeCaller(tenant, await users.removeAgent(tenant, name));
      },
    },
  ];
}
