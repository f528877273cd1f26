import type { StoredEvent } from '@swarmledger/ledger';
import {
  resolvesAttribute,
  type AgentRole,
  type ChangeBody,
  type EventId,
  type StateChange,
  type SwarmEvent,
} from '@swarmledger/protocol';
import { replayError } from '../errors.ts';
import { settlementIds } from './conflict.ts';
import type { ConflictDetails } from './show-conflict.ts';
import type { Side } from './sides.ts';

/** How a conflict is settled. */
export type Settlement =
  /** The proposal, which has to be clean. */
  | { readonly kind: 'merge' }
  /** A person's own version. */
  | { readonly kind: 'use'; readonly content: Buffer }
  /** One side whole; `current` leaves the path as it is now. */
  | { readonly kind: 'take'; readonly side: 'first' | 'second' | 'current' };

export interface Author {
  readonly agentId: string;
  readonly agentRole: AgentRole;
  /** In words; what was done by default. */
  readonly reason?: string;
  /** Unix milliseconds. */
  readonly nowMs: number;
}

/**
 * The events that settle a conflict, to be published as one group: a decision that names it, and a change with both parents
 * unless the path stays as it is. The change names what it was made to, so that whatever comes in between is a conflict again.
 *
 * @throws PermanentError conflict_settled, nothing_to_take
 */
export async function createSettlement(
  details: ConflictDetails,
  settlement: Settlement,
  author: Author,
): Promise<readonly SwarmEvent[]> {
  const { conflict, settledBy, sides } = details;
  if (settledBy !== undefined) {
    throw replayError(
      'conflict_settled',
      `conflict ${conflict.event.eventId} was settled by event ${settledBy.event.eventId}`,
    );
  }
  const wanted = await chooseContent(details, settlement);
  const ids = settlementIds(conflict, details.branch);
  const decision = createDecision(details, settlement, author, ids.decision);
  if (wanted === 'as_it_is') return [decision];
  const { currentEntry } = details;
  if (wanted === 'deleted' && currentEntry === undefined) return [decision];
  const change: StateChange = {
    kind: 'state_change',
    path: sides.path,
    action: wanted === 'deleted' ? 'DELETE' : currentEntry === undefined ? 'CREATE' : 'UPDATE',
    body: wanted === 'deleted' ? { kind: 'none' } : wanted,
    mode: 0,
    ...(currentEntry === undefined ? {} : { baseSha256: currentEntry.sha256 }),
    contentBytes: 0,
    mergedEventIds: readParents(details),
  };
  return [decision, { ...decision, eventId: ids.change, parentEventId: decision.eventId, payload: change }];
}

type Wanted = 'as_it_is' | 'deleted' | Exclude<ChangeBody, { readonly kind: 'none' }>;

async function chooseContent(details: ConflictDetails, settlement: Settlement): Promise<Wanted> {
  const { proposal, sides } = details;
  switch (settlement.kind) {
    case 'use':
      return { kind: 'content', content: settlement.content };
    case 'take': {
      if (settlement.side === 'current') return 'as_it_is';
      return takeSide(sides[settlement.side], settlement.side);
    }
    case 'merge':
      if (proposal.kind === 'nothing_lost') return 'as_it_is';
      if (proposal.kind === 'clean') return { kind: 'content', content: proposal.content };
      throw replayError('nothing_to_take', 'the sides do not merge by themselves: a person has to choose');
    default:
      return settlement satisfies never;
  }
}

async function takeSide(side: Side, name: 'first' | 'second'): Promise<Wanted> {
  switch (side.kind) {
    case 'absent':
      return 'deleted';
    case 'content':
      return { kind: 'content', content: await side.read() };
    case 'unknown':
    case 'diff':
      throw replayError('nothing_to_take', `the ${name} side has no content that could be taken; use a file of yours`);
    default:
      return side satisfies never;
  }
}

/** What is there now, and what is not: the two that are joined, the older one first. */
function readParents({ first, second, sides, currentEntry }: ConflictDetails): readonly string[] {
  const other = sides.standing === 'first' ? second : first;
  const parents = [
    ...(currentEntry === undefined ? [] : [{ id: currentEntry.eventId, version: currentEntry.version }]),
    ...(other === undefined ? [] : [{ id: other.event.eventId as string, version: other.version }]),
  ];
  return parents.sort((left, right) => (left.version < right.version ? -1 : 1)).map(({ id }) => id);
}

function createDecision(
  details: ConflictDetails,
  settlement: Settlement,
  author: Author,
  eventId: EventId,
): SwarmEvent {
  const { conflict, branch, sides } = details;
  const done = describeSettlement(details, settlement);
  return {
    eventId,
    timestampUs: author.nowMs * 1_000,
    traceId: '',
    spanId: '',
    agentRole: author.agentRole,
    agentId: author.agentId,
    tenant: conflict.event.tenant,
    project: conflict.event.project,
    branch,
    userId: '',
    parentEventId: conflict.event.eventId,
    sequence: 0,
    attributes: { [resolvesAttribute]: conflict.event.eventId },
    payload: {
      kind: 'decision',
      title: `Settle the conflict over ${sides.path}: ${done}`,
      rationale: author.reason ?? explainSides(details),
      alternatives: [],
      model: '',
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
    },
  };
}

/** Who did what, for a decision whose author gave no reason. */
function explainSides({ conflict, first, second }: ConflictDetails): string {
  const change = ({ event }: StoredEvent): string => `change ${event.eventId} of ${event.agentId}`;
  const before = first === undefined ? 'what was there' : change(first);
  return `${conflict.event.payload.reason}: ${change(second)} did not know of ${before}.`;
}

function describeSettlement({ proposal }: ConflictDetails, settlement: Settlement): string {
  switch (settlement.kind) {
    case 'use':
      return 'a version made by hand';
    case 'take':
      return settlement.side === 'current' ? 'it stays as it is' : `the ${settlement.side} change is taken`;
    case 'merge':
      return proposal.kind === 'nothing_lost' ? 'nothing was lost, it stays as it is' : 'both changes are merged';
    default:
      return settlement satisfies never;
  }
}
