import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import { tenantClaim } from './claims.ts';
import type { Role } from './principal.ts';

/** A key pair as JWK: the private one is for a file of its owner only. */
export interface SigningKey {
  readonly id: string;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
}

/** What a local issuer says about whom. Times are Unix milliseconds. */
export interface TokenClaims {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly tenant: string;
  readonly roles: readonly Role[];
  readonly clientId: string;
  readonly username?: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

const signingAlgorithm = 'ES256';

/** A new key pair; its id is its RFC 7638 thumbprint. */
export async function createSigningKey(nowMs: number): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
  const publicPart = await exportJWK(publicKey);
  const id = await calculateJwkThumbprint(publicPart);
  const describe = (jwk: JWK): JWK => ({ ...jwk, kid: id, alg: signingAlgorithm, use: 'sig' });
  return {
    id,
    privateJwk: describe(await exportJWK(privateKey)),
    publicJwk: describe(publicPart),
    createdAtMs: nowMs,
  };
}

/** An access token in the shape of Keycloak's, so that one verifier reads both. */
export async function signToken(key: SigningKey, claims: TokenClaims): Promise<string> {
  const payload = {
    typ: 'Bearer',
    azp: claims.clientId,
    [tenantClaim]: claims.tenant,
    realm_access: { roles: claims.roles },
    ...(claims.username === undefined ? {} : { preferred_username: claims.username }),
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: signingAlgorithm, kid: key.id, typ: 'JWT' })
    .setIssuer(claims.issuer)
    .setAudience(claims.audience)
    .setSubject(claims.subject)
    .setIssuedAt(Math.floor(claims.issuedAtMs / 1_000))
    .setExpirationTime(Math.floor(claims.expiresAtMs / 1_000))
    .sign(await importJWK(key.privateJwk, signingAlgorithm));
}
