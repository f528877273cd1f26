import { MsgHdrsImpl, type Msg } from 'nats';
import { batchContent, headerNames } from '@swarmledger/protocol';
import type { AckWriter } from './ack-writer.ts';
import type { BusMessage } from './contract.ts';

const nanosPerMs = 1_000_000;
const dot = '.'.charCodeAt(0);
const zero = '0'.charCodeAt(0);
const noHeaders: ReadonlyMap<string, string> = new Map();

/** What the client library keeps of a message and has no public name for: its headers as they came, right before its data. */
interface Internals {
  readonly _rdata?: Uint8Array;
}

/** A delivered message. Its acknowledgement goes to its reply subject: https://docs.nats.io/reference/reference-protocols/nats_api_reference */
export class DeliveredMessage implements BusMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly sequence: number;
  readonly redelivered: boolean;
  /** Its number among the consumer's deliveries: a missing one was lost on its way. */
  readonly delivery: number;
  readonly #acks: AckWriter;
  readonly #reply: string;
  readonly #headerBytes: number;
  #headers: ReadonlyMap<string, string> | undefined;
  #isSettled = false;

  constructor(acks: AckWriter, message: Msg, reply: string) {
    this.#acks = acks;
    this.#reply = reply;
    this.subject = message.subject;
    this.data = message.data;
    // Parsed here, the headers of every message were an eighth of the ingestor's garbage.
    this.#headerBytes = ((message as unknown as Internals)._rdata?.length ?? 0) - this.data.length;
    const { delivered, sequence, delivery } = parseAckSubject(reply);
    this.sequence = sequence;
    this.delivery = delivery;
    this.redelivered = delivered > 1;
  }

  get headers(): ReadonlyMap<string, string> {
    this.#headers ??= this.#headerBytes > 0 ? parseHeaders(this.#headerBlock()) : noHeaders;
    return this.#headers;
  }

  get kind(): 'event' | 'batch' {
    return this.#mentions(headerNames.content) ? messageKind(this.headers) : 'event';
  }

  get traceparent(): string | undefined {
    return this.#mentions(headerNames.traceparent) ? this.headers.get(headerNames.traceparent) : undefined;
  }

  ack(): void {
    this.#settle('+ACK');
  }

  working(): void {
    if (!this.#isSettled) this.#acks.write(this.#reply, '+WPI');
  }

  retryLater(delayMs: number): void {
    const delay = delayMs > 0 ? ` ${JSON.stringify({ delay: delayMs * nanosPerMs })}` : '';
    this.#settle(`-NAK${delay}`);
  }

  /** Whether the name stands anywhere in the headers: without it, they need not be parsed to know that it is not among them. */
  #mentions(name: string): boolean {
    return this.#headerBytes > 0 && this.#headerBlock().includes(name);
  }

  #headerBlock(): Buffer {
    const { buffer, byteOffset } = this.data;
    return Buffer.from(buffer, byteOffset - this.#headerBytes, this.#headerBytes);
  }

  #settle(word: string): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#acks.write(this.#reply, word);
  }
}

/** What a message with these headers is. */
export function messageKind(headers: ReadonlyMap<string, string>): BusMessage['kind'] {
  return headers.get(headerNames.content) === batchContent ? 'batch' : 'event';
}

/** The client library throws on headers that it would not write itself: then there are none. */
function parseHeaders(block: Uint8Array): ReadonlyMap<string, string> {
  try {
    const parsed = MsgHdrsImpl.decode(block);
    return new Map(parsed.keys().map((name) => [name, parsed.get(name)]));
  } catch {
    return noHeaders;
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
  let tokens = 1;
  for (let at = 0; at < reply.length; at++) if (reply.charCodeAt(at) === dot) tokens += 1;
  let at = 0;
  for (let skipped = tokens >= 11 ? 6 : 4; skipped > 0; skipped--) at = reply.indexOf('.', at) + 1;
  const readNumber = (): number => {
    let value = 0;
    for (; at < reply.length && reply.charCodeAt(at) !== dot; at++) value = value * 10 + reply.charCodeAt(at) - zero;
    at += 1;
    return value;
  };
  return { delivered: readNumber(), sequence: readNumber(), delivery: readNumber() };
}
