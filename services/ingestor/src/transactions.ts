import type { BusMessage } from '@swarmledger/bus';
import type { AppendMessage } from '@swarmledger/ledger';
import { decodeMessage, parseEventsSubject, ProtocolError, type EventScope } from '@swarmledger/protocol';

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

/** Messages that are committed in one go, in publish order. */
export interface PreparedTransaction {
  readonly good: readonly GoodMessage[];
  readonly bad: readonly BadMessage[];
  readonly events: number;
}

export interface TransactionLimits {
  readonly bytesTarget: number;
  readonly eventsTarget: number;
  /** Messages of one transaction, good and bad. */
  readonly messagesMax: number;
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

/**
 * Pulled messages, cut into transactions. Messages are decoded only when their transaction is cut, one more at most: a message
 * may unpack to many times its size, and only bytes as they came are counted by the pull.
 */
export class TransactionCutter {
  readonly #limits: TransactionLimits;
  readonly #pulled: BusMessage[] = [];
  /** Decoded, and too large for the transaction before it. */
  #next: GoodMessage | undefined;

  constructor(limits: TransactionLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#pulled.length === 0 && this.#next === undefined;
  }

  add(messages: readonly BusMessage[]): void {
    this.#pulled.push(...messages);
  }

  /** Held messages in publish order. */
  list(): readonly BusMessage[] {
    return this.#next === undefined ? this.#pulled : [this.#next.message, ...this.#pulled];
  }

  clear(): void {
    this.#pulled.length = 0;
    this.#next = undefined;
  }

  /** The next transaction; a message above the targets goes alone. Without messages it is empty. */
  cut(): PreparedTransaction {
    const good: GoodMessage[] = [];
    const bad: BadMessage[] = [];
    let events = 0;
    let bytes = 0;
    while (good.length + bad.length < this.#limits.messagesMax) {
      const decoded = this.#takeDecoded();
      if (decoded === undefined) break;
      if (decoded.kind === 'bad') {
        bad.push(decoded);
        continue;
      }
      const messageEvents = decoded.append.events.length;
      const messageBytes = decoded.append.events.reduce((sum, event) => sum + event.raw.length, 0);
      const isFull =
        events + messageEvents > this.#limits.eventsTarget || bytes + messageBytes > this.#limits.bytesTarget;
      if (good.length > 0 && isFull) {
        this.#next = decoded;
        break;
      }
      good.push(decoded);
      events += messageEvents;
      bytes += messageBytes;
    }
    return { good, bad, events };
  }

  #takeDecoded(): DecodedMessage | undefined {
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) return next;
    const message = this.#pulled.shift();
    return message === undefined ? undefined : decodeBusMessage(message);
  }
}
