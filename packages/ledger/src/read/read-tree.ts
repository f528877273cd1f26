import type { ProjectPath } from '@swarmledger/protocol';
import type { Store, Transaction } from '../fdb/store.ts';
import type { PathChange, TreeEntry, TreeReadOptions } from '../history.ts';
import type { Level } from '../lineage.ts';
import { decodePathState, type PathState } from '../values.ts';
import { readPages } from './pages.ts';
import { boundPathState } from './path-states.ts';

/** Paths whose states are looked up side by side in one transaction. */
const pathsPerLookup = 500;

/** The newest change of a path on one level, whatever the level's bound. */
interface Candidate {
  readonly level: Level;
  readonly path: string;
  readonly newest: PathState;
}

/**
 * The files that a reader of these levels sees, in path order. One key per path and level is scanned; a path that changed after
 * the level's bound costs one read more, and hundreds of those go together. How often a path changed does not matter.
 */
export async function* readTree(
  store: Store,
  levels: readonly Level[],
  options: TreeReadOptions = {},
): AsyncGenerator<TreeEntry> {
  for await (const batch of batchPaths(mergeLevels(store, levels, options))) {
    const needsLookup = batch.some(([first]) => first !== undefined && !isWithin(first));
    const states = needsLookup
      ? await store.read((tn) => Promise.all(batch.map((candidates) => lookUp(tn, candidates))), options)
      : batch.map(([first]) => first?.newest);
    for (const [index, state] of states.entries()) {
      const path = batch[index]?.[0]?.path;
      if (path !== undefined && state?.exists === true) yield toTreeEntry(path, state);
    }
  }
}

function isWithin({ level, newest }: Candidate): boolean {
  return level.until === undefined || newest.version <= level.until;
}

async function lookUp(tn: Transaction, candidates: readonly Candidate[]): Promise<PathState | undefined> {
  for (const { level, path, newest } of candidates) {
    const state = await boundPathState(tn, level, path, newest);
    if (state !== undefined) return state;
  }
  return undefined;
}

/** All levels' paths in path order; a path that several levels have comes once, with the youngest level first. */
async function* mergeLevels(
  store: Store,
  levels: readonly Level[],
  options: TreeReadOptions,
): AsyncGenerator<readonly Candidate[]> {
  const cursors = levels.map((level) => scanLevel(store, level, options));
  try {
    const heads = await Promise.all(cursors.map(async (cursor) => (await cursor.next()).value ?? undefined));
    for (;;) {
      let first: Candidate | undefined;
      for (const head of heads) {
        if (head !== undefined && (first === undefined || comparePaths(head, first) < 0)) first = head;
      }
      if (first === undefined) return;
      const candidates: Candidate[] = [];
      for (const [index, head] of heads.entries()) {
        if (head === undefined || comparePaths(head, first) !== 0) continue;
        candidates.push(head);
        heads[index] = (await cursors[index]?.next())?.value ?? undefined;
      }
      yield candidates;
    }
  } finally {
    for (const cursor of cursors) await cursor.return(undefined);
  }
}

async function* scanLevel(store: Store, level: Level, options: TreeReadOptions): AsyncGenerator<Candidate, undefined> {
  for await (const rows of readPages(store, level.keys.states(options.after), options)) {
    for (const [key, value] of rows) {
      yield { level, path: level.keys.statePath(key), newest: decodePathState(value) };
    }
  }
  return undefined;
}

/** In the order of their UTF-8 bytes; the keys' prefixes differ from level to level. */
function comparePaths(a: Candidate, b: Candidate): number {
  if (a.path === b.path) return 0;
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}

async function* batchPaths(
  paths: AsyncGenerator<readonly Candidate[]>,
): AsyncGenerator<readonly (readonly Candidate[])[]> {
  let batch: (readonly Candidate[])[] = [];
  for await (const candidates of paths) {
    batch.push(candidates);
    if (batch.length < pathsPerLookup) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
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
