import { refuse } from './errors.ts';

/** The token of an `Authorization` header (RFC 6750). @throws PermanentError token_missing */
export function readBearer(header: string | undefined): string {
  const [, token] = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(header ?? '') ?? [];
  if (token === undefined) throw refuse('token_missing', 'this needs an Authorization header with a bearer token');
  return token;
}
