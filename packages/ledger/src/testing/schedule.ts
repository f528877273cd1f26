/*
 * Random schedules of operations on several transactions at once, made from a seed alone, so that what a real cluster answered
 * once can be held against another implementation for ever.
 */

/** More rows than there are keys: FoundationDB may end a read without a limit where it likes. */
const limitMax = 100;

/** Transactions that are open side by side. */
export const transactions = 3;

export interface KeySelector {
  readonly key: string;
  readonly orEqual: boolean;
  readonly offset: number;
}

export type Step = { readonly tn: number } & (
  | { readonly op: 'get'; readonly key: string; readonly snapshot: boolean }
  | { readonly op: 'getKey'; readonly selector: KeySelector; readonly snapshot: boolean }
  | {
      readonly op: 'getRange';
      readonly begin: KeySelector;
      readonly end: KeySelector;
      readonly limit: number;
      readonly reverse: boolean;
      readonly snapshot: boolean;
    }
  | { readonly op: 'set'; readonly key: string; readonly value: string }
  | { readonly op: 'clear'; readonly key: string }
  | { readonly op: 'clearRange' | 'readConflict' | 'writeConflict'; readonly begin: string; readonly end: string }
  | { readonly op: 'atomic'; readonly type: number; readonly key: string; readonly operand: string }
  /** The stamp stands between head and tail. */
  | { readonly op: 'stampedKey'; readonly head: string; readonly tail: string; readonly value: string }
  | { readonly op: 'stampedValue'; readonly key: string; readonly head: string; readonly tail: string }
  /** Transaction option 30: the next write conflicts with nobody. */
  | { readonly op: 'noWriteConflict' }
  | { readonly op: 'commit' | 'reset' }
);

const keys = ['a', 'b', 'ba', 'bb', 'c', 'd', 'e', 'f'] as const;
/** Without 20: a compareAndClear that was not committed counts as a key for FoundationDB's selectors, even when it clears. */
const plainAtomicTypes = [2, 6, 7, 8, 9, 12, 13, 16, 17] as const;

/** Mulberry32. */
function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The steps of a seed; they end with a commit of every transaction. */
export function createSchedule(seed: number, steps: number): readonly Step[] {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T;
  const chance = (percent: number): boolean => random(100) < percent;
  const value = (): string => Array.from({ length: random(4) }, () => pick(['0', '1', 'z', '~'])).join('');
  /** Selectors that step over what is not known before the commit end in an error sooner or later, each in its own way. */
  const hasStamp = Array.from({ length: transactions }, () => false);
  const selector = (tn: number): KeySelector =>
    hasStamp[tn] === true || chance(60)
      ? { key: pick(keys), orEqual: false, offset: 1 }
      : { key: pick(keys), orEqual: chance(50), offset: random(6) - 2 };
  const bounds = (): { readonly begin: string; readonly end: string } => {
    const [a, b] = [pick(keys), pick(keys)];
    return a < b ? { begin: a, end: b } : { begin: b, end: a };
  };
  const create = (tn: number): Step => {
    const kind = random(100);
    if (kind < 14) return { tn, op: 'get', key: pick(keys), snapshot: chance(25) };
    if (kind < 22) return { tn, op: 'getKey', selector: selector(tn), snapshot: chance(25) };
    if (kind < 40) {
      const limit = chance(50) ? limitMax : 1 + random(4);
      return {
        tn,
        op: 'getRange',
        begin: selector(tn),
        end: selector(tn),
        limit,
        reverse: chance(35),
        snapshot: chance(25),
      };
    }
    if (kind < 54) return { tn, op: 'set', key: pick(keys), value: value() };
    if (kind < 60) return { tn, op: 'clear', key: pick(keys) };
    if (kind < 65) return { tn, op: 'clearRange', ...bounds() };
    if (kind < 75) return { tn, op: 'atomic', type: pick(plainAtomicTypes), key: pick(keys), operand: value() };
    if (kind < 77) return { tn, op: 'stampedKey', head: pick(keys), tail: value(), value: value() };
    if (kind < 79) return { tn, op: 'stampedValue', key: pick(keys), head: value(), tail: value() };
    if (kind < 81) return { tn, op: 'readConflict', ...bounds() };
    if (kind < 83) return { tn, op: 'writeConflict', ...bounds() };
    if (kind < 85) return { tn, op: 'noWriteConflict' };
    return { tn, op: kind < 98 ? 'commit' : 'reset' };
  };
  const created = Array.from({ length: steps }, () => {
    const step = create(random(transactions));
    if (step.op === 'stampedKey' || step.op === 'stampedValue') hasStamp[step.tn] = true;
    if (step.op === 'commit' || step.op === 'reset') hasStamp[step.tn] = false;
    return step;
  });
  return [...created, ...Array.from({ length: transactions }, (_, tn): Step => ({ tn, op: 'commit' }))];
}
