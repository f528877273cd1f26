import type { ProjectHistory, ReadOptions, StoredEvent, TreeEntry } from '@swarmledger/ledger';
import {
  isUuid,
  parseEventId,
  type BranchName,
  type Conflict,
  type EventId,
  type StateChange,
} from '@swarmledger/protocol';
import { replayError } from '../errors.ts';
import { findDecision } from '../show.ts';
import { findConflict, findSecond, findSettlement, readLevels, type StoredOf } from './conflict.ts';
import { mergeContents, type Merge } from './merge.ts';
import { absent, contentSide, isSameSide, readSides, sideBytesMax, type Side, type Sides } from './sides.ts';

/** Everything that a person needs to settle a conflict. */
export interface ConflictDetails {
  /** The branch that it is looked at, and would be settled, on. */
  readonly branch: BranchName;
  readonly conflict: StoredOf<Conflict>;
  /** The change that the second one did not know of; absent when there was none. */
  readonly first?: StoredEvent;
  readonly second: StoredOf<StateChange>;
  readonly firstDecision?: StoredEvent;
  readonly secondDecision?: StoredEvent;
  readonly sides: Sides;
  /** What the path is now, at the branch's head. */
  readonly current: Side;
  readonly currentEntry?: TreeEntry;
  readonly proposal: Proposal;
  readonly settledBy?: StoredEvent;
}

/** What a merge of the side that is not there into what is there now would be. */
export type Proposal =
  | Exclude<Merge, { readonly kind: 'binary' | 'large' }>
  /** What is there now has everything: nothing was lost. */
  | { readonly kind: 'nothing_lost' }
  /** Only a person can tell; `why` is a clause. */
  | { readonly kind: 'manual'; readonly why: string };

/**
 * A conflict with both sides, their decisions, and the three-way merge of them on the recorded base.
 *
 * @throws PermanentError unknown_event, not_a_conflict, unknown_branch, not_a_version
 */
export async function showConflict(
  history: ProjectHistory,
  eventId: EventId,
  branch: BranchName | undefined,
  options: ReadOptions = {},
): Promise<ConflictDetails> {
  const conflict = await findConflict(history, eventId, options);
  const on = branch ?? conflict.event.branch;
  const levels = await readLevels(history, on, options);
  const level = levels.find((each) => each.branch === conflict.event.branch);
  if (level === undefined || (level.until !== undefined && conflict.version > level.until)) {
    throw replayError('not_a_conflict', `the conflict is on branch ${conflict.event.branch}, which ${on} does not see`);
  }
  const second = await findSecond(history, conflict, options);
  const first = await findFirst(history, conflict, options);
  const sides = await readSides(history, conflict.event.payload, second, options);
  const latest = await history.latest(on, options);
  const currentEntry = latest === undefined ? undefined : await history.pathState(on, sides.path, latest, options);
  const current = currentEntry === undefined ? absent : contentSide(history, sides.path, currentEntry, options);
  const [firstDecision, secondDecision, settledBy] = [
    first === undefined ? undefined : await findDecision(history, first, options),
    await findDecision(history, second, options),
    await findSettlement(history, conflict, levels, options),
  ];
  return {
    branch: on,
    conflict,
    second,
    sides,
    current,
    proposal: await propose(sides, current),
    ...(first === undefined ? {} : { first }),
    ...(firstDecision === undefined ? {} : { firstDecision }),
    ...(secondDecision === undefined ? {} : { secondDecision }),
    ...(settledBy === undefined ? {} : { settledBy }),
    ...(currentEntry === undefined ? {} : { currentEntry }),
  };
}

async function findFirst(
  history: ProjectHistory,
  conflict: StoredOf<Conflict>,
  options: ReadOptions,
): Promise<StoredEvent | undefined> {
  const { otherEventId } = conflict.event.payload;
  return isUuid(otherEventId) ? history.find(parseEventId(otherEventId), options) : undefined;
}

/** What one side changed on the base is brought into what is there now; when it cannot be, the reason. */
async function propose(sides: Sides, current: Side): Promise<Proposal> {
  const { base, standing } = sides;
  const other = standing === 'first' ? sides.second : sides.first;
  if (isSameSide(other, current)) return { kind: 'nothing_lost' };
  if (isSameSide(other, base)) return { kind: 'nothing_lost' };
  if (other.kind === 'absent') return manual('one side deleted the path');
  if (other.kind === 'diff') return manual('the diff does not apply to anything that the project has had');
  if (other.kind === 'unknown') return manual('the change that was not made has no content');
  if (current.kind !== 'content') return manual('the path does not exist any more');
  if (base.kind === 'unknown') return manual('what the second change was made to was never in this project');
  const contents = [base, current, other];
  if (contents.some((side) => side.kind === 'content' && side.bytes > sideBytesMax)) {
    return manual(`a side is larger than ${sideBytesMax} bytes`);
  }
  const input = {
    base: base.kind === 'content' ? await base.read() : Buffer.alloc(0),
    current: await current.read(),
    other: await other.read(),
  };
  const merge = mergeContents(input, {
    base: 'base',
    current: 'current (what is there now)',
    other: `${standing === 'first' ? 'second' : 'first'} (what is not there)`,
  });
  if (merge.kind === 'binary') return manual('the content is binary');
  if (merge.kind === 'large') return manual('too many lines differ');
  return merge.kind === 'clean' && merge.content.equals(input.current) ? { kind: 'nothing_lost' } : merge;
}

function manual(why: string): Proposal {
  return { kind: 'manual', why };
}
