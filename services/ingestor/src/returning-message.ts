import { messageKind, type BusMessage, type WaitingMessage } from '@swarmledger/bus';
import { headerNames } from '@swarmledger/protocol';

/**
 * A message that comes back from the overflow lane. Its acknowledgement at its partition was given when the lane took it; what `ack`
 * means now is that it is settled, and its packet can go when all of it is.
 */
export class ReturningMessage implements BusMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
  readonly sequence: number;
  readonly redelivered = true;
  #onSettled: (() => void) | undefined;

  constructor(waiting: WaitingMessage, onSettled: () => void) {
    this.subject = waiting.subject;
    this.data = waiting.data;
    this.headers = waiting.headers;
    this.sequence = waiting.sequence;
    this.#onSettled = onSettled;
  }

  get kind(): BusMessage['kind'] {
    return messageKind(this.headers);
  }

  get traceparent(): string | undefined {
    return this.headers.get(headerNames.traceparent);
  }

  ack(): void {
    this.#onSettled?.();
    this.#onSettled = undefined;
  }

  /** It is in the lane until it is settled: there is nothing to claim, */
  working(): void {
    return;
  }

  /** and nothing to hand back. */
  retryLater(): void {
    return;
  }
}
