import { fdbLimits } from './limits.ts';

/** `fdb_mutation_type`. */
export const mutationTypes = {
  add: 2,
  bitAnd: 6,
  bitOr: 7,
  bitXor: 8,
  appendIfFits: 9,
  max: 12,
  min: 13,
  setVersionstampedKey: 14,
  setVersionstampedValue: 15,
  byteMin: 16,
  byteMax: 17,
  compareAndClear: 20,
} as const;

const plainTypes: ReadonlySet<number> = new Set([2, 6, 7, 8, 9, 12, 13, 16, 17, 20]);

/** An operation on the stored value alone; versionstamped ones also need the commit. */
export function isPlainAtomicOp(type: number): boolean {
  return plainTypes.has(type);
}

/**
 * The value after the operation, `undefined` for none. Rules for absent values and for lengths as in FoundationDB's Atomic.h
 * from API version 510 on: results have the operand's length; And and Min on an absent value store the operand.
 */
export function applyAtomicOp(type: number, current: Buffer | undefined, operand: Buffer): Buffer | undefined {
  switch (type) {
    case mutationTypes.add:
      return current === undefined || operand.length === 0 ? operand : add(fit(current, operand.length), operand);
    case mutationTypes.bitAnd:
      return current === undefined ? operand : combine(fit(current, operand.length), operand, (a, b) => a & b);
    case mutationTypes.bitOr:
      return current === undefined ? operand : combine(fit(current, operand.length), operand, (a, b) => a | b);
    case mutationTypes.bitXor:
      return current === undefined ? operand : combine(fit(current, operand.length), operand, (a, b) => a ^ b);
    case mutationTypes.appendIfFits: {
      const before = current ?? Buffer.alloc(0);
      return before.length + operand.length > fdbLimits.valueBytesMax ? before : Buffer.concat([before, operand]);
    }
    case mutationTypes.max:
      if (current === undefined) return operand;
      return compareLittleEndian(fit(current, operand.length), operand) > 0 ? fit(current, operand.length) : operand;
    case mutationTypes.min:
      if (current === undefined) return operand;
      return compareLittleEndian(fit(current, operand.length), operand) < 0 ? fit(current, operand.length) : operand;
    case mutationTypes.byteMin:
      return current === undefined || Buffer.compare(operand, current) < 0 ? operand : current;
    case mutationTypes.byteMax:
      return current === undefined || Buffer.compare(operand, current) > 0 ? operand : current;
    case mutationTypes.compareAndClear:
      return current !== undefined && current.equals(operand) ? undefined : current;
    default:
      throw new RangeError(`mutation type ${type} is no plain atomic operation`);
  }
}

function fit(value: Buffer, length: number): Buffer {
  if (value.length === length) return value;
  const fitted = Buffer.alloc(length);
  value.copy(fitted, 0, 0, Math.min(value.length, length));
  return fitted;
}

function combine(a: Buffer, b: Buffer, operation: (a: number, b: number) => number): Buffer {
  const result = Buffer.allocUnsafe(b.length);
  for (let index = 0; index < b.length; index++) result[index] = operation(a[index] ?? 0, b[index] ?? 0);
  return result;
}

function add(a: Buffer, b: Buffer): Buffer {
  const result = Buffer.allocUnsafe(b.length);
  let carry = 0;
  for (let index = 0; index < b.length; index++) {
    const sum = (a[index] ?? 0) + (b[index] ?? 0) + carry;
    result[index] = sum & 0xff;
    carry = sum >> 8;
  }
  return result;
}

function compareLittleEndian(a: Buffer, b: Buffer): number {
  for (let index = b.length - 1; index >= 0; index--) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
