export { hasRole, requireRole, requireTenant, roles, type Principal, type Role } from './principal.ts';
export {
  createTokenVerifier,
  defaultAudience,
  tokenAlgorithms,
  type TokenVerifier,
  type TokenVerifierOptions,
} from './verifier.ts';
export { readBearer } from './bearer.ts';
export { tenantClaim } from './claims.ts';
export { identityLimits } from './limits.ts';
export { createSigningKey, signToken, type SigningKey, type TokenClaims } from './signer.ts';
