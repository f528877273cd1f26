import { ProtocolError } from '@swarmledger/protocol';
import { PermanentError, TransientError } from '@swarmledger/runtime';

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const statusByCode: Readonly<Record<string, number>> = {
  invalid_request: 400,
  unknown_route: 404,
  forbidden_role: 403,
  forbidden_tenant: 403,
  rate_limited: 429,
  too_large: 413,
  tenant_exists: 409,
  username_taken: 409,
  agent_exists: 409,
  not_operator_mode: 409,
  no_tenant_sql: 409,
  no_master_key: 409,
  too_many_data_keys: 409,
  unknown_master_key: 503,
  revoked_key: 409,
  too_many_keys: 409,
  invalid_public_key: 400,
  unknown_key: 404,
  last_owner: 409,
  not_confirmed: 409,
  too_many_invitations: 409,
  too_many_projects: 409,
  too_many_agents: 409,
  unknown_tenant: 404,
  unknown_project: 404,
  unknown_member: 404,
  unknown_agent: 404,
  unknown_invitation: 404,
};

/** What the caller is told; undefined when it is our own fault, of which it is told nothing. */
export function toProblem(error: unknown): Problem | undefined {
  if (error instanceof ProtocolError) return { status: 400, code: error.code, message: error.message };
  if (error instanceof TransientError)
    return { status: 503, code: error.code, message: 'the hub cannot do this now; try again' };
  if (!(error instanceof PermanentError)) return undefined;
  const { code, message } = error;
  const status = code.startsWith('token_') ? 401 : statusByCode[code];
  return status === undefined ? undefined : { status, code, message };
}
