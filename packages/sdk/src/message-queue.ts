import { createEventId, type EventId } from '@swarmledger/protocol';
import type { PipelinePolicy } from './policy.ts';

/** An event as it will travel. */
export interface EncodedEvent {
  readonly eventId: EventId;
  readonly raw: Uint8Array;
  readonly traceparent: string | undefined;
}

/** One message on its way: queued, then published until the stream has accepted it, then waiting for its receipts. */
export interface OutgoingMessage {
  /** The same for every attempt. */
  readonly batchId: EventId;
  /** The call of `publish` that its first event came with. */
  readonly firstCall: number;
  readonly ids: EventId[];
  /** Emptied once accepted. */
  readonly events: Uint8Array[];
  bytes: number;
  readonly traceparent: string | undefined;
  /** More events may join it until then (milliseconds); undefined: it is complete. */
  joinableUntilMs: number | undefined;
  /** The hub was asked whether its events are committed already. */
  asked: boolean;
  acceptedAtMs: number | undefined;
  /** Events that no receipt has settled. */
  unsettled: number;
}

export type NextMessage =
  | { readonly kind: 'ready'; readonly message: OutgoingMessage }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'empty' };

/** SwarmEventBatch: an event's field tag and length, and the batch's own id. */
const framingBytesPerEvent = 5;
const framingBytesPerMessage = 64;

export function messageBytes(events: readonly EncodedEvent[]): number {
  return events.reduce((sum, event) => sum + event.raw.length + framingBytesPerEvent, framingBytesPerMessage);
}

/** What the stream has not accepted yet, in publish order. Pure: it neither sends nor looks at a clock. */
export class MessageQueue {
  readonly #policy: PipelinePolicy;
  #messages: OutgoingMessage[] = [];
  #bytes = 0;

  constructor(policy: PipelinePolicy) {
    this.#policy = policy;
  }

  /** Encoded bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  get first(): OutgoingMessage | undefined {
    return this.#messages[0];
  }

  /** In publish order. */
  list(): readonly OutgoingMessage[] {
    return this.#messages;
  }

  /** Adds one message that stays as it is. */
  addWhole(events: readonly EncodedEvent[], call: number): OutgoingMessage {
    this.#completeLast();
    const message = this.#open(events[0], call, undefined);
    for (const event of events) this.#join(message, event);
    return message;
  }

  /** Adds an event to the last message, or to a new one when that is full or complete. Returns it. */
  add(event: EncodedEvent, call: number, nowMs: number): OutgoingMessage {
    const last = this.#messages.at(-1);
    const fits =
      last?.joinableUntilMs !== undefined &&
      last.ids.length < this.#policy.batchEventsMax &&
      last.bytes + event.raw.length + framingBytesPerEvent <= this.#policy.batchBytesTarget;
    if (!fits) this.#completeLast();
    const message = fits ? last : this.#open(event, call, nowMs + this.#policy.lingerMs);
    this.#join(message, event);
    if (message.ids.length >= this.#policy.batchEventsMax) message.joinableUntilMs = undefined;
    return message;
  }

  /** The first message, which is then complete, or how long it still waits for company. */
  next(nowMs: number): NextMessage {
    const [first] = this.#messages;
    if (first === undefined) return { kind: 'empty' };
    const waitMs = (first.joinableUntilMs ?? nowMs) - nowMs;
    if (waitMs > 0) return { kind: 'wait', ms: waitMs };
    first.joinableUntilMs = undefined;
    return { kind: 'ready', message: first };
  }

  /** Nothing waits for company any more. */
  complete(): void {
    this.#completeLast();
  }

  /** Takes the first message out: the stream has it, or it will never have it. */
  shift(): void {
    const message = this.#messages.shift();
    if (message === undefined) return;
    this.#bytes -= message.bytes;
    message.events.length = 0;
  }

  // Only the last message can be joined.
  #completeLast(): void {
    const last = this.#messages.at(-1);
    if (last !== undefined) last.joinableUntilMs = undefined;
  }

  #open(first: EncodedEvent | undefined, call: number, joinableUntilMs: number | undefined): OutgoingMessage {
    const message: OutgoingMessage = {
      batchId: createEventId(),
      firstCall: call,
      ids: [],
      events: [],
      bytes: framingBytesPerMessage,
      traceparent: first?.traceparent,
      joinableUntilMs,
      asked: false,
      acceptedAtMs: undefined,
      unsettled: 0,
    };
    this.#messages.push(message);
    this.#bytes += message.bytes;
    return message;
  }

  #join(message: OutgoingMessage, event: EncodedEvent): void {
    const bytes = event.raw.length + framingBytesPerEvent;
    message.ids.push(event.eventId);
    message.events.push(event.raw);
    message.bytes += bytes;
    this.#bytes += bytes;
  }
}
