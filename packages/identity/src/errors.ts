import { errors } from 'jose';
import { PermanentError, TransientError } from '@swarmledger/runtime';

/**
 * What the rest of the code sees instead of an error of jose, decided by its code. No message quotes the token or a claim of it.
 * Codes: https://github.com/panva/jose/blob/main/docs/util/errors/README.md
 */
export function translateError(error: unknown): Error {
  if (error instanceof PermanentError || error instanceof TransientError) return error;
  if (error instanceof errors.JWTExpired) return refuse('token_expired', 'the token has expired', error);
  if (error instanceof errors.JWTClaimValidationFailed) return translateClaim(error);
  if (error instanceof errors.JOSEAlgNotAllowed)
    return refuse('token_algorithm', 'the token is signed with an algorithm that is not accepted', error);
  if (error instanceof errors.JWKSNoMatchingKey)
    return refuse('token_unknown_key', 'the token is not signed by a key of the issuer', error);
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return refuse('token_unknown_key', 'the token does not say which key of the issuer signed it', error);
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return refuse('token_signature', 'the token’s signature is wrong', error);
  if (error instanceof errors.JWKSTimeout) return unreachable('it did not answer in time', error);
  if (error instanceof errors.JWKSInvalid) return unreachable('its key set is malformed', error);
  if (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSENotSupported
  )
    return refuse('token_malformed', 'the token is not a signed JWT', error);
  // Fetching the key set throws jose's generic error, or fetch's own TypeError.
  return unreachable('its key set cannot be fetched', error);
}

export function refuse(code: string, message: string, cause?: unknown): PermanentError {
  return new PermanentError(code, message, cause === undefined ? {} : { cause });
}

export function unreachable(why: string, cause?: unknown): TransientError {
  const options = cause === undefined ? {} : { cause };
  return new TransientError('issuer_unreachable', `cannot verify a token with the issuer: ${why}`, options);
}

function translateClaim(error: errors.JWTClaimValidationFailed): PermanentError {
  switch (error.claim) {
    case 'iss':
      return refuse('token_issuer', 'the token is from another issuer', error);
    case 'aud':
      return refuse('token_audience', 'the token is for another audience', error);
    case 'nbf':
    case 'iat':
      return refuse('token_not_active', 'the token is not valid yet', error);
    default:
      return refuse('token_claims', `the token’s claim ${JSON.stringify(error.claim)} is missing or wrong`, error);
  }
}
