import { PermanentError, TransientError } from '@swarmledger/runtime';

/** The HTTP status of what Keycloak refused; undefined for every other error. */
export function keycloakStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('response' in error)) return undefined;
  const { response } = error;
  if (typeof response !== 'object' || response === null || !('status' in response)) return undefined;
  return typeof response.status === 'number' ? response.status : undefined;
}

/** What the rest of the code sees instead of an error of the admin client, decided by its status. No message quotes the request. */
export function translateError(error: unknown, what: string): Error {
  if (error instanceof TransientError || error instanceof PermanentError) return error;
  const status = keycloakStatus(error);
  if (status === undefined || status >= 500 || status === 429)
    return new TransientError('keycloak_unreachable', `cannot ${what}: Keycloak does not answer`, { cause: error });
  const why = status === 401 || status === 403 ? 'it refuses the client swarmledger-auth' : `it answers ${status}`;
  return new PermanentError('keycloak_refused', `cannot ${what}: ${why}; is the realm file imported?`, {
    cause: error,
  });
}
