import type { EventId, Receipt } from '@swarmledger/protocol';
import type { OutgoingMessage } from './message-queue.ts';
import { rejectionsNamedMax, type Rejection } from './rejections.ts';

export interface SettledCounts {
  /** Committed by what this pipeline published. */
  readonly committed: number;
  /** Found committed already. */
  readonly duplicates: number;
  readonly rejected: number;
}

/** How the hub's word came: duplicates are known from an announcement, a later question only says "committed". */
export type ReceiptSource = 'announced' | 'asked';

interface Unsettled {
  readonly message: OutgoingMessage;
  /** It was committed before it was published. */
  known: boolean;
}

/**
 * Which events are not known to be committed or rejected yet. Pure bookkeeping. `asksFirst`: the hub is asked before each
 * publish, and only that decides what counts as a duplicate: an announcement also says `duplicate` of a message that the
 * ingestor committed, could not acknowledge, and met again.
 */
export class Confirmations {
  readonly #asksFirst: boolean;
  readonly #unsettled = new Map<EventId, Unsettled>();
  readonly #messages = new Set<OutgoingMessage>();
  readonly #rejections: Rejection[] = [];
  #committed = 0;
  #duplicates = 0;
  #rejected = 0;
  #unreported = 0;

  constructor(options: { readonly asksFirst: boolean }) {
    this.#asksFirst = options.asksFirst;
  }

  get counts(): SettledCounts {
    return { committed: this.#committed, duplicates: this.#duplicates, rejected: this.#rejected };
  }

  /** Events not settled. */
  get unsettled(): number {
    return this.#unsettled.size;
  }

  /** The first message, in publish order, that has an unsettled event. */
  get oldest(): OutgoingMessage | undefined {
    const [oldest] = this.#messages;
    return oldest;
  }

  /** An id that is on its way already is a duplicate here and now; the first copy is the one that is waited for. */
  track(message: OutgoingMessage, eventId: EventId): void {
    if (this.#unsettled.has(eventId)) {
      this.#duplicates += 1;
      return;
    }
    this.#unsettled.set(eventId, { message, known: false });
    message.unsettled += 1;
    this.#messages.add(message);
  }

  /** The hub's word on ids that are not published yet. */
  markKnown(receipts: readonly Receipt[]): void {
    for (const receipt of receipts) {
      const entry = this.#unsettled.get(receipt.eventId);
      if (entry !== undefined && receipt.kind === 'committed') entry.known = true;
    }
  }

  /** Every event of it was committed before: there is nothing to publish. */
  isKnown(message: OutgoingMessage): boolean {
    return message.ids.every((id) => {
      const entry = this.#unsettled.get(id);
      return entry?.message === message && entry.known;
    });
  }

  /** Settles a message that `isKnown`. */
  settleKnown(message: OutgoingMessage): void {
    for (const id of message.ids) if (this.#take(id)) this.#duplicates += 1;
  }

  settle(receipts: readonly Receipt[], source: ReceiptSource): void {
    for (const receipt of receipts) {
      if (receipt.kind === 'unknown') continue;
      const entry = this.#take(receipt.eventId);
      if (entry === undefined) continue;
      if (receipt.kind === 'rejected') this.#reject(receipt);
      else if (this.#asksFirst ? entry.known : source === 'announced' && receipt.duplicate) this.#duplicates += 1;
      else this.#committed += 1;
    }
  }

  /** The message will never be accepted. */
  rejectMessage(message: OutgoingMessage, reason: string): void {
    for (const eventId of message.ids) {
      if (this.#unsettled.get(eventId)?.message !== message) continue;
      this.#take(eventId);
      this.#reject({ eventId, reason });
    }
  }

  /** Ids accepted at least `waitMs` ago whose receipt has not come, oldest first, at most `countMax`. */
  overdue(nowMs: number, waitMs: number, countMax: number): readonly EventId[] {
    const ids: EventId[] = [];
    for (const message of this.#messages) {
      if (message.acceptedAtMs === undefined || message.acceptedAtMs + waitMs > nowMs) break;
      for (const id of message.ids) {
        if (ids.length >= countMax) return ids;
        if (this.#unsettled.get(id)?.message === message) ids.push(id);
      }
    }
    return ids;
  }

  /** Rejections since the last call: each is told once. */
  takeRejections(): { readonly rejections: readonly Rejection[]; readonly count: number } {
    const told = { rejections: this.#rejections.splice(0), count: this.#unreported };
    this.#unreported = 0;
    return told;
  }

  #take(eventId: EventId): Unsettled | undefined {
    const entry = this.#unsettled.get(eventId);
    if (entry === undefined) return undefined;
    this.#unsettled.delete(eventId);
    entry.message.unsettled -= 1;
    if (entry.message.unsettled === 0) this.#messages.delete(entry.message);
    return entry;
  }

  #reject({ eventId, reason }: Rejection): void {
    this.#rejected += 1;
    this.#unreported += 1;
    if (this.#rejections.length < rejectionsNamedMax) this.#rejections.push({ eventId, reason });
  }
}
