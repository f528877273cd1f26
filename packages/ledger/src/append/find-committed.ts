import type { EventId, Version } from '@swarmledger/protocol';
import { keyAfter, readPage, type Transaction } from '../fdb/store.ts';
import type { ProjectKeys } from '../keyspace.ts';
import { decodeEventPlace } from '../values.ts';

/** Rows of others that a look-up by range puts up with, beside as many as it asks for: a row of a range costs less than a look-up. */
const otherRowsMax = 16;

/**
 * Which of these ids the project has already, and where. Ids are UUIDv7, so those of one append were made in one short time and
 * lie side by side in the index: one read of the range that they span, which is empty as a rule, finds them all. Ids that lie far
 * apart, as those of an edge that was offline do, are looked up one by one where others lie between them.
 */
export async function findCommitted(
  tn: Transaction,
  keys: ProjectKeys,
  ids: readonly EventId[],
): Promise<ReadonlyMap<EventId, Version>> {
  if (ids.length < 2) return findEach(tn, keys, ids);
  return (await findInRange(tn, keys, ids)) ?? findEach(tn, keys, ids);
}

/** Undefined: too many others lie between the ids. */
async function findInRange(
  tn: Transaction,
  keys: ProjectKeys,
  ids: readonly EventId[],
): Promise<ReadonlyMap<EventId, Version> | undefined> {
  // As text they sort as their bytes do.
  const first = ids.reduce((a, b) => (a < b ? a : b));
  const last = ids.reduce((a, b) => (a > b ? a : b));
  const range = { begin: keys.event(first), end: keyAfter(keys.event(last)) };
  const { rows, more } = await readPage(tn, range, { limit: 2 * ids.length + otherRowsMax });
  if (more) return undefined;
  const found = new Map<EventId, Version>();
  if (rows.length === 0) return found;
  const asked = new Set(ids);
  for (const [key, value] of rows) {
    const id = keys.eventId(key);
    if (asked.has(id)) found.set(id, decodeEventPlace(value).version);
  }
  return found;
}

async function findEach(
  tn: Transaction,
  keys: ProjectKeys,
  ids: readonly EventId[],
): Promise<ReadonlyMap<EventId, Version>> {
  const found = new Map<EventId, Version>();
  const find = async (id: EventId): Promise<void> => {
    const value = await tn.get(keys.event(id));
    if (value !== undefined) found.set(id, decodeEventPlace(value).version);
  };
  await Promise.all(ids.map(find));
  return found;
}
