import type { EventId, EventScope, RejectionCode } from '@swarmledger/protocol';

/**
 * Why events were rejected lately, so that a producer whose announcement was lost still gets an answer. Bounded: the oldest are
 * forgotten; the dead letters themselves are kept by the bus.
 */
export class RecentRejections {
  readonly #countMax: number;
  readonly #reasons = new Map<string, RejectionCode>();

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  add(scope: EventScope, eventIds: readonly EventId[], reason: RejectionCode): void {
    for (const eventId of eventIds) {
      const key = toKey(scope, eventId);
      this.#reasons.delete(key);
      this.#reasons.set(key, reason);
    }
    for (const oldest of this.#reasons.keys()) {
      if (this.#reasons.size <= this.#countMax) return;
      this.#reasons.delete(oldest);
    }
  }

  find(scope: EventScope, eventId: EventId): RejectionCode | undefined {
    return this.#reasons.get(toKey(scope, eventId));
  }
}

function toKey({ tenant, project }: EventScope, eventId: EventId): string {
  return `${tenant}/${project}/${eventId}`;
}
