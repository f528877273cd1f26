import { applyAtomicOp } from './atomic-ops.ts';
import { lowerBound, RangeSet, pointRange, toKey, type Key, type Range } from './ranges.ts';

/** What a transaction will do to the database, in the order in which it was asked to. */
export type Mutation =
  | { readonly kind: 'set'; readonly key: Buffer; readonly value: Buffer }
  | { readonly kind: 'clear'; readonly key: Buffer }
  | { readonly kind: 'clear_range'; readonly begin: Buffer; readonly end: Buffer }
  | { readonly kind: 'atomic'; readonly type: number; readonly key: Buffer; readonly operand: Buffer }
  /** The 10 bytes at `offset` of key or value become the transaction's versionstamp. */
  | { readonly kind: 'stamped_key'; readonly key: Buffer; readonly offset: number; readonly value: Buffer }
  | { readonly kind: 'stamped_value'; readonly key: Buffer; readonly value: Buffer; readonly offset: number };

type Pending =
  | { readonly kind: 'value'; readonly value: Buffer | undefined }
  /** Atomic operations on a value that was not read yet. */
  | { readonly kind: 'operations'; readonly operations: readonly (readonly [type: number, operand: Buffer])[] }
  | { readonly kind: 'unreadable' };

/** What reading a key through the transaction's own writes says. */
export type Overlaid =
  | { readonly kind: 'value'; readonly value: Buffer | undefined }
  | { readonly kind: 'untouched' }
  | { readonly kind: 'unreadable' };

/** FoundationDB counts this much for each mutation and conflict range beside its keys and values. */
const mutationOverheadBytes = 28;

/** A transaction's uncommitted writes, readable as an overlay on its snapshot. */
export class WriteSet {
  readonly mutations: Mutation[] = [];
  bytes = 0;
  #pending = new Map<Key, Pending>();
  #hasUnreadable = false;
  readonly #cleared = new RangeSet();
  readonly #unreadableRanges = new RangeSet();
  /** Whose ranges are not among the unreadable ones yet: most transactions write and never read again. */
  #stampedKeys: { readonly key: Buffer; readonly offset: number; readonly readVersion: number }[] = [];
  #sorted: readonly Key[] | undefined;

  get isEmpty(): boolean {
    return this.mutations.length === 0;
  }

  set(key: Key, raw: Buffer, value: Buffer): void {
    this.#push({ kind: 'set', key: raw, value }, raw.length + value.length);
    // What was unreadable stays so until it is cleared, as in FoundationDB's WriteMap.
    if (this.#pending.get(key)?.kind !== 'unreadable') this.#put(key, { kind: 'value', value });
  }

  clear(key: Key, raw: Buffer): void {
    this.#push({ kind: 'clear', key: raw }, 2 * raw.length);
    this.#unreadable().remove(pointRange(key));
    this.#put(key, { kind: 'value', value: undefined });
  }

  clearRange(range: Range, begin: Buffer, end: Buffer): void {
    this.#push({ kind: 'clear_range', begin, end }, begin.length + end.length);
    if (range.begin >= range.end) return;
    for (const key of this.#keysIn(range)) this.#pending.delete(key);
    this.#sorted = undefined;
    this.#unreadable().remove(range);
    this.#cleared.add(range);
  }

  atomic(type: number, key: Key, raw: Buffer, operand: Buffer): void {
    this.#push({ kind: 'atomic', type, key: raw, operand }, raw.length + operand.length);
    const before = this.#pending.get(key) ?? (this.#cleared.contains(key) ? noValue : undefined);
    if (before?.kind === 'unreadable') return;
    if (before?.kind === 'value') this.#put(key, { kind: 'value', value: applyAtomicOp(type, before.value, operand) });
    else this.#put(key, { kind: 'operations', operations: [...(before?.operations ?? []), [type, operand]] });
  }

  /** Reading any of the keys that it may become has no answer before the commit. @param readVersion see `possibleKeys` */
  stampedKey(key: Buffer, offset: number, value: Buffer, readVersion: number): void {
    this.#push({ kind: 'stamped_key', key, offset, value }, key.length + value.length);
    this.#stampedKeys.push({ key, offset, readVersion });
    this.#hasUnreadable = true;
  }

  stampedValue(key: Key, raw: Buffer, value: Buffer, offset: number): void {
    this.#push({ kind: 'stamped_value', key: raw, value, offset }, raw.length + value.length);
    this.#put(key, unreadable);
    this.#hasUnreadable = true;
  }

  /** @param stored reads the snapshot; only called when an atomic operation needs it */
  read(key: Key, stored: () => Buffer | undefined): Overlaid {
    if (!this.#unreadable().isEmpty && this.#unreadable().contains(key)) return { kind: 'unreadable' };
    const pending = this.#pending.get(key);
    if (pending === undefined)
      return !this.#cleared.isEmpty && this.#cleared.contains(key) ? noValue : { kind: 'untouched' };
    if (pending.kind !== 'operations') return pending;
    const apply = (value: Buffer | undefined, [type, operand]: readonly [number, Buffer]): Buffer | undefined =>
      applyAtomicOp(type, value, operand);
    return { kind: 'value', value: pending.operations.reduce(apply, stored()) };
  }

  /** No read inside the range is affected by this transaction's writes. */
  leavesAlone(range: Range): boolean {
    if (this.mutations.length === 0) return true;
    return (
      !this.#cleared.intersects(range) && !this.#unreadable().intersects(range) && this.#keysIn(range).length === 0
    );
  }

  /** Where a read of the range in that direction meets what is not known before the commit; undefined: nowhere. */
  firstUnreadable(range: Range, direction: 'forward' | 'reverse'): Range | undefined {
    if (!this.#hasUnreadable) return undefined;
    const found = [
      ...this.#unreadable().within(range),
      ...this.#keysIn(range)
        .filter((key) => this.#pending.get(key)?.kind === 'unreadable')
        .map(pointRange),
    ].sort((a, b) => (a.begin < b.begin ? -1 : 1));
    return direction === 'forward' ? found[0] : found.reduce<Range | undefined>(later, undefined);
  }

  /**
   * The parts of a range whose values depend on what is stored: all but what this transaction has set or cleared. Only they can
   * be changed by others: a read of the other parts conflicts with nobody.
   */
  undetermined(range: Range): readonly Range[] {
    if (this.mutations.length === 0) return [range];
    const determined = new RangeSet();
    for (const cleared of this.#cleared.within(range)) determined.add(cleared);
    for (const key of this.#keysIn(range)) {
      if (this.#pending.get(key)?.kind !== 'operations') determined.add(pointRange(key));
    }
    const rest: Range[] = [];
    let begin = range.begin;
    for (const part of determined.list()) {
      if (part.begin > begin) rest.push({ begin, end: part.begin });
      begin = part.end;
    }
    if (begin < range.end) rest.push({ begin, end: range.end });
    return rest;
  }

  /** Keys of the range that have writes of their own, in order. */
  keysIn(range: Range): readonly Key[] {
    return this.#keysIn(range);
  }

  isCleared(key: Key): boolean {
    return !this.#cleared.isEmpty && this.#cleared.contains(key);
  }

  #unreadable(): RangeSet {
    if (this.#stampedKeys.length === 0) return this.#unreadableRanges;
    for (const { key, offset, readVersion } of this.#stampedKeys) {
      this.#unreadableRanges.add(possibleKeys(key, offset, readVersion));
    }
    this.#stampedKeys = [];
    return this.#unreadableRanges;
  }

  #push(mutation: Mutation, bytes: number): void {
    this.mutations.push(mutation);
    this.bytes += bytes + mutationOverheadBytes;
  }

  #put(key: Key, pending: Pending): void {
    if (this.#sorted !== undefined && !this.#pending.has(key)) this.#sorted = undefined;
    this.#pending.set(key, pending);
  }

  #keysIn(range: Range): readonly Key[] {
    if (this.#pending.size === 0) return [];
    this.#sorted ??= [...this.#pending.keys()].sort();
    return this.#sorted.slice(lowerBound(this.#sorted, range.begin), lowerBound(this.#sorted, range.end));
  }
}

/**
 * The keys that a versionstamped key may become: FoundationDB's getVersionstampKeyRange.
 *
 * @param readVersion the commit's version is a higher one; 0 while it is not known
 */
function possibleKeys(key: Buffer, offset: number, readVersion: number): Range {
  const lowest = Buffer.from(key).fill(0x00, offset, offset + 10);
  lowest.writeBigUInt64BE(BigInt(readVersion), offset);
  const highest = Buffer.from(key).fill(0xff, offset, offset + 10);
  return { begin: toKey(lowest), end: `${toKey(highest)}\0` };
}

const noValue = { kind: 'value', value: undefined } as const;
const unreadable = { kind: 'unreadable' } as const;

function later(a: Range | undefined, b: Range): Range {
  return a === undefined || b.end > a.end ? b : a;
}
