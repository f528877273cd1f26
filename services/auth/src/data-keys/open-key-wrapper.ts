import { createKeyWrapper, readMasterKeyFile, type KeyWrapper } from '@swarmledger/encryption';
import { PermanentError, Secret } from '@swarmledger/runtime';
import type { AuthConfig } from '../config.ts';

/** Undefined: there are no master keys. @throws PermanentError no_master_key_file, invalid_master_key */
export async function openKeyWrapper(config: AuthConfig['masterKeys']): Promise<KeyWrapper | undefined> {
  if (config === undefined) return undefined;
  return config.kind === 'text' ? createKeyWrapper(config.text) : loadKeyWrapper(config.file);
}

/** Of a file with one key a line. @throws PermanentError no_master_key_file, invalid_master_key */
export async function loadKeyWrapper(file: string): Promise<KeyWrapper> {
  const text = await readMasterKeyFile(file);
  if (text !== undefined) return createKeyWrapper(new Secret(text));
  throw new PermanentError('no_master_key_file', `there is no master key in ${file}: put a copy of it back`);
}
