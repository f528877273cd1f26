import type { RequestHandler } from 'express';
import Keycloak from 'keycloak-connect';
import { defaultAudience } from '@swarmledger/identity';
import { PermanentError } from '@swarmledger/runtime';
import type { RouteGuard } from '../http/app.ts';

/** Keycloak's own adapter, bearer-only: a second, independent look at each token and its roles. */
export function createKeycloakGuard(options: { readonly baseUrl: string; readonly realm: string }): RouteGuard {
  const config = {
    realm: options.realm,
    'auth-server-url': options.baseUrl,
    resource: defaultAudience,
    'bearer-only': true,
    'ssl-required': 'external',
    'confidential-port': 0,
    'verify-token-audience': true,
  };
  const keycloak = new Keycloak({}, config);
  // The adapter's own answer is plain text; its documentation says to replace it.
  keycloak.accessDenied = (_request: unknown, _response: unknown, next?: (error: unknown) => void): void =>
    next?.(new PermanentError('forbidden_role', 'Keycloak’s adapter refuses this token for this route'));
  const middleware = keycloak.middleware() as unknown as readonly RequestHandler[];
  return {
    protect: (roles) => [...middleware, keycloak.protect((token) => roles.some((role) => token.hasRealmRole(role)))],
  };
}
