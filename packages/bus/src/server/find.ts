import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '@swarmledger/runtime';

const name = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
/** Where `npm run setup` of a checkout puts it. */
const checkoutTools = fileURLToPath(new URL('../../../../.tools', import.meta.url));

/** Path of a nats-server program: SWARMLEDGER_NATS_SERVER, the checkout's `.tools`, then PATH; undefined when there is none. */
export async function findNatsServer(environment: Environment): Promise<string | undefined> {
  const named = environment['SWARMLEDGER_NATS_SERVER'];
  const folders = [checkoutTools, ...(environment['PATH'] ?? '').split(delimiter)].filter((folder) => folder !== '');
  const candidates = named ? [named] : folders.map((folder) => join(folder, name));
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
