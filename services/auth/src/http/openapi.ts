import type { Route, Schema } from './route.ts';
import { problem } from './schemas.ts';

/** The API's document (OpenAPI 3.1), from the same table that serves it. */
export function describeApi(routes: readonly Route[]): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = describeRoute(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'SwarmLedger: tenants',
      version: '1',
      description:
        'Who may do what. A bearer token is an access token of the hub’s OIDC issuer, with the audience `swarmledger`, the claim `tenant_id` and realm roles.',
    },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: problem },
    },
  };
}

function describeRoute(route: Route): Schema {
  const parameters = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const content = (schema: Schema): Schema => ({ 'application/json': { schema } });
  const fault = { description: 'What is wrong.', content: content({ $ref: '#/components/schemas/Problem' }) };
  return {
    summary: route.summary,
    ...(route.access === 'open' ? {} : { security: [{ token: [] }], 'x-roles': route.roles }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: { required: true, content: content(route.body) } }),
    responses: {
      [route.status]:
        route.answer === undefined
          ? { description: 'Done.' }
          : { description: 'Done.', content: content(route.answer) },
      default: fault,
    },
  };
}
