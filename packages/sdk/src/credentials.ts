import type { BusOptions } from '@swarmledger/bus';
import { Secret } from '@swarmledger/runtime';
import type { Credentials } from './client.ts';

export function toBusCredentials(credentials: Credentials | undefined): Pick<BusOptions, 'credentials'> {
  if (credentials === undefined) return {};
  if (credentials.kind === 'jwt') return { credentials };
  const { user, password } = credentials;
  return { credentials: { user, password: typeof password === 'string' ? new Secret(password) : password } };
}
