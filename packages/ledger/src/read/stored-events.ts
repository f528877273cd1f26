import { decodeHistoryRecord, decodeStoredEvent, type Version } from '@swarmledger/protocol';
import { streamContent } from '../content/read-content.ts';
import type { Store, TransactOptions } from '../fdb/store.ts';
import type { StoredEvent } from '../history.ts';
import type { ProjectKeys } from '../keyspace.ts';
import { decodeStored } from '../values.ts';

/** The event of a history record, fetched from the content store when it is too long for the record. */
export async function loadStoredEvent(
  store: Store,
  keys: ProjectKeys,
  version: Version,
  value: Buffer,
  options: TransactOptions = {},
): Promise<StoredEvent> {
  const what = `history record ${version}`;
  const record = decodeStored(what, () => decodeHistoryRecord(value));
  let raw = record.event;
  if (record.overflowSha256 !== undefined) {
    const pieces: Buffer[] = [];
    const content = keys.content(record.overflowSha256);
    for await (const piece of streamContent(store, content, record.overflowSha256, options)) pieces.push(piece);
    raw = Buffer.concat(pieces);
  }
  const event = decodeStored(what, () => decodeStoredEvent(raw));
  return { version, commitTimeMs: record.commitTimeMs, event, raw };
}
