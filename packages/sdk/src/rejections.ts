import type { EventId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';

/** One event that was not and will not be committed as it is. */
export interface Rejection {
  readonly eventId: EventId;
  /** A dead-letter reason of the hub (`content_missing`, `unknown_tenant`, …) or the code of a refused publish. */
  readonly reason: string;
}

/** Rejections that an error names one by one; the others are counted. */
export const rejectionsNamedMax = 100;

/** The hub refused events. Those in dead letters can be put back with `swarmledger dlq replay`. */
export class EventsRejectedError extends PermanentError {
  /** At most `rejectionsNamedMax` of them, the first ones. */
  readonly rejections: readonly Rejection[];
  readonly count: number;

  constructor(rejections: readonly Rejection[], count: number) {
    const reasons = [...new Set(rejections.map(({ reason }) => reason))].join(', ');
    super('events_rejected', `${count} event${count === 1 ? ' was' : 's were'} rejected: ${reasons}`);
    this.rejections = rejections;
    this.count = count;
  }
}
