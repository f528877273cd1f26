import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type { TenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import { authLimits } from '../limits.ts';
import {
  memberRoles,
  type Agent,
  type Member,
  type MemberRole,
  type NewMember,
  type UserDirectory,
} from '../users/contract.ts';
import type { KeycloakAdmin } from './admin.ts';
import { keycloakStatus } from './errors.ts';

/** Keycloak's answer to a search ends there; the next page is asked for. */
const pageUsers = 100;
/** Marks a user whose registration was not finished: an operator's disabling is no such thing. */
const pending = 'pending';

type KeycloakUser = Awaited<ReturnType<KeycloakAdminClient['users']['find']>>[number];

/** People and agents in Keycloak: users with the attribute `tenant_id`, in the tenant's organisation; agents are clients. */
export class KeycloakUsers implements UserDirectory {
  readonly #admin: KeycloakAdmin;
  readonly #clock: () => number;
  readonly #roleIds = new Map<string, string>();

  constructor(admin: KeycloakAdmin, clock: () => number) {
    this.#admin = admin;
    this.#clock = clock;
  }

  async createPending(tenant: TenantId, member: NewMember): Promise<Member> {
    const { username, email, password, role } = member;
    await this.#removeAbandoned(username);
    return this.#admin.run(
      'make a member',
      async (client) => {
        const { id } = await client.users.create({
          username,
          email,
          enabled: false,
          attributes: { tenant_id: [tenant], registration: [pending] },
          credentials: [{ type: 'password', value: password, temporary: false }],
        });
        await this.#giveRole(client, id, role);
        return { id, username, email, role };
      },
      (error) => {
        if (keycloakStatus(error) === 409)
          throw new PermanentError('username_taken', `the user name ${JSON.stringify(username)} is taken`);
      },
    );
  }

  async enable(tenant: TenantId, id: string): Promise<void> {
    await this.#admin.run('enable a member', async (client) => {
      const user = await findUser(client, tenant, id);
      const attributes = { tenant_id: [tenant] };
      await client.users.update({ id }, { ...pickProfile(user), enabled: true, attributes });
      const organisation = await ensureOrganisation(client, tenant);
      await client.organizations.addMember({ orgId: organisation, userId: id });
    });
  }

  async members(tenant: TenantId): Promise<readonly Member[]> {
    return this.#admin.run('list members', async (client) => {
      const users = await findUsers(client, tenant);
      const members: Member[] = [];
      for (const { id = '', username = '', email = '', enabled } of users) {
        if (enabled !== true) continue;
        const mapped = await client.users.listRealmRoleMappings({ id });
        const role = memberRoles.find((candidate) => mapped.some(({ name }) => name === candidate));
        if (role !== undefined) members.push({ id, username, email, role });
      }
      return members.sort((a, b) => (a.username < b.username ? -1 : 1));
    });
  }

  async removeMember(tenant: TenantId, id: string): Promise<void> {
    await this.#admin.run('remove a member', async (client) => {
      await findUser(client, tenant, id);
      await client.users.del({ id });
    });
  }

  async createAgent(tenant: TenantId, name: string): Promise<Agent & { readonly clientSecret: string }> {
    const clientId = toClientId(tenant, name);
    return this.#admin.run(
      'make an agent',
      async (client) => {
        const { id } = await client.clients.create({
          clientId,
          name: `${tenant}: ${name}`,
          publicClient: false,
          serviceAccountsEnabled: true,
          standardFlowEnabled: false,
          directAccessGrantsEnabled: false,
          fullScopeAllowed: true,
          defaultClientScopes: ['swarmledger'],
          optionalClientScopes: [],
        });
        const account = await client.clients.getServiceAccountUser({ id });
        const accountId = account.id ?? '';
        await client.users.update({ id: accountId }, { ...pickProfile(account), attributes: { tenant_id: [tenant] } });
        await this.#giveRole(client, accountId, 'member');
        const { value: clientSecret = '' } = await client.clients.getClientSecret({ id });
        return { clientId, name, clientSecret };
      },
      (error) => {
        if (keycloakStatus(error) === 409)
          throw new PermanentError('agent_exists', `there is an agent ${name} already`);
      },
    );
  }

  async agents(tenant: TenantId): Promise<readonly Agent[]> {
    const prefix = toClientId(tenant, '');
    const clients = await this.#admin.run('list agents', (client) =>
      client.clients.find({ clientId: prefix, search: true, max: authLimits.agentsMax }),
    );
    // Keycloak finds the text anywhere in an id.
    return clients
      .flatMap(({ clientId = '' }) => (clientId.startsWith(prefix) ? [clientId] : []))
      .map((clientId) => ({ clientId, name: clientId.slice(prefix.length) }));
  }

  async removeAgent(tenant: TenantId, name: string): Promise<string> {
    return this.#admin.run('remove an agent', async (client) => {
      const [found] = await client.clients.find({ clientId: toClientId(tenant, name) });
      if (found?.id === undefined) throw new PermanentError('unknown_agent', `there is no agent ${name}`);
      const account = await client.clients.getServiceAccountUser({ id: found.id });
      await client.clients.del({ id: found.id });
      return account.id ?? '';
    });
  }

  async removeTenant(tenant: TenantId): Promise<void> {
    for (const { name } of await this.agents(tenant)) await this.removeAgent(tenant, name);
    await this.#admin.run('remove a tenant', async (client) => {
      for (const { id = '' } of await findUsers(client, tenant)) await client.users.del({ id });
      const organisation = await findOrganisation(client, tenant);
      if (organisation !== undefined) await client.organizations.delById({ id: organisation });
    });
  }

  async #removeAbandoned(username: string): Promise<void> {
    await this.#admin.run('look for a member', async (client) => {
      const [user] = await client.users.find({ username, exact: true });
      const isAbandoned =
        user?.enabled === false &&
        readAttribute(user, 'registration') === pending &&
        (user.createdTimestamp ?? Infinity) < this.#clock() - authLimits.pendingUserMs;
      if (isAbandoned && user.id !== undefined) await client.users.del({ id: user.id });
    });
  }

  async #giveRole(client: KeycloakAdminClient, id: string, role: MemberRole): Promise<void> {
    const roleId = this.#roleIds.get(role) ?? (await client.roles.findOneByName({ name: role }))?.id;
    if (roleId === undefined) throw new PermanentError('keycloak_refused', `the realm has no role ${role}`);
    this.#roleIds.set(role, roleId);
    await client.users.addRealmRoleMappings({ id, roles: [{ id: roleId, name: role }] });
  }
}

/** Neither part can hold a dot. */
function toClientId(tenant: TenantId, name: string): string {
  return `agent.${tenant}.${name}`;
}

async function findUser(client: KeycloakAdminClient, tenant: TenantId, id: string): Promise<KeycloakUser> {
  // An id of another shape would reach another path of the Admin API.
  const user = /^[0-9a-f-]{36}$/.test(id) ? await client.users.findOne({ id }) : undefined;
  if (user !== undefined && readAttribute(user, 'tenant_id') === tenant) return user;
  throw new PermanentError('unknown_member', 'there is no such member');
}

async function findUsers(client: KeycloakAdminClient, tenant: TenantId): Promise<readonly KeycloakUser[]> {
  const users: KeycloakUser[] = [];
  for (let first = 0; users.length < authLimits.membersPerAnswer; first += pageUsers) {
    const page = await client.users.find({
      q: `tenant_id:${tenant}`,
      first,
      max: pageUsers,
      briefRepresentation: false,
    });
    users.push(...page.filter((user) => readAttribute(user, 'tenant_id') === tenant));
    if (page.length < pageUsers) break;
  }
  return users;
}

async function findOrganisation(client: KeycloakAdminClient, tenant: TenantId): Promise<string | undefined> {
  const found = await client.organizations.find({ search: tenant, exact: true });
  return found.find(({ name }) => name === tenant)?.id;
}

async function ensureOrganisation(client: KeycloakAdminClient, tenant: TenantId): Promise<string> {
  const existing = await findOrganisation(client, tenant);
  if (existing !== undefined) return existing;
  // Keycloak wants a domain of each; nobody has one under .invalid (RFC 2606).
  const domains = [{ name: `${tenant.replaceAll('_', '-')}.swarmledger.invalid`, verified: false }];
  const { id } = await client.organizations.create({ name: tenant, alias: tenant, enabled: true, domains });
  return id;
}

function readAttribute(user: KeycloakUser, name: string): string | undefined {
  const attributes = user.attributes as Readonly<Record<string, readonly string[] | undefined>> | undefined;
  return attributes?.[name]?.[0];
}

/** What an update must repeat: Keycloak clears what a profile leaves out. */
function pickProfile({ username, email }: KeycloakUser): Pick<KeycloakUser, 'username' | 'email'> {
  return { ...(username === undefined ? {} : { username }), ...(email === undefined ? {} : { email }) };
}
