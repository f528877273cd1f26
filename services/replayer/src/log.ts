import type { ProjectHistory, ReadOptions, StoredEvent } from '@swarmledger/ledger';
import type { AgentRole, BranchName, PayloadKind, SwarmEvent, Version } from '@swarmledger/protocol';
import { createPathFilter, type PathFilter } from './path-filter.ts';

export interface LogFilter {
  /** Exact agent ids; any of them. */
  readonly agents?: readonly string[];
  readonly roles?: readonly AgentRole[];
  readonly types?: readonly PayloadKind[];
  /** See `createPathFilter`: state changes and conflicts of these paths, and nothing else. */
  readonly paths?: readonly string[];
  /** Hub's clock, Unix milliseconds, both included. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** Only events older than this one: the last version of a page gives the next page. */
  readonly before?: Version;
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
  if (newest === undefined || filter.before === undefined) return newest;
  return filter.before < newest ? filter.before : newest;
}

function createEventFilter(filter: LogFilter): (event: SwarmEvent) => boolean {
  const isWantedPath = filter.paths === undefined ? undefined : createPathFilter(filter.paths);
  return (event) =>
    includes(filter.agents, event.agentId) &&
    includes(filter.roles, event.agentRole) &&
    includes(filter.types, event.payload.kind) &&
    (isWantedPath === undefined || touches(event, isWantedPath));
}

function includes<T>(wanted: readonly T[] | undefined, value: T): boolean {
  return wanted === undefined || wanted.includes(value);
}

function touches(event: SwarmEvent, isWanted: PathFilter): boolean {
  const { payload } = event;
  if (payload.kind === 'conflict') return isWanted(payload.path);
  if (payload.kind !== 'state_change') return false;
  return isWanted(payload.path) || (payload.previousPath !== undefined && isWanted(payload.previousPath));
}
