import { readLast, type Transaction } from '../fdb/store.ts';
import type { Level } from '../lineage.ts';
import { decodePathChange, decodePathState, type PathState } from '../values.ts';

/**
 * The newest change of a path that a reader of these levels sees, a deletion included. Undefined: the path never was. Costs
 * one read, and one more for each level whose newest change is too new.
 */
export async function readPathState(
  tn: Transaction,
  levels: readonly Level[],
  path: string,
): Promise<PathState | undefined> {
  for (const level of levels) {
    const value = await tn.get(level.keys.state(path));
    if (value === undefined) continue;
    const state = await boundPathState(tn, level, path, decodePathState(value));
    if (state !== undefined) return state;
  }
  return undefined;
}

/** A level's newest change of a path, or the last one within the level's bound. */
export async function boundPathState(
  tn: Transaction,
  level: Level,
  path: string,
  newest: PathState,
): Promise<PathState | undefined> {
  if (level.until === undefined || newest.version <= level.until) return newest;
  const keys = level.keys.path(path);
  const last = await readLast(tn, keys.range({ until: level.until }));
  return last === undefined ? undefined : decodePathChange(keys.version(last[0]), last[1]);
}
