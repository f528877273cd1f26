import type { ProjectHistory, ReadOptions, StoredEvent } from '@swarmledger/ledger';
import type { BranchName, Version } from '@swarmledger/protocol';
import { createEventFilter, type EventFilter } from './event-filter.ts';

export interface LogFilter extends EventFilter {
  /** Hub's clock, Unix milliseconds, both included. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** Only events older than this one: the last version of a page gives the next page. */
  readonly before?: Version;
  /** No events newer than this one. */
  readonly until?: Version;
  /** Events given out at most. */
  readonly limit?: number;
}

/**
 * The events of a branch that pass a filter, newest first. Read as it is consumed: stopping early costs nothing more.
 *
 * @throws PermanentError invalid_glob, unknown_branch
 */
export async function* readLog(
  history: ProjectHistory,
  branch: BranchName,
  filter: LogFilter = {},
  options: ReadOptions = {},
): AsyncIterable<StoredEvent> {
  const isWanted = createEventFilter(filter);
  const limit = filter.limit ?? Infinity;
  const until = await findNewest(history, branch, filter, options);
  if (until === undefined || limit <= 0) return;
  let given = 0;
  for await (const stored of history.events({ branch, until, order: 'newest_first' }, options)) {
    // Commit times never decrease along a branch, so everything older is out as well.
    if (filter.sinceMs !== undefined && stored.commitTimeMs < filter.sinceMs) return;
    if (stored.version === filter.before || !isWanted(stored.event)) continue;
    yield stored;
    given += 1;
    if (given >= limit) return;
  }
}

async function findNewest(
  history: ProjectHistory,
  branch: BranchName,
  filter: LogFilter,
  options: ReadOptions,
): Promise<Version | undefined> {
  const newest =
    filter.untilMs === undefined
      ? await history.latest(branch, options)
      : await history.versionAtTime(branch, filter.untilMs, options);
  if (newest === undefined) return undefined;
  return [filter.before, filter.until].reduce<Version>(
    (first, bound) => (bound !== undefined && bound < first ? bound : first),
    newest,
  );
}
