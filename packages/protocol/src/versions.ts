import { ProtocolError } from './errors.ts';
import { quote } from './ids.ts';

declare const versionBrand: unique symbol;
/**
 * An event's place in the ledger's order: 28 lower-case hex digits, which sort as text the way they sort in the ledger. The
 * first 4 are the incarnation, the other 24 FoundationDB's 12-byte versionstamp (8 commit version, 2 batch order, 2 order
 * inside the transaction).
 */
export type Version = string & { readonly [versionBrand]: true };

export interface VersionParts {
  /** 0..65535, bumped when data moves to another cluster. */
  readonly incarnation: number;
  /** The transaction's 10-byte versionstamp. */
  readonly stamp: Uint8Array;
  /** 0..65535, the order inside the transaction. */
  readonly order: number;
}

export const versionBytes = 14;
const versionPattern = /^[0-9a-f]{28}$/;

export function formatVersion({ incarnation, stamp, order }: VersionParts): Version {
  const bytes = Buffer.allocUnsafe(versionBytes);
  bytes.writeUInt16BE(incarnation, 0);
  bytes.set(stamp.subarray(0, 10), 2);
  bytes.writeUInt16BE(order, 12);
  return bytes.toString('hex') as Version;
}

export function splitVersion(version: Version): VersionParts {
  const bytes = versionToBytes(version);
  return { incarnation: bytes.readUInt16BE(0), stamp: bytes.subarray(2, 12), order: bytes.readUInt16BE(12) };
}

/** @throws ProtocolError invalid_field unless it is 28 hex digits */
export function parseVersion(text: string): Version {
  const lower = text.toLowerCase();
  if (!versionPattern.test(lower))
    throw new ProtocolError('invalid_field', `version ${quote(text)} is not 28 hex digits`);
  return lower as Version;
}

/** 14 bytes. */
export function versionToBytes(version: Version): Buffer {
  return Buffer.from(version, 'hex');
}

export function versionFromBytes(bytes: Uint8Array): Version {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex') as Version;
}
