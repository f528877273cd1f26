import { isUuid } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import { keyBytes } from './limits.ts';

/** A tenant's key in the clear. It stays in memory, or in a file that its owner asked for. */
export interface DataKey {
  /** A UUID. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
}

/** The keys of one tenant. */
export interface DataKeys {
  /** What new events are encrypted with: the newest. */
  readonly current: DataKey;
  /** By id, the current one included. */
  readonly byId: ReadonlyMap<string, DataKey>;
}

/** Where a tenant's keys come from. */
export interface DataKeySource {
  /** @throws TransientError when they cannot be had now; PermanentError when they are not for us */
  load(): Promise<DataKeys>;
}

/** @param keys oldest first, at least one */
export function createDataKeys(keys: readonly DataKey[]): DataKeys {
  const current = keys.at(-1);
  if (current === undefined) throw new RangeError('a tenant has at least one data key');
  return { current, byId: new Map(keys.map((key) => [key.id, key])) };
}

/** As the auth service answers, and as a key file holds it. */
export function dataKeysToJson({ byId }: DataKeys): { readonly keys: readonly Readonly<Record<string, string>>[] } {
  return {
    keys: [...byId.values()].map(({ id, key, createdAtMs }) => ({
      id,
      key: key.toString('base64'),
      created_at: new Date(createdAtMs).toISOString(),
    })),
  };
}

/** Reads what `dataKeysToJson` made. @param where for the message. @throws PermanentError invalid_data_keys */
export function parseDataKeys(json: unknown, where: string): DataKeys {
  const list: unknown = isObject(json) ? json['keys'] : undefined;
  if (!Array.isArray(list) || list.length === 0) throw invalid(where);
  return createDataKeys(list.map((item: unknown) => parseDataKey(item, where)));
}

function parseDataKey(item: unknown, where: string): DataKey {
  if (!isObject(item)) throw invalid(where);
  const { id, key: text, created_at: createdAt } = item;
  if (typeof id !== 'string' || typeof text !== 'string' || typeof createdAt !== 'string') throw invalid(where);
  const key = Buffer.from(text, 'base64');
  const createdAtMs = Date.parse(createdAt);
  if (!isUuid(id) || key.length !== keyBytes || Number.isNaN(createdAtMs)) throw invalid(where);
  return { id, key, createdAtMs };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function invalid(where: string): PermanentError {
  return new PermanentError('invalid_data_keys', `${where}: these are no data keys, as GET …/data-keys answers them`);
}
