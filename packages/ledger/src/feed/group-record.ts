import { parseVersion } from '@swarmledger/protocol';
import type { FeedGroup, FeedSlice } from '../feed.ts';
import { decodeStored, encodeJson } from '../values.ts';

/**
 * Value of ('g', partition), the same for each of its partitions: a group's bounds, so that a crash inserts the same rows under the
 * same id.
 */
export interface GroupRecord extends Omit<FeedGroup, 'recovered' | 'left'> {
  /** `again`: it may be in two feeders' hands, or on its way to ClickHouse. */
  readonly given: 'once' | 'again';
}

/** A group of one partition, as it was before a group had several. */
type SingleRecord = Omit<GroupRecord, 'slices' | 'given'> & Omit<FeedSlice, 'partition'>;

export function encodeGroup(group: GroupRecord): Buffer {
  return encodeJson(group);
}

export function decodeGroup(partition: number, value: Buffer): GroupRecord {
  return decodeStored(`feed group of partition ${partition}`, () => {
    const stored = JSON.parse(value.toString()) as GroupRecord | SingleRecord;
    const { id, rows, bytes, commitTimeMs } = stored;
    if (typeof id !== 'string' || !Number.isSafeInteger(rows)) throw new RangeError('it has no id or rows');
    const isSingle = !('slices' in stored);
    const slices = isSingle ? [{ partition, from: stored.from, to: stored.to }] : stored.slices;
    const given = !isSingle && stored.given === 'once' ? 'once' : 'again';
    return { id, slices: slices.map(toSlice), rows, bytes, commitTimeMs, given };
  });
}

function toSlice({ partition, from, to }: FeedSlice): FeedSlice {
  if (!Number.isSafeInteger(partition)) throw new RangeError('a slice has no partition');
  return { partition, from: parseVersion(from), to: parseVersion(to) };
}
