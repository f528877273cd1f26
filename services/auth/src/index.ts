export { loadConfig, type AuthConfig } from './config.ts';
export { openAuth, type AuthDependencies, type AuthService, type AuthSettings } from './open-auth.ts';
export { createRoutes, type RouteDependencies } from './http/routes.ts';
export { describeApi } from './http/openapi.ts';
export type { Route, Schema } from './http/route.ts';
export { publicClientId } from './issuer/local-issuer.ts';
export { rotateHubKeys } from './nats/hub-account.ts';
export { operatorsTenantName } from './limits.ts';
