import { createInbox, type Msg, type NatsConnection, type Subscription } from 'nats';
import { ingestorConsumer, partitionStream } from '@swarmledger/protocol';
import { PermanentError, TransientError, type Logger } from '@swarmledger/runtime';
import { AckWriter } from './ack-writer.ts';
import type { BusMessage, PartitionConsumer, PullOptions } from './contract.ts';
import { flushWithin } from './flush-within.ts';
import { busLimits } from './limits.ts';
import { DeliveredMessage } from './message.ts';

const nanosPerMs = 1_000_000;
/** A new request is made when this share of the prefetch is used up. */
const lowWater = 0.5;

/** One standing pull request. */
interface Request {
  readonly subscription: Subscription;
  messagesLeft: number;
  lastHeardMs: number;
}

/**
 * Pulls one partition with a request that stands at the server, so that messages come without a round trip each. The prefetch is
 * bounded by the request's `batch` and `max_bytes`; the next request is made when half of it is used up. A request that the
 * server does not confirm with heartbeats is dead (a reconnect loses it silently) and is made anew.
 */
export class JetStreamPartitionConsumer implements PartitionConsumer {
  readonly #connection: NatsConnection;
  readonly #acks: AckWriter;
  readonly #partition: number;
  readonly #restart: () => Promise<void>;
  readonly #log: Logger;
  #queue: DeliveredMessage[] = [];
  #queuedBytes = 0;
  #request: Request | undefined;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #nextDelivery = 1;
  #isClosed = false;

  /** @param options.restart makes the consumer begin at the oldest message that is not acknowledged; it just has */
  constructor(
    connection: NatsConnection,
    partition: number,
    options: { readonly restart: () => Promise<void>; readonly log: Logger },
  ) {
    this.#connection = connection;
    this.#acks = new AckWriter(connection);
    this.#partition = partition;
    this.#restart = options.restart;
    this.#log = options.log;
  }

  async pull(options: PullOptions): Promise<readonly BusMessage[]> {
    const deadlineMs = performance.now() + options.waitMs;
    for (;;) {
      options.signal.throwIfAborted();
      if (this.#isClosed) throw new TransientError('closed', `partition ${this.#partition} is closed`);
      if (this.#connection.isClosed()) {
        throw new PermanentError('connection_closed', 'the connection to NATS was closed for good');
      }
      this.#fill();
      if (this.#queue.length > 0) return this.#take(options);
      if (this.#failure !== undefined) {
        const failure = this.#failure;
        this.#failure = undefined;
        throw failure;
      }
      const remainingMs = deadlineMs - performance.now();
      if (remainingMs <= 0) return [];
      await this.#wait(Math.min(remainingMs, busLimits.pullHeartbeatMs), options.signal);
    }
  }

  working(): void {
    for (const message of this.#queue) message.working();
  }

  async resubscribe(): Promise<void> {
    this.#end();
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#failure = undefined;
    this.#acks.flush();
    await this.#restart();
    this.#nextDelivery = 1;
    this.#log.warn('subscription renewed', { partition: this.#partition });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#end();
    this.#handBack();
    this.#acks.flush();
    this.#wake?.();
    if (!this.#connection.isClosed()) await flushWithin(this.#connection, busLimits.lastWordsMs);
  }

  #take(options: PullOptions): readonly BusMessage[] {
    let count = 0;
    let bytes = 0;
    for (const message of this.#queue) {
      if (count >= options.maxMessages || (count > 0 && bytes + message.data.length > options.maxBytes)) break;
      count += 1;
      bytes += message.data.length;
    }
    const taken = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    this.#queuedBytes -= bytes;
    this.#fill();
    return taken;
  }

  /** Makes a request when none stands and there is room. */
  #fill(): void {
    const request = this.#request;
    if (request !== undefined && performance.now() - request.lastHeardMs > 2 * busLimits.pullHeartbeatMs) {
      this.#log.warn('pull request is dead, asking again', { partition: this.#partition });
      this.#end();
    }
    if (this.#request !== undefined || this.#isClosed || this.#connection.isClosed()) return;
    const messages = busLimits.prefetchMessages - this.#queue.length;
    const bytes = busLimits.prefetchBytes - this.#queuedBytes;
    if (messages < busLimits.prefetchMessages * lowWater || bytes < busLimits.prefetchBytes * lowWater) return;
    this.#ask(messages, bytes);
  }

  #ask(messages: number, bytes: number): void {
    const inbox = createInbox();
    const subscription = this.#connection.subscribe(inbox, {
      callback: (error, message) => {
        if (this.#request !== request) return;
        if (error === null) this.#receive(request, message);
        else this.#fail(new TransientError('stream_unavailable', error.message, { cause: error }));
      },
    });
    const request: Request = { subscription, messagesLeft: messages, lastHeardMs: performance.now() };
    this.#request = request;
    const stream = partitionStream(this.#partition);
    const body = {
      batch: messages,
      max_bytes: bytes,
      expires: busLimits.pullExpiresMs * nanosPerMs,
      idle_heartbeat: busLimits.pullHeartbeatMs * nanosPerMs,
    };
    this.#connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${ingestorConsumer}`, JSON.stringify(body), {
      reply: inbox,
    });
  }

  #receive(request: Request, message: Msg): void {
    request.lastHeardMs = performance.now();
    const reply = message.reply;
    if (reply !== undefined && reply.startsWith('$JS.ACK.')) {
      this.#enqueue(new DeliveredMessage(this.#acks, message, reply));
      request.messagesLeft -= 1;
      if (request.messagesLeft <= 0) this.#end();
      this.#wake?.();
      return;
    }
    this.#receiveStatus(message);
  }

  /** In the order of delivery, without a gap: what was lost with a connection must not be overtaken. */
  #enqueue(message: DeliveredMessage): void {
    if (message.delivery !== this.#nextDelivery) {
      const lost = `deliveries ${this.#nextDelivery} to ${message.delivery - 1} of partition ${this.#partition} were lost`;
      this.#fail(new TransientError('deliveries_lost', `${lost}: open it again`));
      return;
    }
    this.#nextDelivery += 1;
    this.#queue.push(message);
    this.#queuedBytes += message.data.length;
  }

  /** https://docs.nats.io/reference/reference-protocols/nats_api_reference: 100 heartbeat, 404/408/409 the request's end. */
  #receiveStatus(message: Msg): void {
    const status = message.headers?.code ?? 0;
    const description = message.headers?.description ?? '';
    if (status === 100) return;
    this.#end();
    const isOrdinaryEnd =
      status === 404 ||
      status === 408 ||
      (status === 409 && /exceeds maxbytes|batch completed|leadership|shutdown/i.test(description));
    if (/consumer deleted/i.test(description)) {
      const by = `partition ${this.#partition} was opened by another owner`;
      this.#fail(new TransientError('consumer_replaced', by));
    } else if (!isOrdinaryEnd) {
      const why = status === 503 ? 'it does not exist, or JetStream is not ready' : `${status} ${description}`;
      this.#fail(
        new TransientError('stream_unavailable', `cannot pull from ${partitionStream(this.#partition)}: ${why}`),
      );
    }
    this.#wake?.();
  }

  #fail(error: Error): void {
    this.#end();
    this.#failure = error;
    this.#wake?.();
  }

  #end(): void {
    this.#request?.subscription.unsubscribe();
    this.#request = undefined;
  }

  #handBack(): void {
    for (const message of this.#queue.splice(0)) message.retryLater(0);
    this.#queuedBytes = 0;
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
    });
  }
}
