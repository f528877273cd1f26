import type { BusMessage } from '@swarmledger/bus';
import type { AppendMessage } from '@swarmledger/ledger';
import {
  decodeMessage,
  parseEventsSubject,
  ProtocolError,
  readLanePlace,
  type EventScope,
  type LanePlace,
} from '@swarmledger/protocol';
import type { Gate } from './admission.ts';
import { isMisdirectedAck } from './misdirected-acks.ts';

/** A message whose events are all legal. */
export interface GoodMessage {
  readonly kind: 'good';
  readonly message: BusMessage;
  readonly append: AppendMessage;
}

/** A message that will never be committed. */
export interface BadMessage {
  readonly kind: 'bad';
  readonly message: BusMessage;
  /** Undefined: its subject names none. */
  readonly scope: EventScope | undefined;
  readonly error: ProtocolError;
}

export type DecodedMessage = GoodMessage | BadMessage;

/** A message that has to wait, not decoded. */
export interface PlacedMessage {
  readonly message: BusMessage;
  readonly place: LanePlace;
}

/** What becomes of some messages, all of it in one go and in publish order. */
export interface PreparedTransaction {
  /** For the ledger. */
  readonly good: readonly GoodMessage[];
  /** For the ledger, which has all of it already: they are to be acknowledged, whatever is left of the quota. */
  readonly duplicates: readonly GoodMessage[];
  /** For the dead letters. */
  readonly bad: readonly BadMessage[];
  /** More than is left of their tenant's day: for the dead letters too, with those that are committed already still among them. */
  readonly overQuota: readonly GoodMessage[];
  /** For the overflow lane. */
  readonly moved: readonly PlacedMessage[];
  /** The lane is full: they stay where they are. */
  readonly held: readonly PlacedMessage[];
  /** Of `good`. */
  readonly events: number;
}

export interface TransactionLimits {
  readonly bytesTarget: number;
  readonly eventsTarget: number;
  /** Messages of one transaction, whatever becomes of them. */
  readonly messagesMax: number;
  /** Events that come back from the overflow lane: a flood that returns must not make the transaction long for the others. */
  readonly returningEventsTarget: number;
}

/** Decodes and checks one message; what is wrong with it is a result, not an exception. */
export function decodeBusMessage(message: BusMessage): DecodedMessage {
  let scope: EventScope | undefined;
  try {
    const { tenant, project } = parseEventsSubject(message.subject);
    scope = { tenant, project };
    const events = decodeMessage(message.data, message.kind, scope);
    return { kind: 'good', message, append: { tenant, project, events } };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { kind: 'bad', message, scope, error };
  }
}

export function countMessages(transaction: PreparedTransaction): number {
  const { good, duplicates, bad, overQuota, moved, held } = transaction;
  return good.length + duplicates.length + bad.length + overQuota.length + moved.length + held.length;
}

/** Everything that has to be acknowledged or handed back. */
export function listMessages(transaction: PreparedTransaction): readonly BusMessage[] {
  const { good, duplicates, bad, overQuota, moved, held } = transaction;
  return [...good, ...duplicates, ...bad, ...overQuota, ...moved, ...held].map(({ message }) => message);
}

type Cut = {
  -readonly [Name in keyof PreparedTransaction]: PreparedTransaction[Name] extends readonly (infer Item)[]
    ? Item[]
    : PreparedTransaction[Name];
} & { bytes: number; returningEvents: number };

/**
 * Pulled messages, cut into transactions. Messages are decoded only when their transaction is cut, one more at most: a message
 * may unpack to many times its size, and only bytes as they came are counted by the pull. What goes to the overflow lane is not
 * decoded at all.
 */
export class TransactionCutter {
  readonly #limits: TransactionLimits;
  readonly #gate: Gate;
  #pulled: readonly BusMessage[] = [];
  /** Of `#pulled`: those before it are cut. */
  #at = 0;
  /** Decoded, and too large for the transaction before it. */
  #next: GoodMessage | undefined;

  constructor(limits: TransactionLimits, gate: Gate) {
    this.#limits = limits;
    this.#gate = gate;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#pulled.length && this.#next === undefined;
  }

  add(messages: readonly BusMessage[]): void {
    this.#pulled = [...this.#pulled.slice(this.#at), ...messages];
    this.#at = 0;
  }

  /** Held messages in publish order. */
  list(): readonly BusMessage[] {
    const pulled = this.#pulled.slice(this.#at);
    return this.#next === undefined ? pulled : [this.#next.message, ...pulled];
  }

  /** The next transaction; a message above the targets goes alone. Without messages it is empty. */
  cut(): PreparedTransaction {
    const cut: Cut = {
      good: [],
      duplicates: [],
      bad: [],
      overQuota: [],
      moved: [],
      held: [],
      events: 0,
      bytes: 0,
      returningEvents: 0,
    };
    while (countMessages(cut) < this.#limits.messagesMax) {
      const taken = this.#take(cut);
      if (taken === undefined) break;
      if (taken.kind === 'waiting') continue;
      if (taken.kind === 'bad') cut.bad.push(taken);
      else if (this.#exceeds(cut, taken)) {
        this.#next = taken;
        break;
      } else this.#put(cut, taken);
    }
    return cut;
  }

  #exceeds({ good, events, bytes }: Cut, { append }: GoodMessage): boolean {
    const { eventsTarget, bytesTarget } = this.#limits;
    const isFull = events + append.events.length > eventsTarget || bytes + countBytes(append) > bytesTarget;
    return good.length > 0 && isFull;
  }

  #put(cut: Cut, message: GoodMessage): void {
    const { tenant, events } = message.append;
    if (!this.#gate.reserve(tenant, events.length)) {
      cut.overQuota.push(message);
      return;
    }
    cut.good.push(message);
    cut.events += events.length;
    cut.bytes += countBytes(message.append);
  }

  /** The next message for the ledger, or that one was put elsewhere. */
  #take(cut: Cut): DecodedMessage | { readonly kind: 'waiting' } | undefined {
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) return next;
    const returning = cut.returningEvents < this.#limits.returningEventsTarget ? this.#gate.takeReturning() : undefined;
    if (returning !== undefined) {
      const decoded = this.#decode(returning, readLanePlace(returning.subject));
      cut.returningEvents += countEvents(decoded);
      return decoded;
    }
    const message = this.#pulled[this.#at];
    if (message === undefined) return undefined;
    this.#at += 1;
    // It is nobody's, and must not use up the rate of whom it was sent to.
    if (isMisdirectedAck(message)) return decodeBusMessage(message);
    const place = readLanePlace(message.subject);
    const route = this.#gate.route(place);
    if (route === 'ledger') return this.#decode(message, place);
    (route === 'lane' ? cut.moved : cut.held).push({ message, place });
    return { kind: 'waiting' };
  }

  #decode(message: BusMessage, place: LanePlace): DecodedMessage {
    const decoded = decodeBusMessage(message);
    this.#gate.charge(place, countEvents(decoded));
    return decoded;
  }
}

function countEvents(decoded: DecodedMessage): number {
  return decoded.kind === 'good' ? decoded.append.events.length : 1;
}

function countBytes({ events }: AppendMessage): number {
  return events.reduce((sum, { raw }) => sum + raw.length, 0);
}
