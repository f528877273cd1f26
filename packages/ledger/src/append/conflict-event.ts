import {
  deriveEventId,
  encodeEvent,
  type EventId,
  type PathRecord,
  type StateChange,
  type SwarmEvent,
} from '@swarmledger/protocol';

export const conflictReasons = {
  /** The change was made to something else than what was there. */
  baseMismatch: 'base_mismatch',
  /** A path was created, or another moved there, over content that its author did not name. */
  pathExists: 'path_exists',
  /** The diff does not apply, or there is nothing to apply it to: the path stays as it is. */
  diffRejected: 'diff_rejected',
  /** The diff is to content that is too large to patch inside a transaction: the path stays as it is. */
  diffBaseTooLarge: 'diff_base_too_large',
  /** A move or a change of mode of a path that does not exist: nothing happens. */
  baseMissing: 'base_missing',
} as const;
export type ConflictReason = (typeof conflictReasons)[keyof typeof conflictReasons];

/** Who the ledger's own events are from. */
const ledgerAgent = 'swarmledger';

export interface Conflicting {
  readonly event: SwarmEvent;
  readonly change: StateChange;
  readonly path: string;
  /** What was there, a deletion included. */
  readonly found: PathRecord | undefined;
  readonly reason: ConflictReason;
}

/** The same change always gets the same one: a retried append finds it by its id. */
export function conflictEventId(event: SwarmEvent): EventId {
  return deriveEventId(event.timestampUs / 1_000, `${event.eventId} conflict`);
}

/** The event that tells of a conflict, right after the change that came second. */
export function createConflictEvent(
  { event, change, path, found, reason }: Conflicting,
  commitTimeMs: number,
): { readonly event: SwarmEvent; readonly raw: Uint8Array } {
  const conflict: SwarmEvent = {
    eventId: conflictEventId(event),
    timestampUs: commitTimeMs * 1_000,
    traceId: event.traceId,
    spanId: '',
    agentRole: 'OPERATOR',
    agentId: ledgerAgent,
    tenant: event.tenant,
    project: event.project,
    branch: event.branch,
    userId: '',
    parentEventId: event.eventId,
    sequence: 0,
    attributes: {},
    payload: {
      kind: 'conflict',
      path,
      eventId: event.eventId,
      otherEventId: found?.eventId ?? '',
      expectedSha256: change.baseSha256 ?? new Uint8Array(),
      actualSha256: found?.exists === true ? found.contentSha256 : new Uint8Array(),
      reason,
    },
  };
  return { event: conflict, raw: encodeEvent(conflict) };
}
