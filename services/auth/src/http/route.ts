import type { Principal, Role } from '@swarmledger/identity';
import type { TenantId } from '@swarmledger/protocol';

/** JSON Schema (2020-12), as OpenAPI 3.1 has it. */
export type Schema = Readonly<Record<string, unknown>>;

interface RouteBase {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** OpenAPI's notation: `/v1/tenants/{tenant}`. */
  readonly path: string;
  readonly summary: string;
  /** Of the request's body; absent: it has none. */
  readonly body?: Schema;
  readonly status: 200 | 201 | 204;
  /** Of the answer; absent for 204. */
  readonly answer?: Schema;
}

export interface OpenCall {
  readonly body: unknown;
}

export interface CallerCall extends OpenCall {
  readonly principal: Principal;
}

export interface TenantCall extends CallerCall {
  /** The path's; the caller may reach it. */
  readonly tenant: TenantId;
  /** The path's other parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** One operation of the API. What it needs of its caller is data: it is checked before `handle`, and in the document. */
export type Route =
  /** Anybody, at the rate of strangers. */
  | (RouteBase & { readonly access: 'open'; readonly handle: (call: OpenCall) => Promise<unknown> })
  /** Whoever has a token with one of the roles. */
  | (RouteBase & {
      readonly access: 'caller';
      readonly roles: readonly Role[];
      readonly handle: (call: CallerCall) => Promise<unknown>;
    })
  /** Whoever has one of the roles in the path's tenant, or is an operator. */
  | (RouteBase & {
      readonly access: 'tenant';
      readonly roles: readonly Role[];
      readonly handle: (call: TenantCall) => Promise<unknown>;
    });
