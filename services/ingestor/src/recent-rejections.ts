import type { EventId, EventScope, RejectionCode } from '@swarmledger/protocol';

export interface Rejection {
  readonly reason: RejectionCode;
  /** The refused message's own id, when it had one. */
  readonly messageId?: string;
}

/**
 * Why events were rejected lately, so that a producer whose announcement was lost still gets an answer. Bounded: the oldest are
 * forgotten; the dead letters themselves are kept by the bus.
 */
export class RecentRejections {
  readonly #countMax: number;
  readonly #rejections = new Map<string, Rejection>();

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  add(scope: EventScope, eventIds: readonly EventId[], rejection: Rejection): void {
    for (const eventId of eventIds) {
      const key = toKey(scope, eventId);
      this.#rejections.delete(key);
      this.#rejections.set(key, rejection);
    }
    for (const oldest of this.#rejections.keys()) {
      if (this.#rejections.size <= this.#countMax) return;
      this.#rejections.delete(oldest);
    }
  }

  find(scope: EventScope, eventId: EventId): Rejection | undefined {
    return this.#rejections.get(toKey(scope, eventId));
  }
}

function toKey({ tenant, project }: EventScope, eventId: EventId): string {
  return `${tenant}/${project}/${eventId}`;
}
