import { readFile, rename, writeFile } from 'node:fs/promises';
import { fmtCreds, parseCreds } from '@nats-io/jwt';
import { fromSeed } from '@nats-io/nkeys';
import { PermanentError, Secret } from '@swarmledger/runtime';
import type { BusCredentials } from '../contract.ts';
import { createUserKey, type HubKeys } from './hub-keys.ts';
import { encodeHubUserJwt } from './jwts.ts';

const ownerOnly = 0o600;

/** A new user of the hub itself, in memory only: for a service that has the hub's keys. */
export function createHubCredentials(keys: HubKeys): BusCredentials {
  const { publicKey, seed } = createUserKey();
  const issue = async (): Promise<{ jwt: string; expiresAtMs: number }> => ({
    jwt: await encodeHubUserJwt(keys, publicKey),
    expiresAtMs: Infinity,
  });
  return { kind: 'jwt', seed: new Secret(seed), issue };
}

/** Writes a new user of the hub as a `.creds` file, as nsc does: for services that do not have the hub's keys, and for the nats tool. */
export async function writeHubCredentials(keys: HubKeys, file: string): Promise<void> {
  const { publicKey, seed } = createUserKey();
  const text = fmtCreds(await encodeHubUserJwt(keys, publicKey), fromSeed(Buffer.from(seed)));
  await writeFile(`${file}.new`, text, { mode: ownerOnly });
  await rename(`${file}.new`, file);
}

/** Credentials from a `.creds` file, which is read again at each issue. @throws PermanentError invalid_credentials */
export async function loadCredentials(file: string): Promise<BusCredentials> {
  const read = async (): Promise<{ readonly jwt: string; readonly key: string; readonly expiresAtMs: number }> => {
    try {
      const { jwt, key, uc } = await parseCreds(await readFile(file));
      return { jwt, key, expiresAtMs: uc.exp === undefined ? Infinity : uc.exp * 1_000 };
    } catch (cause) {
      throw new PermanentError('invalid_credentials', `${file} is not a NATS credentials file`, { cause });
    }
  };
  const { key } = await read();
  return { kind: 'jwt', seed: new Secret(key), issue: read };
}
