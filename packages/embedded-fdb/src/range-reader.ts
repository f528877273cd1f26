import { after, fromKey, toKey, type Key, type Range } from './ranges.ts';
import type { Snapshot } from './snapshots.ts';
import type { WriteSet } from './write-set.ts';

export type KeyValue = [Buffer, Buffer];
export type Direction = 'forward' | 'reverse';

/** Rows fetched beyond what is asked for at most, when the transaction's own writes hide some. */
const pageRowsMax = 10_000;

export interface RangeRequest {
  readonly range: Range;
  readonly direction: Direction;
  /** Infinity for no bound. */
  readonly rowsMax: number;
  /** Soft: ends with the row that reaches it. */
  readonly bytesMax: number;
}

export interface RangeResult {
  readonly rows: KeyValue[];
  /** A bound ended it. */
  readonly more: boolean;
}

/** What a read meets when it comes to keys or values that are not known before the commit. */
export type OnUnreadable = () => void;

/**
 * Reads a range of the snapshot with the transaction's own writes on top of it. `onUnreadable` throws, or lets the read go on
 * with what is stored; it is not called when the read ends before.
 */
export function readRange(
  snapshot: Snapshot,
  writes: WriteSet | undefined,
  request: RangeRequest,
  onUnreadable: OnUnreadable,
): RangeResult {
  const unreadable = writes?.firstUnreadable(request.range, request.direction);
  if (writes === undefined || unreadable === undefined) return readReadable(snapshot, writes, request);
  const { range, direction } = request;
  const before =
    direction === 'forward' ? { begin: range.begin, end: unreadable.begin } : { begin: unreadable.end, end: range.end };
  const result = readReadable(snapshot, writes, { ...request, range: before });
  if (result.more) return result;
  onUnreadable();
  return readReadable(snapshot, writes, request);
}

function readReadable(snapshot: Snapshot, writes: WriteSet | undefined, request: RangeRequest): RangeResult {
  const rows: KeyValue[] = [];
  let bytes = 0;
  for (const row of iterate(snapshot, writes, request)) {
    rows.push(row);
    bytes += row[0].length + row[1].length;
    if (rows.length >= request.rowsMax || bytes >= request.bytesMax) return { rows, more: true };
  }
  return { rows, more: false };
}

function* iterate(snapshot: Snapshot, writes: WriteSet | undefined, request: RangeRequest): Generator<KeyValue> {
  const { range, direction } = request;
  if (range.begin >= range.end) return;
  if (writes === undefined || writes.leavesAlone(range)) {
    yield* scanStored(snapshot, request);
    return;
  }
  const ordered = [...writes.keysIn(range)];
  if (direction === 'reverse') ordered.reverse();
  const comesFirst = (a: Key, b: Key): boolean => (direction === 'forward' ? a < b : a > b);
  let next = 0;
  const own = function* (before: Key | undefined): Generator<KeyValue> {
    for (
      let key = ordered[next];
      key !== undefined && (before === undefined || comesFirst(key, before));
      key = ordered[next]
    ) {
      next += 1;
      const raw = fromKey(key);
      const overlaid = writes.read(key, () => snapshot.get(raw));
      if (overlaid.kind === 'value' && overlaid.value !== undefined) yield [raw, overlaid.value];
    }
  };
  for (const row of scanStored(snapshot, request)) {
    const key = toKey(row[0]);
    yield* own(key);
    if (ordered[next] === key) {
      next += 1;
      const overlaid = writes.read(key, () => row[1]);
      if (overlaid.kind === 'value' && overlaid.value !== undefined) yield [row[0], overlaid.value];
    } else if (!writes.isCleared(key)) {
      yield row;
    }
  }
  yield* own(undefined);
}

function* scanStored(snapshot: Snapshot, request: RangeRequest): Generator<KeyValue> {
  const { direction } = request;
  let { begin, end } = request.range;
  let limit = Math.min(request.rowsMax, 100);
  for (;;) {
    const page = snapshot.scan(fromKey(begin), fromKey(end), limit, direction);
    for (const [key, value] of page) yield [key, value];
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return;
    if (direction === 'forward') begin = after(toKey(last[0]));
    else end = toKey(last[0]);
    limit = Math.min(limit * 4, pageRowsMax);
  }
}

/** What a transaction reads through. */
export interface ReadView {
  readonly snapshot: Snapshot;
  readonly writes: WriteSet | undefined;
  readonly onUnreadable: OnUnreadable;
}

/** `keySelector(key, orEqual, offset)` of the FoundationDB API. */
export interface Selector {
  readonly key: Key;
  readonly orEqual: boolean;
  readonly offset: number;
}

/**
 * The key that a selector names: from the last key before (or at, with orEqual) `key`, `offset` keys forward. Past either end
 * of the key space it is '' or `end`.
 */
export function resolveSelector({ snapshot, writes, onUnreadable }: ReadView, selector: Selector, end: Key): Key {
  const from = selector.orEqual ? after(selector.key) : selector.key;
  if (selector.offset > 0) {
    const range = { begin: from, end };
    const bounds = { direction: 'forward', rowsMax: selector.offset, bytesMax: Infinity } as const;
    const { rows } = readRange(snapshot, writes, { range, ...bounds }, onUnreadable);
    const found = rows[selector.offset - 1];
    return found === undefined ? end : toKey(found[0]);
  }
  const count = 1 - selector.offset;
  const range = { begin: '', end: from < end ? from : end };
  const bounds = { direction: 'reverse', rowsMax: count, bytesMax: Infinity } as const;
  const { rows } = readRange(snapshot, writes, { range, ...bounds }, onUnreadable);
  const found = rows[count - 1];
  return found === undefined ? '' : toKey(found[0]);
}
