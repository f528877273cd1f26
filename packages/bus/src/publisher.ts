import { headers as createHeaders, type JetStreamClient } from 'nats';
import {
  batchContent,
  encodeBatch,
  encodeEvent,
  eventsSubject,
  headerNames,
  type EventId,
  type EventScope,
  type SwarmEvent,
} from '@swarmledger/protocol';
import type { EventPublisher, PublishAck, PublishContext } from './contract.ts';
import { translateError } from './errors.ts';
import { busLimits } from './limits.ts';

/** Says what an asynchronous permission error would otherwise hide behind a timeout. */
export interface PermissionErrors {
  take(subject: string): Error | undefined;
}

export class JetStreamPublisher implements EventPublisher {
  readonly #jetStream: JetStreamClient;
  readonly #permissions: PermissionErrors;
  readonly #waiting: (() => void)[] = [];
  #inFlight = 0;

  constructor(jetStream: JetStreamClient, permissions: PermissionErrors) {
    this.#jetStream = jetStream;
    this.#permissions = permissions;
  }

  publishEvent(event: SwarmEvent, context: PublishContext = {}): Promise<PublishAck> {
    const headers = describe(event.eventId, context);
    return this.publishRaw(eventsSubject(event.tenant, event.project), encodeEvent(event), headers);
  }

  async publishBatch(
    batchId: EventId,
    events: readonly Uint8Array[],
    scope: EventScope,
    context: PublishContext = {},
  ): Promise<PublishAck> {
    const headers = describe(batchId, context).set(headerNames.content, batchContent);
    const data = encodeBatch(batchId, events, { compress: false });
    return this.publishRaw(eventsSubject(scope.tenant, scope.project), data, headers);
  }

  async publishRaw(
    subject: string,
    data: Uint8Array,
    headers: ReadonlyMap<string, string> = new Map(),
  ): Promise<PublishAck> {
    const natsHeaders = createHeaders();
    for (const [name, value] of headers) natsHeaders.set(name, value);
    await this.#enter();
    try {
      const ack = await this.#jetStream.publish(subject, data, {
        headers: natsHeaders,
        timeout: busLimits.publishTimeoutMs,
      });
      return { stream: ack.stream, sequence: ack.seq, duplicate: ack.duplicate };
    } catch (error) {
      const denied = this.#permissions.take(subject);
      throw translateError(denied ?? error, `publish to ${subject}`);
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#inFlight < busLimits.publishesInFlightMax) {
      this.#inFlight += 1;
      return;
    }
    // The place is handed over by #leave.
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inFlight -= 1;
    else next();
  }
}

function describe(id: EventId, context: PublishContext): Map<string, string> {
  const headers = new Map<string, string>([[headerNames.messageId, id]]);
  if (context.traceparent !== undefined) headers.set(headerNames.traceparent, context.traceparent);
  return headers;
}
