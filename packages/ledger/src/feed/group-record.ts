import { parseVersion, type Version } from '@swarmledger/protocol';
import type { FeedGroup } from '../feed.ts';
import { decodeStored, encodeJson } from '../values.ts';

/** Value of ('g', partition): a group's bounds, so that a crash inserts the same rows under the same id. */
export type GroupRecord = Omit<FeedGroup, 'recovered' | 'partition'>;

export function encodeGroup(group: GroupRecord): Buffer {
  return encodeJson(group);
}

export function decodeGroup(partition: number, value: Buffer): GroupRecord {
  return decodeStored(`feed group of partition ${partition}`, () => {
    const group = JSON.parse(value.toString()) as GroupRecord;
    const from: Version = parseVersion(group.from);
    const to: Version = parseVersion(group.to);
    if (typeof group.id !== 'string' || !Number.isSafeInteger(group.rows)) throw new RangeError('it has no id or rows');
    return { ...group, from, to };
  });
}
