import type { TenantId } from '@swarmledger/protocol';

/** What a member of a tenant may be. Operators are made by whoever runs the hub, never over HTTP. */
export const memberRoles = ['owner', 'member', 'analyst'] as const;
export type MemberRole = (typeof memberRoles)[number];

export interface Member {
  /** The issuer's subject. */
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly role: MemberRole;
}

export interface NewMember {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly role: MemberRole;
}

/** A service account: what agents sign in with (client_credentials). */
export interface Agent {
  readonly clientId: string;
  readonly name: string;
}

/** Where people and agents are kept: Keycloak, or the local issuer's file. Every call stays within its tenant. */
export interface UserDirectory {
  /**
   * Makes a member who cannot sign in before `enable`: so that nobody holds a token for a tenant that turns out to be another's.
   *
   * @throws PermanentError username_taken
   */
  createPending(tenant: TenantId, member: NewMember): Promise<Member>;
  /** @throws PermanentError unknown_member */
  enable(tenant: TenantId, id: string): Promise<void>;
  /** In order of user names; those that can sign in. */
  members(tenant: TenantId): Promise<readonly Member[]>;
  /** @throws PermanentError unknown_member */
  removeMember(tenant: TenantId, id: string): Promise<void>;
  /** @param name unique within the tenant. @throws PermanentError agent_exists */
  createAgent(tenant: TenantId, name: string): Promise<Agent & { readonly clientSecret: string }>;
  agents(tenant: TenantId): Promise<readonly Agent[]>;
  /** @returns the subject of its tokens. @throws PermanentError unknown_agent */
  removeAgent(tenant: TenantId, name: string): Promise<string>;
  /** Everybody of the tenant. Nothing when there is nobody. */
  removeTenant(tenant: TenantId): Promise<void>;
}
