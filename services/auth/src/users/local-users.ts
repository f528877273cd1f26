import { randomBytes, randomUUID } from 'node:crypto';
import type { TenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { IssuerFile, LocalUser } from '../issuer/issuer-file.ts';
import { hashPassword, hashSecret } from '../issuer/passwords.ts';
import { authLimits } from '../limits.ts';
import {
  memberRoles,
  type Agent,
  type Member,
  type MemberRole,
  type NewMember,
  type UserDirectory,
} from './contract.ts';

/** People and agents of the local issuer. */
export class LocalUsers implements UserDirectory {
  readonly #file: IssuerFile;
  readonly #clock: () => number;

  constructor(file: IssuerFile, clock: () => number) {
    this.#file = file;
    this.#clock = clock;
  }

  async createPending(tenant: TenantId, member: NewMember): Promise<Member> {
    const { username, email, role } = member;
    const passwordHash = await hashPassword(member.password);
    const user: LocalUser = {
      id: randomUUID(),
      username,
      email,
      tenant,
      role,
      passwordHash,
      state: 'pending',
      createdAtMs: this.#clock(),
    };
    await this.#file.change((state) => {
      const others = state.users.filter((other) => !this.#isAbandoned(other));
      if (others.some((other) => other.username === username))
        throw new PermanentError('username_taken', `the user name ${JSON.stringify(username)} is taken`);
      return { ...state, users: [...others, user] };
    });
    return toMember(user, role);
  }

  async enable(tenant: TenantId, id: string): Promise<void> {
    await this.#file.change((state) => {
      this.#find(state.users, tenant, id);
      const users = state.users.map((user) => (user.id === id ? { ...user, state: 'enabled' as const } : user));
      return { ...state, users };
    });
  }

  async members(tenant: TenantId): Promise<readonly Member[]> {
    return this.#file.state.users
      .flatMap((user) => {
        const role = memberRoles.find((candidate) => candidate === user.role);
        return user.tenant === tenant && user.state === 'enabled' && role !== undefined ? [toMember(user, role)] : [];
      })
      .sort((a, b) => (a.username < b.username ? -1 : 1));
  }

  async removeMember(tenant: TenantId, id: string): Promise<void> {
    await this.#file.change((state) => {
      this.#find(state.users, tenant, id);
      return { ...state, users: state.users.filter((user) => user.id !== id) };
    });
  }

  async createAgent(tenant: TenantId, name: string): Promise<Agent & { readonly clientSecret: string }> {
    const clientSecret = randomBytes(32).toString('base64url');
    const agent = {
      clientId: `agent.${tenant}.${name}`,
      id: randomUUID(),
      name,
      tenant,
      secretHash: hashSecret(clientSecret),
    };
    await this.#file.change((state) => {
      if (state.agents.some(({ clientId }) => clientId === agent.clientId))
        throw new PermanentError('agent_exists', `there is an agent ${name} already`);
      return { ...state, agents: [...state.agents, agent] };
    });
    return { clientId: agent.clientId, name, clientSecret };
  }

  async agents(tenant: TenantId): Promise<readonly Agent[]> {
    return this.#file.state.agents
      .filter((agent) => agent.tenant === tenant)
      .map(({ clientId, name }) => ({ clientId, name }));
  }

  async removeAgent(tenant: TenantId, name: string): Promise<string> {
    let subject = '';
    await this.#file.change((state) => {
      const removed = state.agents.find((agent) => agent.tenant === tenant && agent.name === name);
      if (removed === undefined) throw new PermanentError('unknown_agent', `there is no agent ${name}`);
      subject = removed.id;
      return { ...state, agents: state.agents.filter((agent) => agent !== removed) };
    });
    return subject;
  }

  async removeTenant(tenant: TenantId): Promise<void> {
    await this.#file.change((state) => ({
      ...state,
      users: state.users.filter((user) => user.tenant !== tenant),
      agents: state.agents.filter((agent) => agent.tenant !== tenant),
    }));
  }

  #isAbandoned({ state, createdAtMs }: LocalUser): boolean {
    return state === 'pending' && createdAtMs < this.#clock() - authLimits.pendingUserMs;
  }

  #find(users: readonly LocalUser[], tenant: TenantId, id: string): void {
    if (users.some((user) => user.tenant === tenant && user.id === id)) return;
    throw new PermanentError('unknown_member', 'there is no such member');
  }
}

function toMember({ id, username, email }: LocalUser, role: MemberRole): Member {
  return { id, username, email, role };
}
