import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createAccount, createOperator, createUser, fromPublic, fromSeed } from '@nats-io/nkeys';
import { PermanentError } from '@swarmledger/runtime';

export interface AccountSigningKey {
  /** Private: signs user JWTs. */
  readonly seed: string;
  readonly publicKey: string;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
}

/** The private keys behind a hub's NATS in operator mode. Whoever has them is everybody. */
export interface HubKeys {
  readonly version: 1;
  readonly operatorSeed: string;
  readonly systemAccountSeed: string;
  /** Of the hub's account, which every tenant's users are in. */
  readonly accountSeed: string;
  /** The last one signs; the server takes users of all of them. */
  readonly signingKeys: readonly AccountSigningKey[];
}

const ownerOnly = 0o600;

export function createHubKeys(nowMs: number): HubKeys {
  return {
    version: 1,
    operatorSeed: readSeed(createOperator()),
    systemAccountSeed: readSeed(createAccount()),
    accountSeed: readSeed(createAccount()),
    signingKeys: [createSigningKey(nowMs)],
  };
}

/** Signs with a new key from now on; signing keys older than `keepMs` go, and with them the users that they signed. */
export function rotateSigningKey(keys: HubKeys, nowMs: number, keepMs: number): HubKeys {
  // A key signs until the next one is made: its users live on for a while after that.
  const kept = keys.signingKeys.filter((_key, index) => {
    const successor = keys.signingKeys[index + 1];
    return successor === undefined || successor.createdAtMs + keepMs > nowMs;
  });
  return { ...keys, signingKeys: [...kept, createSigningKey(nowMs)] };
}

/** The hub account's public key: its identity and, for KEDA's sake, its name. */
export function accountPublicKey(keys: HubKeys): string {
  return toPublicKey(keys.accountSeed);
}

/** A key pair of a user: `U…` and its seed. */
export function createUserKey(): { readonly publicKey: string; readonly seed: string } {
  const pair = createUser();
  return { publicKey: pair.getPublicKey(), seed: readSeed(pair) };
}

/** @throws PermanentError invalid_public_key unless it is a user's public nkey, checksum included */
export function assertUserPublicKey(text: string): void {
  try {
    if (text.startsWith('U') && fromPublic(text).getPublicKey() === text) return;
  } catch {
    // Falls through: no key at all.
  }
  throw new PermanentError('invalid_public_key', 'public_key is not the public nkey of a user (U…)');
}

export function toPublicKey(seed: string): string {
  return fromSeed(Buffer.from(seed)).getPublicKey();
}

/** Undefined: there is no such file. @throws PermanentError hub_keys when it is damaged */
export async function loadHubKeys(file: string): Promise<HubKeys | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const keys = JSON.parse(text) as HubKeys;
    if (keys.version === 1 && keys.signingKeys.length > 0) return keys;
  } catch {
    // Falls through: not ours either.
  }
  throw new PermanentError('hub_keys', `${file} is damaged: put a copy of it back`);
}

/** Written in one step, for its owner only. */
export async function saveHubKeys(file: string, keys: HubKeys): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: ownerOnly });
  await chmod(`${file}.new`, ownerOnly);
  await rename(`${file}.new`, file);
}

function createSigningKey(nowMs: number): AccountSigningKey {
  const pair = createAccount();
  return { seed: readSeed(pair), publicKey: pair.getPublicKey(), createdAtMs: nowMs };
}

function readSeed(pair: { getSeed(): Uint8Array }): string {
  return Buffer.from(pair.getSeed()).toString('ascii');
}
