import {
  decodePathRecord,
  parseBranchName,
  type BranchName,
  type PathRecord,
  type Version,
  versionBytes,
  versionFromBytes,
} from '@swarmledger/protocol';
import { errorMessage, PermanentError } from '@swarmledger/runtime';

/** Runs a decoder of a stored record. @throws PermanentError corrupt_record naming `what` */
export function decodeStored<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new PermanentError('corrupt_record', `the ledger’s ${what} cannot be read: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

function assertLength(value: Buffer, bytes: number): void {
  if (value.length < bytes) throw new RangeError(`${value.length} bytes where at least ${bytes} belong`);
}

/** Of ('i', event): where an event is. */
export function decodeEventPlace(value: Buffer): { readonly version: Version; readonly branch: BranchName } {
  return decodeStored('event index', () => {
    assertLength(value, versionBytes + 1);
    return {
      version: versionFromBytes(value.subarray(0, versionBytes)),
      branch: parseBranchName(value.toString('utf8', versionBytes)),
    };
  });
}

export interface HeadRecord {
  readonly version: Version;
  readonly commitTimeMs: number;
  readonly events: number;
}

/** What follows the version in ('head', branch). */
export function encodeHeadTail(commitTimeMs: number, events: number): Buffer {
  const tail = Buffer.allocUnsafe(16);
  tail.writeBigUInt64BE(BigInt(commitTimeMs), 0);
  tail.writeBigUInt64BE(BigInt(events), 8);
  return tail;
}

export function decodeHead(value: Buffer): HeadRecord {
  return decodeStored('head record', () => {
    assertLength(value, versionBytes + 16);
    return {
      version: versionFromBytes(value.subarray(0, versionBytes)),
      commitTimeMs: Number(value.readBigUInt64BE(versionBytes)),
      events: Number(value.readBigUInt64BE(versionBytes + 8)),
    };
  });
}

/** The state of a path, and the version that made it so. */
export interface PathState extends PathRecord {
  readonly version: Version;
}

/** Of ('s', branch, path). */
export function decodePathState(value: Buffer): PathState {
  return decodeStored('path state', () => {
    assertLength(value, versionBytes);
    return {
      version: versionFromBytes(value.subarray(0, versionBytes)),
      ...decodePathRecord(value.subarray(versionBytes)),
    };
  });
}

/** Of ('p', branch, path, version). */
export function decodePathChange(version: Version, value: Buffer): PathState {
  return { version, ...decodeStored(`path record ${version}`, () => decodePathRecord(value)) };
}

/** Little-endian, as FoundationDB's atomic add counts. */
export function encodeCount(count: number): Buffer {
  const value = Buffer.allocUnsafe(8);
  value.writeBigUInt64LE(BigInt(count));
  return value;
}

export function decodeCount(value: Buffer | undefined): number {
  return value === undefined ? 0 : Number(value.readBigUInt64LE());
}

export function encodeJson(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
