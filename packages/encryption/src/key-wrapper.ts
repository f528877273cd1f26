import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PermanentError, type Secret } from '@swarmledger/runtime';
import { seal, unseal } from './aes.ts';
import { encryptionLimits, keyBytes, nonceBytes, tagBytes } from './limits.ts';

/** A data key as it may be stored. */
export interface WrappedKey {
  /** Which master key wrapped it. */
  readonly wrappedBy: string;
  /** Base64. */
  readonly wrapped: string;
}

/** What keeps data keys: master keys of our own, or a key management service behind the same two calls. */
export interface KeyWrapper {
  /** Of the key that wraps from now on. */
  readonly currentId: string;
  /** @param context bound to the result: it is unwrapped under the same one only */
  wrap(key: Buffer, context: string): Promise<WrappedKey>;
  /** @throws PermanentError unknown_master_key, wrapped_key_damaged; TransientError when the service does not answer */
  unwrap(wrapped: WrappedKey, context: string): Promise<Buffer>;
}

interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

const ownerOnly = 0o600;

/**
 * Master keys in this process's memory.
 *
 * @param text one key of 32 bytes in Base64 a line: the first wraps, all of them unwrap
 * @throws PermanentError invalid_master_key, which quotes nothing
 */
export function createKeyWrapper(text: Secret): KeyWrapper {
  const keys = text
    .reveal()
    .split(/\s+/)
    .filter((line) => line !== '')
    .map(parseMasterKey);
  const [current] = keys;
  if (current === undefined || keys.length > encryptionLimits.masterKeysMax) throw invalidMasterKey();
  return {
    currentId: current.id,
    wrap: async (key, context) => {
      const { nonce, ciphertext, tag } = seal(current.key, key, bind(context));
      return { wrappedBy: current.id, wrapped: Buffer.concat([nonce, ciphertext, tag]).toString('base64') };
    },
    unwrap: async ({ wrappedBy, wrapped }, context) => {
      const master = keys.find(({ id }) => id === wrappedBy);
      if (master === undefined)
        throw new PermanentError(
          'unknown_master_key',
          `a data key is wrapped by master key ${wrappedBy}, and this process has ${keys.map(({ id }) => id).join(', ')}`,
        );
      const bytes = Buffer.from(wrapped, 'base64');
      const nonce = bytes.subarray(0, nonceBytes);
      const ciphertext = bytes.subarray(nonceBytes, -tagBytes);
      const tag = bytes.subarray(-tagBytes);
      const isWhole = bytes.length === nonceBytes + keyBytes + tagBytes;
      const key = isWhole ? unseal(master.key, { nonce, ciphertext, tag }, bind(context)) : undefined;
      if (key === undefined)
        throw new PermanentError('wrapped_key_damaged', 'a wrapped data key was changed, or is another tenant’s');
      return key;
    },
  };
}

/** The text of a new master key: a line of its own. */
export function createMasterKey(): string {
  return `${randomBytes(keyBytes).toString('base64')}\n`;
}

/** Undefined: there is no such file. */
export async function readMasterKeyFile(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Makes a master key's file, for its owner only; nothing when there is one. */
export async function ensureMasterKeyFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    await writeFile(file, createMasterKey(), { mode: ownerOnly, flag: 'wx' });
    await chmod(file, ownerOnly);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function parseMasterKey(line: string): MasterKey {
  const key = Buffer.from(line, 'base64');
  if (key.length !== keyBytes || key.toString('base64') !== line) throw invalidMasterKey();
  // Says which key it is, and nothing about it.
  const id = createHash('sha256').update('swarmledger.master-key\n').update(key).digest('hex').slice(0, 16);
  return { id, key };
}

function bind(context: string): string {
  return `swarmledger.data-key.v1\n${context}`;
}

function invalidMasterKey(): PermanentError {
  return new PermanentError(
    'invalid_master_key',
    `master keys are lines of ${keyBytes} bytes in Base64, from one to ${encryptionLimits.masterKeysMax}: "openssl rand -base64 32" makes one`,
  );
}
