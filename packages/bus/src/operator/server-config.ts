import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toPublicKey, type HubKeys } from './hub-keys.ts';
import { encodeHubAccountJwt, encodeOperatorJwt, encodeSystemAccountJwt, type AccountState } from './jwts.ts';

/**
 * The part of a nats-server configuration that puts it into operator mode. Accounts are kept in `resolverDir`, where updates arrive over
 * the system account. A new server begins with the two that are named here; one that has accounts already keeps what it was told last, or
 * a restart would forget who was revoked.
 */
export async function formatOperatorConfig(
  keys: HubKeys,
  state: AccountState & { readonly resolverDir: string },
): Promise<string> {
  const { resolverDir } = state;
  const system = toPublicKey(keys.systemAccountSeed);
  const hub = toPublicKey(keys.accountSeed);
  const preload = [
    `  ${system}: ${await encodeSystemAccountJwt(keys)}`,
    ...(existsSync(join(resolverDir, `${hub}.jwt`)) ? [] : [`  ${hub}: ${await encodeHubAccountJwt(keys, state)}`]),
  ];
  return `operator: ${await encodeOperatorJwt(keys)}
system_account: ${system}
resolver {
  type: full
  dir: ${JSON.stringify(resolverDir)}
  allow_delete: false
  interval: "2m"
}
resolver_preload {
${preload.join('\n')}
}
`;
}
