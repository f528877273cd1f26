import type { Direction, RangeResult, Selector } from './range-reader.ts';
import { after, toKey, type Key, type Range } from './ranges.ts';

/** What a selector depended on: every key between it and its result. */
export function selectorRange(selector: Selector, found: Key): Range {
  const from = selector.orEqual ? after(selector.key) : selector.key;
  return selector.offset > 0 ? { begin: from, end: after(found) } : { begin: found, end: from };
}

/** The same selector in the only form that the rules below know. */
export function withoutOrEqual({ key, orEqual, offset }: Selector): Selector {
  return { key: orEqual ? after(key) : key, orEqual: false, offset };
}

export interface RangeRead {
  /** Without `orEqual`. */
  readonly from: Selector;
  readonly to: Selector;
  readonly direction: Direction;
  /** A selector ran off the keys' begin or end. */
  readonly reached: { readonly toBegin: boolean; readonly throughEnd: boolean };
  /** Of all keys. */
  readonly end: Key;
}

/** What a range read depended on: the rules of RYWImpl::addConflictRange in fdbclient/ReadYourWrites.actor.cpp of 7.3. */
export function rangeRead(
  { from, to, direction, reached, end: keysEnd }: RangeRead,
  { rows, more }: RangeResult,
): Range {
  const isForward = direction === 'forward';
  let begin = to.key;
  let end = from.key;
  if (from.key < to.key) {
    // What lies behind the last row that was given cannot change the answer, nor, in reverse, what lies before it.
    begin = !isForward && from.offset <= 1 && more ? to.key : from.key;
    end = isForward && to.offset > 0 && more ? from.key : to.key;
  }
  if (reached.toBegin && from.offset <= 0) begin = '';
  if (reached.throughEnd && to.offset > 0) end = keysEnd;
  const first = rows.at(isForward ? 0 : -1);
  const last = rows.at(isForward ? -1 : 0);
  if (first !== undefined && (!isForward || from.offset <= 0)) begin = lower(begin, toKey(first[0]));
  if (last !== undefined && (isForward || to.offset > 0) && end <= toKey(last[0])) end = after(toKey(last[0]));
  return { begin, end };
}

function lower(a: Key, b: Key): Key {
  return a < b ? a : b;
}
