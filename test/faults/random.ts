/** Numbers that the same seed always gives: Mulberry32. */
export interface Random {
  /** 0 up to `limit`, which is excluded. */
  below(limit: number): number;
  /** Both included. */
  between(min: number, max: number): number;
  pick<T>(items: readonly T[]): T;
  shuffle<T>(items: readonly T[]): readonly T[];
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return {
    below,
    between: (min, max) => min + below(max - min + 1),
    pick: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new RangeError('nothing to pick from');
      return items[below(items.length)] as T;
    },
    shuffle: <T>(items: readonly T[]): readonly T[] => {
      const left = [...items];
      const result: T[] = [];
      while (left.length > 0) result.push(...left.splice(below(left.length), 1));
      return result;
    },
  };
}
