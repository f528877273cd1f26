import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { dataKeysToJson, parseDataKeys, type DataKeys, type DataKeySource } from '@swarmledger/encryption';
import { TransientError } from '@swarmledger/runtime';
import { createAuthClient, type AgentAccount } from './auth-client.ts';

export interface AgentDataKeysOptions extends AgentAccount {
  /**
   * Where the keys are kept for a start without the auth service, in the clear and for this user only. Absent: in memory only, and what
   * starts offline cannot encrypt.
   */
  readonly cacheFile?: string;
}

const ownerOnly = 0o600;

/** The tenant's data keys from the auth service, or from the cache when it cannot be reached. */
export function createAgentDataKeys({ cacheFile, ...account }: AgentDataKeysOptions): DataKeySource {
  const auth = createAuthClient(account);
  return {
    load: async () => {
      try {
        const keys = parseDataKeys(await auth.ask('data-keys'), 'the auth service');
        if (cacheFile !== undefined) await saveKeys(cacheFile, keys);
        return keys;
      } catch (error) {
        const cached =
          error instanceof TransientError && cacheFile !== undefined ? await readKeys(cacheFile) : undefined;
        if (cached === undefined) throw error;
        return cached;
      }
    },
  };
}

/** Written in one step. */
async function saveKeys(file: string, keys: DataKeys): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(dataKeysToJson(keys))}\n`, { mode: ownerOnly });
  await chmod(`${file}.new`, ownerOnly);
  await rename(`${file}.new`, file);
}

async function readKeys(file: string): Promise<DataKeys | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseDataKeys(parseJson(text), file);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
