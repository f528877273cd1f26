import { createRemoteJWKSet, customFetch, jwtVerify, type RemoteJWKSet } from 'jose';
import { readPrincipal } from './claims.ts';
import { discover, fetchBounded } from './discovery.ts';
import { refuse, translateError } from './errors.ts';
import { identityLimits } from './limits.ts';
import type { Principal } from './principal.ts';

export interface TokenVerifierOptions {
  /** Exactly as in the tokens' `iss`: `http(s)://host/realms/swarmledger`. Its keys are found by OIDC discovery. */
  readonly issuer: string;
  /** What the tokens' `aud` must contain; `swarmledger` by default. */
  readonly audience?: string;
  /** Unix milliseconds; `Date.now` by default. */
  readonly clock?: () => number;
}

/** Turns tokens into principals. Safe to share; one per process and issuer is enough. */
export interface TokenVerifier {
  /**
   * Verifies signature, algorithm, issuer, audience, times, kind, tenant and roles of an access token. Asks the issuer only for keys
   * that it does not know.
   *
   * @throws PermanentError token_… (the caller is refused), issuer_mismatch (the configuration is wrong);
   *   TransientError issuer_unreachable (nobody can be told anything now)
   */
  verify(token: string): Promise<Principal>;
}

export const defaultAudience = 'swarmledger';

/** Asymmetric ones only: a public key must never do as a shared secret, and "none" is no signature. */
export const tokenAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

/** Opens no connection: the first `verify` does. @throws PermanentError invalid_issuer */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  if (!isIssuerUrl(options.issuer)) {
    throw refuse('invalid_issuer', `issuer ${JSON.stringify(options.issuer)} is not an http(s) URL`);
  }
  return new IssuerVerifier(options);
}

class IssuerVerifier implements TokenVerifier {
  readonly #issuer: string;
  readonly #audience: string;
  readonly #clock: () => number;
  #keys: Promise<RemoteJWKSet> | undefined;

  constructor(options: TokenVerifierOptions) {
    this.#issuer = options.issuer;
    this.#audience = options.audience ?? defaultAudience;
    this.#clock = options.clock ?? Date.now;
  }

  async verify(token: string): Promise<Principal> {
    if (Buffer.byteLength(token) > identityLimits.tokenBytesMax)
      throw refuse('token_malformed', `the token exceeds ${identityLimits.tokenBytesMax} bytes`);
    try {
      const { payload } = await jwtVerify(token, await this.#issuerKeys(), {
        algorithms: [...tokenAlgorithms],
        issuer: this.#issuer,
        audience: this.#audience,
        clockTolerance: identityLimits.clockToleranceMs / 1_000,
        currentDate: new Date(this.#clock()),
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      this.#refuseFuture(payload.iat);
      return readPrincipal(payload);
    } catch (error) {
      throw translateError(error);
    }
  }

  /** jose looks at `iat` only when a maximum age is asked for. */
  #refuseFuture(issuedAtSeconds: number | undefined): void {
    if ((issuedAtSeconds ?? 0) * 1_000 <= this.#clock() + identityLimits.clockToleranceMs) return;
    throw refuse('token_not_active', 'the token is not valid yet');
  }

  #issuerKeys(): Promise<RemoteJWKSet> {
    this.#keys ??= this.#openKeys().catch((error: unknown) => {
      // Not remembered: the issuer may be there the next time.
      this.#keys = undefined;
      throw error;
    });
    return this.#keys;
  }

  async #openKeys(): Promise<RemoteJWKSet> {
    const { jwksUri } = await discover(this.#issuer);
    return createRemoteJWKSet(jwksUri, {
      timeoutDuration: identityLimits.issuerTimeoutMs,
      cooldownDuration: identityLimits.keysCooldownMs,
      cacheMaxAge: identityLimits.keysMaxAgeMs,
      [customFetch]: fetchBounded,
    });
  }
}

function isIssuerUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
