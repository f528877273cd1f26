import { plans } from '@swarmledger/ledger';
import { limits } from '@swarmledger/protocol';
import { authLimits } from '../limits.ts';
import { memberRoles } from '../users/contract.ts';
import type { Schema } from './route.ts';

const namePattern = '^[a-z0-9][a-z0-9_-]*$';

/** An object of exactly these properties; those that end in `?` may be absent. */
export function object(properties: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(properties);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace(/\?$/, ''), schema])),
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?')),
  };
}

export const array = (items: Schema): Schema => ({ type: 'array', items });
export const text: Schema = { type: 'string' };
export const count: Schema = { type: 'integer', minimum: 0 };
/** ISO 8601, UTC. */
export const time: Schema = { type: 'string', format: 'date-time' };
export const tenantName: Schema = { type: 'string', pattern: namePattern, maxLength: limits.tenantIdLengthMax };
export const projectName: Schema = { type: 'string', pattern: namePattern, maxLength: limits.projectIdLengthMax };
export const agentName: Schema = { type: 'string', pattern: namePattern, maxLength: 63 };
export const displayName: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: authLimits.displayNameLengthMax,
  pattern: '^[^\\p{Cc}]*$',
};
export const username: Schema = {
  type: 'string',
  pattern: '^[a-z0-9][a-z0-9._@-]*$',
  maxLength: authLimits.usernameLengthMax,
};
export const email: Schema = { type: 'string', pattern: '^[^\\s@\\p{Cc}]+@[^\\s@\\p{Cc}]+$', maxLength: 254 };
export const password: Schema = {
  type: 'string',
  minLength: authLimits.passwordLengthMin,
  maxLength: authLimits.passwordLengthMax,
};
export const plan: Schema = { type: 'string', enum: [...plans] };
export const memberRole: Schema = { type: 'string', enum: [...memberRoles] };

export const tenant = object({ id: tenantName, name: text, plan, created_at: time });
export const member = object({ id: text, username: text, email: text, role: memberRole });
export const problem = object({ error: object({ code: text, message: text }) });
