import { isPlainAtomicOp } from '../atomic-ops.ts';
import type { Mutation } from '../write-set.ts';

/** What is done to the stored keys, in order, by whoever unpacks mutations. */
export interface MutationTarget {
  set(key: Buffer, value: Buffer): void;
  clear(key: Buffer): void;
  clearRange(begin: Buffer, end: Buffer): void;
  atomic(type: number, key: Buffer, operand: Buffer): void;
}

/** Beside FoundationDB's own numbers of atomic operations, which are smaller. */
const operations = { set: 64, clear: 65, clearRange: 66 } as const;
/** The operation, and the lengths of its two parts. */
const headerBytes = 9;
const bufferBytesMin = 64 * 1_024;
const nothing = Buffer.alloc(0);

/** The first `length` bytes of a buffer. */
export interface Packed {
  readonly buffer: ArrayBuffer;
  readonly length: number;
}

/**
 * Mutations in one buffer, which another thread can take over whole. Versionstamps have to be in place.
 *
 * @param spare is used when it is large enough: a fresh buffer of megabytes for each group is work for the kernel and the collector
 */
export function packMutations(lists: readonly (readonly Mutation[])[], spare?: ArrayBuffer): Packed {
  let length = 0;
  for (const mutations of lists) for (const mutation of mutations) length += headerBytes + countBytes(mutation);
  // Slow: not out of the shared pool, which cannot be handed over.
  const packed =
    spare !== undefined && spare.byteLength >= length ? Buffer.from(spare) : Buffer.allocUnsafeSlow(roundUp(length));
  let at = 0;
  for (const mutations of lists) {
    for (const mutation of mutations) {
      const [operation, first, second] = partsOf(mutation);
      packed[at] = operation;
      packed.writeUInt32LE(first.length, at + 1);
      packed.writeUInt32LE(second.length, at + 5);
      packed.set(first, at + headerBytes);
      packed.set(second, at + headerBytes + first.length);
      at += headerBytes + first.length + second.length;
    }
  }
  return { buffer: packed.buffer, length };
}

/** Does to `target` what was packed. */
export function unpackMutations({ buffer, length }: Packed, target: MutationTarget): void {
  const bytes = Buffer.from(buffer, 0, length);
  for (let at = 0; at < bytes.length;) {
    const operation = bytes[at];
    const firstAt = at + headerBytes;
    const secondAt = firstAt + bytes.readUInt32LE(at + 1);
    at = secondAt + bytes.readUInt32LE(firstAt - 4);
    const first = bytes.subarray(firstAt, secondAt);
    if (operation === operations.set) target.set(first, bytes.subarray(secondAt, at));
    else if (operation === operations.clear) target.clear(first);
    else if (operation === operations.clearRange) target.clearRange(first, bytes.subarray(secondAt, at));
    else if (operation !== undefined && isPlainAtomicOp(operation))
      target.atomic(operation, first, bytes.subarray(secondAt, at));
    else throw new RangeError(`operation ${operation} is not one that is packed`);
  }
}

/** To a power of two, so that groups that are a little larger or smaller use the same buffer. */
function roundUp(length: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(length, bufferBytesMin)));
}

function countBytes(mutation: Mutation): number {
  const [, first, second] = partsOf(mutation);
  return first.length + second.length;
}

function partsOf(mutation: Mutation): readonly [operation: number, first: Buffer, second: Buffer] {
  switch (mutation.kind) {
    case 'set':
    case 'stamped_key':
    case 'stamped_value':
      return [operations.set, mutation.key, mutation.value];
    case 'clear':
      return [operations.clear, mutation.key, nothing];
    case 'clear_range':
      return [operations.clearRange, mutation.begin, mutation.end];
    case 'atomic':
      return [mutation.type, mutation.key, mutation.operand];
    default:
      return mutation satisfies never;
  }
}
