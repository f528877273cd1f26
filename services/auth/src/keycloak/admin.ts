import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type { Secret } from '@swarmledger/runtime';
import { translateError } from './errors.ts';

export interface KeycloakAdminOptions {
  /** `https://host`, without a realm. */
  readonly baseUrl: string;
  readonly realm: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
}

const requestTimeoutMs = 10_000;
/** A token of the admin client is renewed this long before its end. */
const renewBeforeMs = 15_000;

/** The Admin API, signed in as a service account of the realm; the token is renewed in time. */
export class KeycloakAdmin {
  readonly #options: KeycloakAdminOptions;
  readonly #client: KeycloakAdminClient;
  #signedInUntilMs = 0;
  #signingIn: Promise<void> | undefined;

  constructor(options: KeycloakAdminOptions) {
    this.#options = options;
    const { baseUrl, realm: realmName } = options;
    this.#client = new KeycloakAdminClient({ baseUrl, realmName, timeout: requestTimeoutMs });
  }

  /**
   * Runs calls of the Admin API. What they throw with a status goes through `translate` first, which throws what the status means.
   *
   * @throws TransientError keycloak_unreachable; PermanentError keycloak_refused; what `translate` throws
   */
  async run<T>(
    what: string,
    body: (client: KeycloakAdminClient) => Promise<T>,
    translate: (error: unknown) => void = () => undefined,
  ): Promise<T> {
    try {
      await this.#signIn();
      return await body(this.#client);
    } catch (error) {
      translate(error);
      throw translateError(error, what);
    }
  }

  async #signIn(): Promise<void> {
    if (performance.now() < this.#signedInUntilMs) return;
    this.#signingIn ??= this.#askForToken().finally(() => (this.#signingIn = undefined));
    await this.#signingIn;
  }

  async #askForToken(): Promise<void> {
    const { clientId, clientSecret } = this.#options;
    const startMs = performance.now();
    await this.#client.auth({ grantType: 'client_credentials', clientId, clientSecret: clientSecret.reveal() });
    const [, payload = ''] = (this.#client.accessToken ?? '').split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      readonly exp: number;
      readonly iat: number;
    };
    this.#signedInUntilMs = startMs + (claims.exp - claims.iat) * 1_000 - renewBeforeMs;
  }
}
