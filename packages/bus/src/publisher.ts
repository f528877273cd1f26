import { headers as createHeaders, type MsgHdrs, type NatsConnection } from 'nats';
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
import { TransientError } from '@swarmledger/runtime';
import type { ConnectionWatch } from './connection-watch.ts';
import type { EventPublisher, PublishAck, PublishContext } from './contract.ts';
import { translateApiError, translateError } from './errors.ts';
import { InFlightGate } from './in-flight-gate.ts';
import { busLimits } from './limits.ts';
import { PublishAcks, type PublishReply } from './publish-acks.ts';

export class JetStreamPublisher implements EventPublisher {
  readonly #watch: ConnectionWatch;
  readonly #acks: PublishAcks;
  readonly #gate = new InFlightGate({
    countMax: busLimits.publishesInFlightMax,
    bytesMax: busLimits.publishBytesInFlightMax,
  });
  #isClosed = false;

  constructor(connection: NatsConnection, watch: ConnectionWatch, inboxPrefix?: string) {
    this.#watch = watch;
    this.#acks = new PublishAcks(connection, busLimits.publishTimeoutMs, inboxPrefix);
    watch.listen({
      onLost: () => this.#acks.failAll(),
      onPublishDenied: (subject) => this.#acks.failDenied(subject),
    });
  }

  async publishEvent(event: SwarmEvent, context: PublishContext = {}): Promise<PublishAck> {
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
    const { stream, seq, duplicate, error } = await this.request(subject, data, headers);
    if (error !== undefined) throw translateApiError(error, `publish to ${subject}`);
    if (stream === undefined || seq === undefined) {
      throw new TransientError('bus_failed', `cannot publish to ${subject}: what answered is not JetStream`);
    }
    return { stream, sequence: seq, duplicate: duplicate === true };
  }

  /** Like `publishRaw`, with JetStream's own answer, which names the stream also when it refuses. */
  async request(subject: string, data: Uint8Array, headers: ReadonlyMap<string, string>): Promise<PublishReply> {
    const natsHeaders = encodeHeaders(subject, headers);
    await this.#gate.enter(data.length);
    try {
      // A closing connection would take it and lose it, and one that is lost would only hold it until its next attempt.
      if (this.#isClosed || !(await this.#watch.untilConnected(busLimits.publishTimeoutMs))) {
        throw new TransientError('disconnected', `cannot publish to ${subject}: there is no connection to NATS`);
      }
      return await this.#acks.publish({ subject, data, headers: natsHeaders });
    } finally {
      this.#gate.leave(data.length);
    }
  }

  /** Takes nothing more, and resolves when everything in flight is settled. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#gate.whenIdle();
  }
}

function encodeHeaders(subject: string, headers: ReadonlyMap<string, string>): MsgHdrs {
  const encoded = createHeaders();
  try {
    for (const [name, value] of headers) encoded.set(name, value);
  } catch (error) {
    throw translateError(error, `publish to ${subject}`);
  }
  return encoded;
}

function describe(id: EventId, context: PublishContext): Map<string, string> {
  const headers = new Map<string, string>([[headerNames.messageId, id]]);
  if (context.traceparent !== undefined) headers.set(headerNames.traceparent, context.traceparent);
  return headers;
}
