/** Keys as Latin-1 text: one character a byte, so text order is byte order and they can be map keys. */
export type Key = string;

/** From `begin` (included) to `end` (excluded). */
export interface Range {
  readonly begin: Key;
  readonly end: Key;
}

export function toKey(key: string | Buffer): Key {
  return typeof key === 'string' ? Buffer.from(key, 'utf8').toString('latin1') : key.toString('latin1');
}

export function fromKey(key: Key): Buffer {
  return Buffer.from(key, 'latin1');
}

export function after(key: Key): Key {
  return `${key}\0`;
}

export function pointRange(key: Key): Range {
  return { begin: key, end: after(key) };
}

/** Sorted, disjoint and non-touching ranges that cover what was added. */
export class RangeSet {
  #ranges: Range[] = [];
  #normalized = true;

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  add(range: Range): void {
    if (range.begin >= range.end) return;
    this.#ranges.push(range);
    this.#normalized = this.#ranges.length === 1;
  }

  remove(range: Range): void {
    if (range.begin >= range.end || !this.intersects(range)) return;
    this.#ranges = this.#ranges.flatMap((part) => {
      if (part.end <= range.begin || part.begin >= range.end) return [part];
      return [
        { begin: part.begin, end: range.begin },
        { begin: range.end, end: part.end },
      ].filter(({ begin, end }) => begin < end);
    });
  }

  list(): readonly Range[] {
    if (!this.#normalized) {
      this.#ranges = merge(this.#ranges);
      this.#normalized = true;
    }
    return this.#ranges;
  }

  contains(key: Key): boolean {
    return this.intersects(pointRange(key));
  }

  intersects(range: Range): boolean {
    const ranges = this.list();
    const index = firstEndingAfter(ranges, range.begin);
    const candidate = ranges[index];
    return candidate !== undefined && candidate.begin < range.end;
  }

  /** @param keys in order */
  containsAny(keys: readonly Key[]): boolean {
    return this.list().some(({ begin, end }) => {
      const key = keys[lowerBound(keys, begin)];
      return key !== undefined && key < end;
    });
  }

  /** The parts of the set inside a range. */
  within(range: Range): readonly Range[] {
    const ranges = this.list();
    const found: Range[] = [];
    for (let index = firstEndingAfter(ranges, range.begin); index < ranges.length; index++) {
      const part = ranges[index];
      if (part === undefined || part.begin >= range.end) break;
      found.push({
        begin: part.begin > range.begin ? part.begin : range.begin,
        end: part.end < range.end ? part.end : range.end,
      });
    }
    return found;
  }

  intersectsAny(others: RangeSet): boolean {
    const mine = this.list();
    const theirs = others.list();
    const [small, large] = mine.length < theirs.length ? [mine, others] : [theirs, this];
    return small.some((range) => large.intersects(range));
  }
}

function merge(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => (a.begin < b.begin ? -1 : a.begin > b.begin ? 1 : 0));
  const merged: Range[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last === undefined || last.end < range.begin) merged.push(range);
    else if (range.end > last.end) merged[merged.length - 1] = { begin: last.begin, end: range.end };
  }
  return merged;
}

function firstEndingAfter(ranges: readonly Range[], key: Key): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range !== undefined && range.end > key) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Where the first of the keys is that is not before `key`. @param keys in order */
export function lowerBound(keys: readonly Key[], key: Key): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
