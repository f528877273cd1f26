import type { ProjectPath } from '@swarmledger/protocol';
import type { Store, Transaction } from '../fdb/store.ts';
import type { PathChange, TreeEntry, TreeReadOptions } from '../history.ts';
import type { Level } from '../lineage.ts';
import type { PathState } from '../values.ts';
import { LevelCursor, type Candidate } from './level-cursor.ts';
import { boundPathState } from './path-states.ts';

/** Paths whose states are looked up side by side in one transaction. */
const pathsPerLookup = 500;

/** What the levels have of one path, the youngest level first. */
type Candidates = readonly [Candidate, ...Candidate[]];

/**
 * The files that a reader of these levels sees, in path order. One key per path and level is scanned; a path that changed after
 * the level's bound costs one read more, and hundreds of those go together. How often a path changed does not matter.
 *
 * @param findLevels asked once, when the first entry is
 */
export async function* readTree(
  store: Store,
  findLevels: (tn: Transaction) => Promise<readonly Level[]>,
  options: TreeReadOptions = {},
): AsyncGenerator<TreeEntry> {
  const levels = await store.read(findLevels, options);
  for await (const batch of batchPaths(store, levels, options)) {
    const states = batch.every(([first]) => isWithin(first))
      ? batch.map(([first]) => first.newest)
      : await store.read((tn) => Promise.all(batch.map((candidates) => lookUp(tn, candidates))), options);
    for (const [index, [{ path }]] of batch.entries()) {
      const state = states[index];
      if (state?.exists === true) yield toTreeEntry(path, state);
    }
  }
}

function isWithin({ level, newest }: Candidate): boolean {
  return level.until === undefined || newest.version <= level.until;
}

async function lookUp(tn: Transaction, candidates: Candidates): Promise<PathState | undefined> {
  for (const { level, path, newest } of candidates) {
    const state = await boundPathState(tn, level, path, newest);
    if (state !== undefined) return state;
  }
  return undefined;
}

/** All levels' paths in path order, each path once. Many at a time: a turn of the event loop for each costs more than reading it. */
async function* batchPaths(
  store: Store,
  levels: readonly Level[],
  options: TreeReadOptions,
): AsyncGenerator<readonly Candidates[]> {
  const cursors = levels.map((level) => new LevelCursor(store, level, options));
  try {
    await Promise.all(cursors.map(async (cursor) => cursor.advance()));
    let batch: Candidates[] = [];
    for (let first = findFirst(cursors); first !== undefined; first = findFirst(cursors)) {
      const others: Candidate[] = [];
      for (const cursor of cursors) {
        const { head } = cursor;
        if (head === undefined || head.path !== first.path) continue;
        if (head !== first) others.push(head);
        const turn = cursor.advance();
        if (turn !== undefined) await turn;
      }
      batch.push([first, ...others]);
      if (batch.length < pathsPerLookup) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  } finally {
    for (const cursor of cursors) await cursor.close();
  }
}

/** Where the next path is; the youngest level that has it. */
function findFirst(cursors: readonly LevelCursor[]): Candidate | undefined {
  let first: Candidate | undefined;
  for (const { head } of cursors) {
    if (head !== undefined && (first === undefined || comparePaths(head.path, first.path) < 0)) first = head;
  }
  return first;
}

/** In the order of their UTF-8 bytes; the keys' prefixes differ from level to level. */
function comparePaths(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function toTreeEntry(path: string, state: PathState): TreeEntry {
  return {
    path: path as ProjectPath,
    mode: state.mode,
    sha256: Buffer.from(state.contentSha256),
    bytes: state.contentBytes,
    version: state.version,
    eventId: state.eventId,
    parentEventId: state.parentEventId,
  };
}

export function toPathChange(path: string, state: PathState): PathChange {
  if (state.exists) return { exists: true, ...toTreeEntry(path, state) };
  const { version, eventId, parentEventId } = state;
  return { exists: false, path: path as ProjectPath, version, eventId, parentEventId };
}
