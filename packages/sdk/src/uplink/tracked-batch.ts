import type { EventId, Receipt, RejectionCode } from '@swarmledger/protocol';
import { Changes } from '@swarmledger/runtime';

/** Which events of a published message the hub has said nothing of yet. Pure bookkeeping. */
export class TrackedBatch {
  readonly changes = new Changes();
  readonly #batchId: EventId;
  readonly #pending: Set<EventId>;
  #rejected: RejectionCode | undefined;

  constructor(batchId: EventId, eventIds: readonly EventId[]) {
    this.#batchId = batchId;
    this.#pending = new Set(eventIds);
  }

  /** Of the message as a whole: it is committed all or nothing. */
  get verdict():
    { readonly kind: 'committed' } | { readonly kind: 'rejected'; readonly code: RejectionCode } | undefined {
    if (this.#rejected !== undefined) return { kind: 'rejected', code: this.#rejected };
    return this.#pending.size === 0 ? { kind: 'committed' } : undefined;
  }

  get pending(): readonly EventId[] {
    return [...this.#pending];
  }

  settle(receipts: readonly Receipt[]): void {
    for (const receipt of receipts) {
      if (receipt.kind === 'committed') this.#pending.delete(receipt.eventId);
      if (receipt.kind !== 'rejected' || !this.#pending.has(receipt.eventId)) continue;
      // A refusal of an earlier message with the same event says nothing of this one.
      if (receipt.messageId === undefined || receipt.messageId === this.#batchId) this.#rejected = receipt.reason;
    }
    this.changes.notify();
  }
}
