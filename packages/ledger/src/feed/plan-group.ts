import { createEventId, decodeFeedRecord, type FeedRecord, type Version } from '@swarmledger/protocol';
import { feedLimits, type FeedSlice, type GroupLimits } from '../feed.ts';
import { keyAfter, readPage, type Page, type Transaction } from '../fdb/store.ts';
import type { FeedKeys } from '../keyspace.ts';
import { decodeStored } from '../values.ts';
import { monthOf } from './feed-records.ts';
import type { GroupRecord } from './group-record.ts';

/** Feed records read at once. */
const pageRecords = 1_000;
/** Feed records of one group: single-event commits would otherwise make its transaction read for seconds. */
const groupRecordsMax = 20_000;

export interface GroupPlan {
  readonly group: GroupRecord;
  /** Partitions that may have more. */
  readonly left: readonly number[];
}

/** The next group: of each partition consecutive records from the oldest on. Undefined: there are none. Writes nothing. */
export async function planGroup(
  tn: Transaction,
  keys: FeedKeys,
  partitions: readonly number[],
  limits: GroupLimits,
): Promise<GroupPlan | undefined> {
  const builder = new GroupBuilder(limits);
  const left: number[] = [];
  // Many have little each: their first pages come together.
  const limit = Math.ceil(pageRecords / Math.max(1, partitions.length));
  const firstPages = await Promise.all(
    partitions.map((partition) => readPage(tn, keys.commits(partition).range(), { limit })),
  );
  for (const [index, partition] of partitions.entries()) {
    const first = firstPages[index];
    if (first === undefined || first.rows.length === 0) continue;
    if (builder.isFull || !(await addPartition(tn, keys, builder, { partition, first }))) left.push(partition);
  }
  const group = builder.build();
  return group === undefined ? undefined : { group, left };
}

/** @returns true when the group has everything of the partition */
async function addPartition(
  tn: Transaction,
  keys: FeedKeys,
  builder: GroupBuilder,
  { partition, first }: { readonly partition: number; readonly first: Page },
): Promise<boolean> {
  const commits = keys.commits(partition);
  const { end } = commits.range();
  for (let page = first; ;) {
    for (const [key, value] of page.rows) {
      const version = commits.version(key);
      const record = decodeStored(`feed record ${version}`, () => decodeFeedRecord(value));
      if (!builder.add(partition, version, record)) return false;
    }
    const last = page.rows.at(-1);
    if (!page.more || last === undefined) return true;
    page = await readPage(tn, { begin: keyAfter(last[0]), end }, { limit: pageRecords });
  }
}

class GroupBuilder {
  readonly #rowsTarget: number;
  readonly #bytesMax: number;
  readonly #slices: { readonly partition: number; readonly from: Version; to: Version }[] = [];
  #commitTimeMs: number | undefined;
  #records = 0;
  #rows = 0;
  #bytes = 0;
  #isFull = false;

  constructor(limits: GroupLimits) {
    this.#rowsTarget = Math.min(limits.rowsTarget, feedLimits.groupRowsMax);
    this.#bytesMax = Math.min(limits.bytesMax, feedLimits.groupBytesMax);
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** False: the record, and so all that come after it in its partition, belong to a later group. */
  add(partition: number, version: Version, record: FeedRecord): boolean {
    const slice = this.#slices.at(-1);
    const isNew = slice?.partition !== partition;
    this.#isFull ||= this.#records > 0 && !this.#hasRoomFor(record);
    this.#isFull ||= isNew && this.#slices.length >= feedLimits.groupPartitionsMax;
    if (this.#isFull) return false;
    // ClickHouse's partitions are months: a group is one block in one of them.
    if (this.#commitTimeMs !== undefined && monthOf(this.#commitTimeMs) !== monthOf(record.commitTimeMs)) return false;
    if (isNew) this.#slices.push({ partition, from: version, to: version });
    else slice.to = version;
    this.#commitTimeMs = Math.min(this.#commitTimeMs ?? Infinity, record.commitTimeMs);
    this.#records += 1;
    this.#rows += record.events;
    this.#bytes += record.bytes;
    return true;
  }

  build(): GroupRecord | undefined {
    if (this.#commitTimeMs === undefined) return undefined;
    const slices: readonly FeedSlice[] = this.#slices;
    return {
      id: createEventId(),
      slices,
      rows: this.#rows,
      bytes: this.#bytes,
      commitTimeMs: this.#commitTimeMs,
      given: 'once',
    };
  }

  #hasRoomFor(record: FeedRecord): boolean {
    return (
      this.#records < groupRecordsMax &&
      this.#rows < this.#rowsTarget &&
      this.#rows + record.events <= feedLimits.groupRowsMax &&
      this.#bytes + record.bytes <= this.#bytesMax
    );
  }
}
