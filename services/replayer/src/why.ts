import type { PathChange, ProjectHistory, ReadOptions, StoredEvent } from '@swarmledger/ledger';
import { parseEventId, type ProjectPath, type Version } from '@swarmledger/protocol';
import { replayError } from './errors.ts';
import type { Moment } from './moment.ts';
import { findDecision } from './show.ts';

/** A file renamed more often than this in one history is being renamed in a loop. */
const renamesMax = 1_000;

/** One change of a path, and why. */
export interface ChangeReason {
  readonly change: PathChange;
  readonly stored: StoredEvent;
  /** The nearest decision among the change's causes, when it named one. */
  readonly decision?: StoredEvent;
}

/**
 * Every change of a path up to a moment, newest first, each with the decision that led to it. Follows renames: what happened
 * to a file under its former names belongs to it. At an event-time moment, what happened later by its producer's clock is
 * left out.
 *
 * @throws PermanentError unknown_path when nothing ever happened to the path
 */
export async function* whyPath(
  history: ProjectHistory,
  moment: Moment,
  path: ProjectPath,
  options: ReadOptions = {},
): AsyncIterable<ChangeReason> {
  let current: { readonly path: ProjectPath; readonly until: Version } | undefined = { path, until: moment.version };
  let given = 0;
  for (let renames = 0; current !== undefined && renames <= renamesMax; renames++) {
    const { path: name, until }: { readonly path: ProjectPath; readonly until: Version } = current;
    current = undefined;
    for await (const change of history.pathChanges(moment.branch, name, until, options)) {
      // A rename leaves a mark under both names; it is told once, under the new one.
      if (renames > 0 && change.version === until) continue;
      const stored = await history.find(parseEventId(change.eventId), options);
      if (stored === undefined || stored.event.timestampUs > (moment.eventTimeUs ?? Infinity)) continue;
      const decision = await findDecision(history, stored, options);
      yield { change, stored, ...(decision === undefined ? {} : { decision }) };
      given += 1;
      const { payload } = stored.event;
      if (payload.kind === 'state_change' && payload.path === name && payload.previousPath !== undefined) {
        current = { path: payload.previousPath, until: change.version };
        break;
      }
    }
  }
  if (given === 0) {
    throw replayError('unknown_path', `nothing happened to ${JSON.stringify(path)} up to ${moment.description}`);
  }
}
