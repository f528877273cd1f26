import { RangeSet, type Key, type Range } from './ranges.ts';

/**
 * What a transaction read, or wrote: single keys for the most part, which cost one string each, and ranges. Thousands of them are
 * kept for as long as another transaction may conflict with them.
 */
export class KeySet {
  readonly #keys = new Set<Key>();
  readonly #ranges = new RangeSet();
  #sorted: readonly Key[] | undefined;

  get isEmpty(): boolean {
    return this.#keys.size === 0 && this.#ranges.isEmpty;
  }

  addKey(key: Key): void {
    this.#keys.add(key);
    this.#sorted = undefined;
  }

  addRange(range: Range): void {
    this.#ranges.add(range);
  }

  contains(key: Key): boolean {
    return this.#keys.has(key) || (!this.#ranges.isEmpty && this.#ranges.contains(key));
  }

  intersects(other: KeySet): boolean {
    const [few, many] = this.#keys.size < other.#keys.size ? [this, other] : [other, this];
    for (const key of few.#keys) if (many.#keys.has(key)) return true;
    return this.#hasKeyIn(other.#ranges) || other.#hasKeyIn(this.#ranges) || this.#ranges.intersectsAny(other.#ranges);
  }

  #hasKeyIn(ranges: RangeSet): boolean {
    if (ranges.isEmpty || this.#keys.size === 0) return false;
    this.#sorted ??= [...this.#keys].sort();
    return ranges.containsAny(this.#sorted);
  }
}
