import type { Msg, NatsConnection } from 'nats';
import { batchContent, headerNames } from '@swarmledger/protocol';
import type { BusMessage } from './contract.ts';

const ackPayload = Buffer.from('+ACK');
const workingPayload = Buffer.from('+WPI');
const nanosPerMs = 1_000_000;

/** A delivered message. Its acknowledgement goes to its reply subject: https://docs.nats.io/reference/reference-protocols/nats_api_reference */
export class DeliveredMessage implements BusMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
  readonly sequence: number;
  readonly redelivered: boolean;
  /** Its number among the consumer's deliveries: a missing one was lost on its way. */
  readonly delivery: number;
  readonly #connection: NatsConnection;
  readonly #reply: string;
  #isSettled = false;

  constructor(connection: NatsConnection, message: Msg, reply: string) {
    this.#connection = connection;
    this.#reply = reply;
    this.subject = message.subject;
    this.data = message.data;
    this.headers = readHeaders(message);
    const { delivered, sequence, delivery } = parseAckSubject(reply);
    this.sequence = sequence;
    this.delivery = delivery;
    this.redelivered = delivered > 1;
  }

  get kind(): 'event' | 'batch' {
    return messageKind(this.headers);
  }

  get traceparent(): string | undefined {
    return this.headers.get(headerNames.traceparent);
  }

  ack(): void {
    this.#settle(ackPayload);
  }

  working(): void {
    if (!this.#isSettled && !this.#connection.isClosed()) this.#connection.publish(this.#reply, workingPayload);
  }

  retryLater(delayMs: number): void {
    const delay = delayMs > 0 ? ` ${JSON.stringify({ delay: delayMs * nanosPerMs })}` : '';
    this.#settle(Buffer.from(`-NAK${delay}`));
  }

  #settle(payload: Uint8Array): void {
    // On a closed connection the message is simply delivered again.
    if (this.#isSettled || this.#connection.isClosed()) return;
    this.#isSettled = true;
    this.#connection.publish(this.#reply, payload);
  }
}

/** What a message with these headers is. */
export function messageKind(headers: ReadonlyMap<string, string>): BusMessage['kind'] {
  return headers.get(headerNames.content) === batchContent ? 'batch' : 'event';
}

/** The client library throws on headers that it would not write itself, and would take the whole connection down with it. */
function readHeaders(message: Msg): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  try {
    for (const name of message.headers?.keys() ?? []) headers.set(name, message.headers?.get(name) ?? '');
    return headers;
  } catch {
    return new Map();
  }
}

interface AckSubject {
  /** How often it was delivered. */
  readonly delivered: number;
  readonly sequence: number;
  readonly delivery: number;
}

/** `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.…`, or with domain and account hash before the stream. */
function parseAckSubject(reply: string): AckSubject {
  const tokens = reply.split('.');
  const first = tokens.length >= 11 ? 6 : 4;
  return {
    delivered: Number(tokens[first]),
    sequence: Number(tokens[first + 1]),
    delivery: Number(tokens[first + 2]),
  };
}
