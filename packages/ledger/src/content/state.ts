import { limits } from '@swarmledger/protocol';
import { packMarkedValue } from '../keyspace.ts';
import { decodeStored } from '../values.ts';

/** One value of the content store: below FoundationDB's 100 kB, and slices are whole numbers of them. */
export const pieceBytes = 64 * 1024;
/** What one content_chunk event carries: bytes [n, n + 1) * sliceBytes of the content. */
export const sliceBytes = limits.contentChunkBytesMax;
export const piecesPerSlice = sliceBytes / pieceBytes;
const slicesMax = limits.contentBytesMax / sliceBytes;
const flags = { staged: 0, verified: 1 } as const;
const headBytes = 9;

/** What the ledger knows of one content. Only a verified one may be used: its bytes have the hash that they are stored under. */
export type ContentState =
  | { readonly kind: 'verified'; readonly bytes: number }
  | {
      readonly kind: 'staged';
      readonly totalBytes: number;
      /** Slices that have arrived. */
      readonly slices: ReadonlySet<number>;
    };

/** Value of a verified content. */
export function encodeVerified(bytes: number): Buffer {
  return encodeState(flags.verified, bytes, Buffer.alloc(0));
}

/** Value of a staged content, marked with the commit: two equal values mean that no slice was written in between. */
export function encodeStaged(totalBytes: number, slices: ReadonlySet<number>): Buffer {
  const arrived = Buffer.alloc(slicesMax / 8);
  for (const slice of slices) arrived[slice >>> 3] = (arrived[slice >>> 3] ?? 0) | (1 << (slice & 7));
  return packMarkedValue(encodeState(flags.staged, totalBytes, arrived));
}

export function decodeContentState(value: Buffer): ContentState {
  return decodeStored('content state', (): ContentState => {
    const total = Number(value.readBigUInt64BE(1));
    if (value[0] === flags.verified) return { kind: 'verified', bytes: total };
    if (value[0] !== flags.staged || value.length < headBytes + slicesMax / 8) throw new RangeError('unknown layout');
    const slices = new Set<number>();
    for (let slice = 0; slice < slicesMax; slice++) {
      if (((value[headBytes + (slice >>> 3)] ?? 0) >>> (slice & 7)) & 1) slices.add(slice);
    }
    return { kind: 'staged', totalBytes: total, slices };
  });
}

/** Slices of a content of this length. */
export function countSlices(totalBytes: number): number {
  return Math.ceil(totalBytes / sliceBytes);
}

function encodeState(flag: number, bytes: number, tail: Buffer): Buffer {
  const head = Buffer.allocUnsafe(headBytes);
  head[0] = flag;
  head.writeBigUInt64BE(BigInt(bytes), 1);
  return Buffer.concat([head, tail]);
}
