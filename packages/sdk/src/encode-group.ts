import type { PriorityName } from '@swarmledger/outbox';
import { decodeEvent, encodeEvent, limits, type EventScope, type SwarmEvent } from '@swarmledger/protocol';
import { formatTraceparent, PermanentError } from '@swarmledger/runtime';
import { messageBytes, type EncodedEvent } from './message-queue.ts';

export interface EventGroup {
  readonly events: readonly SwarmEvent[];
  /**
   * `true`: the events may be spread over messages, and share one with other such groups; only their order is kept. By default
   * they are one message, committed all or nothing.
   */
  readonly splittable?: boolean;
  /** In an outbox: what may overtake what. Only system signals have another one than `normal`. */
  readonly priority?: PriorityName;
}

/** @throws ProtocolError what the hub would refuse each event for; PermanentError group_too_large, empty_group */
export function encodeGroup(group: EventGroup, scope: EventScope): readonly EncodedEvent[] {
  if (group.events.length === 0) throw new PermanentError('empty_group', 'a group needs at least one event');
  const events = group.events.map((event) => encodeChecked(event, scope));
  if (group.splittable !== true) assertFitsOneMessage(events);
  else for (const event of events) assertFitsOneMessage([event]);
  return events;
}

function encodeChecked(event: SwarmEvent, scope: EventScope): EncodedEvent {
  const raw = encodeEvent(event);
  decodeEvent(raw, scope);
  const traceparent =
    event.traceId === '' || event.spanId === ''
      ? undefined
      : formatTraceparent({ traceId: event.traceId, spanId: event.spanId });
  return { eventId: event.eventId, raw, traceparent };
}

function assertFitsOneMessage(events: readonly EncodedEvent[]): void {
  const bytes = messageBytes(events);
  if (events.length <= limits.batchEventsMax && bytes <= limits.messageBytesMax) return;
  throw new PermanentError(
    'group_too_large',
    `${events.length} event(s) of ${bytes} bytes do not fit one message (${limits.batchEventsMax} events, ` +
      `${limits.messageBytesMax} bytes): mark the group splittable, or send its content ahead in chunks`,
  );
}
