import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createHubKeys, loadHubKeys, saveHubKeys, writeHubCredentials, type HubKeys } from '@swarmledger/bus';

export function hubKeysFile(dataDir: string): string {
  return join(dataDir, 'keys', 'hub-keys.json');
}

/** Where the hub's own services sign in from. */
export function hubCredentialsFile(dataDir: string): string {
  return join(dataDir, 'keys', 'hub.creds');
}

/** What wraps tenants' data keys. */
export function masterKeyFile(dataDir: string): string {
  return join(dataDir, 'keys', 'master.key');
}

/** The hub's keys, made when there are none. */
export async function ensureHubKeys(dataDir: string): Promise<HubKeys> {
  const file = hubKeysFile(dataDir);
  const known = await loadHubKeys(file);
  if (known !== undefined) return known;
  await mkdir(join(dataDir, 'keys'), { recursive: true, mode: 0o700 });
  const keys = createHubKeys(Date.now());
  await saveHubKeys(file, keys);
  await writeHubCredentials(keys, hubCredentialsFile(dataDir));
  return keys;
}
