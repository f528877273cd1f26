import { randomUUID } from 'node:crypto';
import { createSigningKey, defaultAudience, signToken, type Role } from '@swarmledger/identity';
import { PermanentError } from '@swarmledger/runtime';
import { authLimits, operatorsTenantName } from '../limits.ts';
import type { IssuerFile } from './issuer-file.ts';
import { hashPassword, isPassword, isSecret, nobodysHash } from './passwords.ts';

/** The OAuth client of people's programs: public, as it runs on their machines. */
export const publicClientId = 'swarmledger-cli';
/** Keycloak's paths, so that whoever knows one knows both. */
export const issuerPath = '/realms/swarmledger';
const protocolPath = `${issuerPath}/protocol/openid-connect`;

export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
}

/** A token that OAuth would refuse with this `error` (RFC 6749, 5.2). */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
  readonly error: 'invalid_client' | 'invalid_grant' | 'invalid_request' | 'unsupported_grant_type';

  constructor(error: TokenRefusal['error'], message: string) {
    super(message);
    this.error = error;
  }
}

/** Stands in for Keycloak on one machine: OIDC discovery, key set and token endpoint, nothing else of it. */
export class LocalIssuer {
  readonly url: string;
  readonly #baseUrl: string;
  readonly #file: IssuerFile;
  readonly #clock: () => number;

  constructor(file: IssuerFile, baseUrl: string, clock: () => number) {
    this.#file = file;
    this.#baseUrl = baseUrl;
    this.#clock = clock;
    this.url = `${baseUrl}${issuerPath}`;
  }

  /**
   * Makes the first key, or the next one when the last has signed long enough. The older ones are published while tokens of theirs may
   * be about.
   */
  async renewKey(): Promise<void> {
    const now = this.#clock();
    const last = this.#file.state.keys.at(-1);
    if (last !== undefined && last.createdAtMs > now - authLimits.signingKeyLifeMs) return;
    const key = await createSigningKey(now);
    await this.#file.change((state) => ({ ...state, keys: [...keepPublished(state.keys, now), key] }));
  }

  discovery(): object {
    return {
      issuer: this.url,
      jwks_uri: `${this.#baseUrl}${protocolPath}/certs`,
      token_endpoint: `${this.#baseUrl}${protocolPath}/token`,
      grant_types_supported: ['client_credentials', 'password'],
      response_types_supported: [],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    };
  }

  keySet(): object {
    return { keys: keepPublished(this.#file.state.keys, this.#clock()).map(({ publicJwk }) => publicJwk) };
  }

  /** @throws TokenRefusal */
  async clientToken(clientId: string, clientSecret: string): Promise<TokenAnswer> {
    const agent = this.#file.state.agents.find((candidate) => candidate.clientId === clientId);
    const matches = isSecret(clientSecret, agent?.secretHash ?? '');
    if (agent === undefined || !matches) throw new TokenRefusal('invalid_client', 'the client’s id or secret is wrong');
    return this.#sign({ subject: agent.id, tenant: agent.tenant, role: 'member', clientId, username: agent.name });
  }

  /** @throws TokenRefusal */
  async passwordToken(clientId: string, username: string, password: string): Promise<TokenAnswer> {
    if (clientId !== publicClientId) throw new TokenRefusal('invalid_client', 'this client may not use passwords');
    const user = this.#file.state.users.find((candidate) => candidate.username === username);
    const matches = await isPassword(password, user?.passwordHash ?? nobodysHash);
    if (user === undefined || !matches || user.state !== 'enabled')
      throw new TokenRefusal('invalid_grant', 'the user name or the password is wrong');
    return this.#sign({ subject: user.id, tenant: user.tenant, role: user.role, clientId, username });
  }

  /** Makes or changes the operator's password: from the configuration, never over HTTP. */
  async setOperator(username: string, password: string): Promise<void> {
    const known = this.#file.state.users.find((user) => user.username === username);
    if (known !== undefined && known.role !== 'operator')
      throw new PermanentError('username_taken', `the user name ${JSON.stringify(username)} is taken by no operator`);
    if (known !== undefined && (await isPassword(password, known.passwordHash))) return;
    const operator = {
      id: known?.id ?? randomUUID(),
      username,
      email: '',
      tenant: operatorsTenantName,
      role: 'operator' as const,
      passwordHash: await hashPassword(password),
      state: 'enabled' as const,
      createdAtMs: this.#clock(),
    };
    await this.#file.change((state) => ({
      ...state,
      users: [...state.users.filter((user) => user.username !== username), operator],
    }));
  }

  async #sign(claims: {
    readonly subject: string;
    readonly tenant: string;
    readonly role: Role;
    readonly clientId: string;
    readonly username: string;
  }): Promise<TokenAnswer> {
    const key = this.#file.state.keys.at(-1);
    if (key === undefined) throw new PermanentError('no_signing_key', 'the local issuer was not opened');
    const now = this.#clock();
    const { role, ...rest } = claims;
    const token = await signToken(key, {
      ...rest,
      roles: [role],
      issuer: this.url,
      audience: defaultAudience,
      issuedAtMs: now,
      expiresAtMs: now + authLimits.accessTokenLifeMs,
    });
    return { access_token: token, token_type: 'Bearer', expires_in: authLimits.accessTokenLifeMs / 1_000 };
  }
}

/** A key's successor was made when the key stopped signing; its last token ends one life later. */
function keepPublished<Key extends { readonly createdAtMs: number }>(
  keys: readonly Key[],
  now: number,
): readonly Key[] {
  return keys.filter((_key, index) => {
    const successor = keys[index + 1];
    return successor === undefined || successor.createdAtMs + 2 * authLimits.accessTokenLifeMs > now;
  });
}
