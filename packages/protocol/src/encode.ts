import { createHash } from 'node:crypto';
import { agentRoles, changeActions, severities, type Payload, type SwarmEvent } from './event.ts';
import { createPreservingReader, toBytes, wire, type WireChange, type WireEvent } from './wire.ts';

const microsecondsPerSecond = 1_000_000;

/** The event's bytes. It does not check: a SwarmEvent is legal by its type; what comes from outside goes through `decodeEvent`. */
export function encodeEvent(event: SwarmEvent): Uint8Array {
  const message: WireEvent = {
    eventId: event.eventId,
    timestamp: {
      seconds: Math.floor(event.timestampUs / microsecondsPerSecond),
      nanos: (event.timestampUs % microsecondsPerSecond) * 1_000,
    },
    agentRole: agentRoles.indexOf(event.agentRole),
    agentId: event.agentId,
    tenantId: event.tenant,
    projectId: event.project,
    branch: event.branch,
    attributes: event.attributes,
    ...(event.traceId === '' ? {} : { traceId: event.traceId }),
    ...(event.spanId === '' ? {} : { spanId: event.spanId }),
    ...(event.userId === '' ? {} : { userId: event.userId }),
    ...(event.parentEventId === '' ? {} : { parentEventId: event.parentEventId }),
    ...(event.sequence === 0 ? {} : { sequence: event.sequence }),
    ...(event.clockOffsetUs === undefined ? {} : { clockOffsetUs: event.clockOffsetUs }),
    ...encodePayload(event.payload),
  };
  return toBytes((writer) => wire.SwarmEvent.encode(message, writer));
}

/** Of the wire event, the payload's field alone. */
export function encodePayload(payload: Payload): WireEvent {
  switch (payload.kind) {
    case 'decision':
      return {
        decision: {
          title: payload.title,
          rationale: payload.rationale,
          alternatives: [...payload.alternatives],
          model: payload.model,
          inputTokens: payload.inputTokens,
          outputTokens: payload.outputTokens,
          costUsd: payload.costUsd,
          ...(payload.confidenceScore === undefined ? {} : { confidenceScore: payload.confidenceScore }),
        },
      };
    case 'state_change': {
      const change: WireChange = {
        targetResource: payload.path,
        action: changeActions.indexOf(payload.action),
        mode: payload.mode,
        ...(payload.previousPath === undefined ? {} : { previousPath: payload.previousPath }),
        ...(payload.baseSha256 === undefined ? {} : { baseSha256: payload.baseSha256 }),
        ...(payload.contentBytes === 0 ? {} : { contentBytes: payload.contentBytes }),
        ...(payload.mergedEventIds === undefined ? {} : { mergedEventIds: [...payload.mergedEventIds] }),
      };
      if (payload.body.kind === 'content') change.content = payload.body.content;
      if (payload.body.kind === 'unified_diff') change.unifiedDiff = payload.body.diff;
      if (payload.body.kind === 'content_sha256') change.contentSha256 = payload.body.sha256;
      return { stateChange: change };
    }
    case 'system_signal':
      return {
        systemSignal: {
          kind: payload.signal,
          severity: severities.indexOf(payload.severity),
          message: payload.message,
          data: payload.data,
        },
      };
    case 'conflict':
      return {
        conflict: {
          path: payload.path,
          eventId: payload.eventId,
          otherEventId: payload.otherEventId,
          expectedSha256: payload.expectedSha256,
          actualSha256: payload.actualSha256,
          reason: payload.reason,
        },
      };
    case 'content_chunk':
      return {
        contentChunk: {
          contentSha256: payload.sha256,
          offset: payload.offset,
          totalBytes: payload.totalBytes,
          data: payload.data,
        },
      };
    case 'encrypted':
      return { isEncrypted: true, encryptedPayload: payload.bytes };
    default:
      return payload satisfies never;
  }
}

export interface DetachedEvent {
  /** The event's bytes without the content, its hash and length in place of it; every other field as it came. */
  readonly raw: Uint8Array;
  /** A copy, never shared with the input. Absent when the event carries none inline. */
  readonly content?: { readonly sha256: Buffer; readonly bytes: Buffer };
}

/**
 * Takes the inline content of a state change, or the data of a content chunk, out of an event's bytes: content is stored once
 * per project, the event keeps its hash. Fields of newer schemas survive.
 */
export function detachContent(raw: Uint8Array): DetachedEvent {
  const message: WireEvent = wire.SwarmEvent.decode(createPreservingReader(raw));
  const change = message.stateChange;
  if (change?.content != null) {
    const bytes = Buffer.from(change.content);
    const sha256 = createHash('sha256').update(bytes).digest();
    change.content = null;
    change.contentSha256 = sha256;
    change.contentBytes = bytes.length;
    return { raw: toBytes((writer) => wire.SwarmEvent.encode(message, writer)), content: { sha256, bytes } };
  }
  if (message.contentChunk?.data != null) {
    message.contentChunk.data = null;
    return { raw: toBytes((writer) => wire.SwarmEvent.encode(message, writer)) };
  }
  return { raw };
}
