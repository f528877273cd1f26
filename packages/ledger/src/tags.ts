import { versionBytes, versionFromBytes, versionToBytes, type BranchName, type Version } from '@swarmledger/protocol';
import type { BranchPoint } from './history.ts';
import { decodeStored, encodeJson } from './values.ts';

/** Value of ('tag', name): the version, then this as JSON. */
export interface TagTail {
  readonly branch: BranchName;
  /** Empty when a person set it. */
  readonly eventId: string;
  readonly setAtMs: number;
  readonly movedFrom?: BranchPoint;
}

export interface TagRecord extends TagTail {
  readonly version: Version;
}

export function encodeTagTail(tail: TagTail): Buffer {
  return encodeJson(tail);
}

export function encodeTag({ version, ...tail }: TagRecord): Buffer {
  return Buffer.concat([versionToBytes(version), encodeTagTail(tail)]);
}

export function decodeTag(name: string, value: Buffer): TagRecord {
  return decodeStored(`record of tag ${name}`, () => ({
    ...(JSON.parse(value.toString('utf8', versionBytes)) as TagTail),
    version: versionFromBytes(value.subarray(0, versionBytes)),
  }));
}
