import type { ProjectHistory, ReadOptions, StoredEvent } from '@swarmledger/ledger';
import {
  deriveEventId,
  parseEventId,
  resolvesAttribute,
  type BranchName,
  type Conflict,
  type EventId,
  type Payload,
  type StateChange,
  type SwarmEvent,
  type Version,
} from '@swarmledger/protocol';
import { replayError } from '../errors.ts';
import { readLog, type LogFilter } from '../log.ts';

/** A stored event whose payload is known to be of one kind. */
export type StoredOf<P extends Payload> = StoredEvent & { readonly event: SwarmEvent & { readonly payload: P } };

export interface ConflictEntry {
  readonly conflict: StoredOf<Conflict>;
  /** The decision that settled it on this branch, or on a parent before the fork. */
  readonly settledBy?: StoredEvent;
}

export interface ConflictFilter extends Omit<LogFilter, 'types'> {
  /** `open` by default. */
  readonly state?: 'open' | 'all';
}

/**
 * The conflicts that a reader of a branch sees, newest first. Reads history as it is consumed; each conflict costs a look-up
 * for each level of forks.
 *
 * @throws PermanentError unknown_branch, invalid_glob
 */
export async function* listConflicts(
  history: ProjectHistory,
  branch: BranchName,
  filter: ConflictFilter = {},
  options: ReadOptions = {},
): AsyncIterable<ConflictEntry> {
  const { state = 'open', limit = Infinity, ...events } = filter;
  const levels = await readLevels(history, branch, options);
  let given = 0;
  if (limit <= 0) return;
  for await (const stored of readLog(history, branch, { ...events, types: ['conflict'] }, options)) {
    if (!isConflict(stored)) continue;
    const settledBy = await findSettlement(history, stored, levels, options);
    if (settledBy !== undefined && state === 'open') continue;
    yield { conflict: stored, ...(settledBy === undefined ? {} : { settledBy }) };
    given += 1;
    if (given >= limit) return;
  }
}

/**
 * The conflict of an event id: the conflict's own, or that of the change that came second.
 *
 * @throws PermanentError unknown_event, not_a_conflict
 */
export async function findConflict(
  history: ProjectHistory,
  eventId: EventId,
  options: ReadOptions = {},
): Promise<StoredOf<Conflict>> {
  const stored = await history.find(eventId, options);
  if (stored === undefined) throw replayError('unknown_event', `there is no event ${eventId} in this project`);
  if (isConflict(stored)) return stored;
  // The ledger writes a conflict right behind the change that it is about.
  for await (const next of history.events({ branch: stored.event.branch, after: stored.version, limit: 1 }, options)) {
    if (isConflict(next) && next.event.parentEventId === eventId) return next;
  }
  throw replayError('not_a_conflict', `event ${eventId} is no conflict, and the ledger found none in it`);
}

/** The change that came second. @throws PermanentError unknown_event */
export async function findSecond(
  history: ProjectHistory,
  conflict: StoredOf<Conflict>,
  options: ReadOptions = {},
): Promise<StoredOf<StateChange>> {
  const { eventId } = conflict.event.payload;
  const stored = await history.find(parseEventId(eventId), options);
  if (stored === undefined || !isChange(stored)) {
    throw replayError('unknown_event', `the change ${eventId} that the conflict is about is not in this project`);
  }
  return stored;
}

/**
 * The id of the decision that settles a conflict on a branch, and of the change that comes with it. Everybody who settles it
 * gets the same: the ledger takes the first one and knows the others as duplicates.
 */
export function settlementIds(
  conflict: StoredOf<Conflict>,
  branch: BranchName,
): { readonly decision: EventId; readonly change: EventId } {
  const { eventId, timestampUs } = conflict.event;
  const derive = (what: string): EventId => deriveEventId(timestampUs / 1_000, `${eventId} ${what} ${branch}`);
  return { decision: derive('settled on'), change: derive('merged on') };
}

/** One branch that a reader sees, up to a version. */
export interface VisibleLevel {
  readonly branch: BranchName;
  readonly until?: Version;
}

/** A branch and its parents, youngest first. */
export async function readLevels(
  history: ProjectHistory,
  branch: BranchName,
  options: ReadOptions = {},
): Promise<readonly VisibleLevel[]> {
  const branches = new Map((await history.branches(options)).map((each) => [each.name, each]));
  const levels: VisibleLevel[] = [{ branch }];
  for (let parent = branches.get(branch)?.parent; parent !== undefined; parent = branches.get(parent.branch)?.parent) {
    const above: Version | undefined = levels.at(-1)?.until;
    const until = above !== undefined && above < parent.version ? above : parent.version;
    levels.push({ branch: parent.branch, until });
  }
  return levels;
}

/** Undefined: a reader of these levels sees the conflict open. */
export async function findSettlement(
  history: ProjectHistory,
  conflict: StoredOf<Conflict>,
  levels: readonly VisibleLevel[],
  options: ReadOptions = {},
): Promise<StoredEvent | undefined> {
  for (const { branch, until } of levels) {
    const found = await history.find(settlementIds(conflict, branch).decision, options);
    const isSettled =
      found?.event.attributes[resolvesAttribute] === conflict.event.eventId &&
      (until === undefined || found.version <= until);
    if (isSettled) return found;
    // Nothing can settle it before it was there.
    if (branch === conflict.event.branch) return undefined;
  }
  return undefined;
}

function isConflict(stored: StoredEvent): stored is StoredOf<Conflict> {
  return stored.event.payload.kind === 'conflict';
}

function isChange(stored: StoredEvent): stored is StoredOf<StateChange> {
  return stored.event.payload.kind === 'state_change';
}
