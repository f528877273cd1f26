import { createEventId, decodeFeedRecord, type FeedRecord, type Version } from '@swarmledger/protocol';
import { feedLimits, type GroupLimits } from '../feed.ts';
import { keyAfter, readPage, type Transaction } from '../fdb/store.ts';
import type { FeedKeys } from '../keyspace.ts';
import { decodeStored } from '../values.ts';
import { monthOf } from './feed-records.ts';
import type { GroupRecord } from './group-record.ts';

/** Feed records read at once. */
const pageRecords = 1_000;
/** Feed records of one group: single-event commits would otherwise make its transaction read for seconds. */
const groupRecordsMax = 20_000;

/** The next group: consecutive records from the oldest on. Undefined: the feed is empty. Writes nothing. */
export async function planGroup(
  tn: Transaction,
  keys: FeedKeys,
  partition: number,
  limits: GroupLimits,
): Promise<GroupRecord | undefined> {
  const commits = keys.commits(partition);
  const builder = new GroupBuilder(limits);
  const { begin: start, end } = commits.range();
  let begin = start;
  for (let records = 0; records < groupRecordsMax;) {
    const { rows, more } = await readPage(tn, { begin, end }, { limit: pageRecords });
    for (const [key, value] of rows) {
      const version = commits.version(key);
      const record = decodeStored(`feed record ${version}`, () => decodeFeedRecord(value));
      if (!builder.add(version, record)) return builder.build();
      records += 1;
    }
    const last = rows.at(-1);
    if (!more || last === undefined) break;
    begin = keyAfter(last[0]);
  }
  return builder.build();
}

class GroupBuilder {
  readonly #rowsTarget: number;
  readonly #bytesMax: number;
  #first: { readonly version: Version; readonly commitTimeMs: number } | undefined;
  #last: Version | undefined;
  #rows = 0;
  #bytes = 0;

  constructor(limits: GroupLimits) {
    this.#rowsTarget = Math.min(limits.rowsTarget, feedLimits.groupRowsMax);
    this.#bytesMax = Math.min(limits.bytesMax, feedLimits.groupBytesMax);
  }

  /** False: the record belongs to the next group. */
  add(version: Version, record: FeedRecord): boolean {
    if (this.#first !== undefined) {
      const isFull =
        this.#rows >= this.#rowsTarget ||
        this.#rows + record.events > feedLimits.groupRowsMax ||
        this.#bytes + record.bytes > this.#bytesMax;
      // ClickHouse's partitions are months: a group is one block in one of them.
      if (isFull || monthOf(this.#first.commitTimeMs) !== monthOf(record.commitTimeMs)) return false;
    }
    this.#first ??= { version, commitTimeMs: record.commitTimeMs };
    this.#last = version;
    this.#rows += record.events;
    this.#bytes += record.bytes;
    return true;
  }

  build(): GroupRecord | undefined {
    if (this.#first === undefined || this.#last === undefined) return undefined;
    return {
      id: createEventId(),
      rows: this.#rows,
      bytes: this.#bytes,
      commitTimeMs: this.#first.commitTimeMs,
      from: this.#first.version,
      to: this.#last,
    };
  }
}
