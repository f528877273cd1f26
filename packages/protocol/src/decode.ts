import { ProtocolError } from './errors.ts';
import {
  agentRoles,
  changeActions,
  fileModes,
  severities,
  tagAttribute,
  type ChangeBody,
  type Payload,
  type StateChange,
  type SwarmEvent,
} from './event.ts';
import {
  parseBranchName,
  parseProjectId,
  parseTagName,
  parseTenantId,
  quote,
  type ProjectId,
  type TenantId,
} from './ids.ts';
import { limits } from './limits.ts';
import { parseProjectPath } from './paths.ts';
import { isUuid, parseEventId } from './uuid.ts';
import { wire, type WireChange, type WireEvent } from './wire.ts';

const sha256Bytes = 32;
const tracePattern = /^[0-9a-f]{32}$/;
const spanPattern = /^[0-9a-f]{16}$/;
const knownModes: ReadonlySet<number> = new Set([0, ...Object.values(fileModes)]);
const microsecondsPerSecond = 1_000_000;

/** What the subject says; an event must say the same. */
export interface EventScope {
  readonly tenant: TenantId;
  readonly project: ProjectId;
}

/**
 * Decodes one SwarmEvent and checks everything about it that needs no ledger. `bytes` fields share memory with `raw`.
 *
 * @param scope when given, the tenant and project that the event must name
 * @throws ProtocolError with the first thing that is wrong
 */
export function decodeEvent(raw: Uint8Array, scope?: EventScope): SwarmEvent {
  return checkEvent(readWire(raw), 'received', scope);
}

/**
 * Decodes an event as `detachContent` left it: a content chunk has no data, and no clock is asked, as it was when the event
 * was received.
 *
 * @throws ProtocolError
 */
export function decodeStoredEvent(raw: Uint8Array): SwarmEvent {
  return checkEvent(readWire(raw), 'stored');
}

/** The payload of bytes that are an event's payload alone. @throws ProtocolError */
export function decodePayload(raw: Uint8Array, eventId: string): Payload {
  return readPayload(readWire(raw), eventId, 'received');
}

/** A stored event was checked when it was received; since then its content was taken out and time went by. */
type EventOrigin = 'received' | 'stored';

function readWire(raw: Uint8Array): WireEvent {
  try {
    return wire.SwarmEvent.decode(raw);
  } catch (cause) {
    throw new ProtocolError('undecodable', `${raw.length} bytes are not a SwarmEvent`, { cause });
  }
}

function checkEvent(message: WireEvent, origin: EventOrigin, scope?: EventScope): SwarmEvent {
  const eventId = parseEventId(message.eventId ?? '');
  // The subject's names were checked with it.
  const isItsTenant = scope !== undefined && message.tenantId === scope.tenant;
  const isItsProject = scope !== undefined && message.projectId === scope.project;
  const tenant = isItsTenant ? scope.tenant : parseTenantId(message.tenantId ?? '');
  const project = isItsProject ? scope.project : parseProjectId(message.projectId ?? '');
  if (scope !== undefined && tenant !== scope.tenant) {
    throw new ProtocolError('tenant_mismatch', `event ${eventId} names tenant ${tenant}, its subject ${scope.tenant}`);
  }
  if (scope !== undefined && project !== scope.project) {
    throw new ProtocolError(
      'project_mismatch',
      `event ${eventId} names project ${project}, its subject ${scope.project}`,
    );
  }
  const field = (name: string, problem: string): ProtocolError =>
    new ProtocolError('invalid_field', `event ${eventId}: ${name} ${problem}`);
  const agentId = message.agentId ?? '';
  if (agentId === '') throw field('agent_id', 'is missing');
  if (Buffer.byteLength(agentId) > limits.agentIdBytesMax)
    throw field('agent_id', `exceeds ${limits.agentIdBytesMax} bytes`);
  const userId = message.userId ?? '';
  if (Buffer.byteLength(userId) > limits.userIdBytesMax)
    throw field('user_id', `exceeds ${limits.userIdBytesMax} bytes`);
  const traceId = message.traceId ?? '';
  if (traceId !== '' && !tracePattern.test(traceId)) throw field('trace_id', 'is not 32 lower-case hex digits');
  const spanId = message.spanId ?? '';
  if (spanId !== '' && !spanPattern.test(spanId)) throw field('span_id', 'is not 16 lower-case hex digits');
  const parentEventId = message.parentEventId ?? '';
  if (parentEventId !== '' && !isUuid(parentEventId)) throw field('parent_event_id', 'is not a UUID');
  const sequence = toCount(message.sequence);
  if (sequence === undefined) throw field('sequence', 'exceeds 2^53');
  return {
    eventId,
    timestampUs: readTimestamp(message, eventId, origin),
    traceId,
    spanId,
    agentRole: agentRoles[message.agentRole ?? 0] ?? 'UNSPECIFIED',
    agentId,
    tenant,
    project,
    branch: parseBranchName(message.branch ?? ''),
    userId,
    parentEventId,
    sequence,
    attributes: readAttributes(message, eventId),
    ...readClockOffset(message),
    payload: readEventPayload(message, eventId, origin),
  };
}

function readTimestamp(message: WireEvent, eventId: string, origin: EventOrigin): number {
  const seconds = Number(message.timestamp?.seconds ?? 0);
  const nanos = message.timestamp?.nanos ?? 0;
  const us = seconds * microsecondsPerSecond + Math.floor(nanos / 1_000);
  const wellFormed = message.timestamp != null && Number.isSafeInteger(us) && nanos >= 0 && nanos < 1e9 && us > 0;
  if (!wellFormed) throw new ProtocolError('invalid_timestamp', `event ${eventId} has no valid timestamp after 1970`);
  if (origin === 'received' && us / 1_000 > Date.now() + limits.clockAheadMsMax) {
    throw new ProtocolError('invalid_timestamp', `event ${eventId} is dated more than two days ahead of the hub`);
  }
  return us;
}

/** An offset that is no number of ours is left out: it explains an event, it does not make it illegal. */
function readClockOffset(message: WireEvent): { readonly clockOffsetUs?: number } {
  if (message.clockOffsetUs == null) return {};
  const clockOffsetUs = Number(message.clockOffsetUs);
  return Number.isSafeInteger(clockOffsetUs) ? { clockOffsetUs } : {};
}

function readAttributes(message: WireEvent, eventId: string): Readonly<Record<string, string>> {
  const attributes = message.attributes;
  if (attributes == null) return {};
  const entries = Object.entries(attributes);
  if (entries.length > limits.attributesMax) {
    throw new ProtocolError('invalid_field', `event ${eventId} has more than ${limits.attributesMax} attributes`);
  }
  for (const [key, value] of entries) {
    if (
      Buffer.byteLength(key) > limits.attributeKeyBytesMax ||
      Buffer.byteLength(value) > limits.attributeValueBytesMax
    ) {
      throw new ProtocolError('invalid_field', `event ${eventId}: attribute ${quote(key)} is too long`);
    }
  }
  const tag = attributes[tagAttribute];
  if (tag !== undefined) parseTagName(tag);
  return attributes;
}

/** Whoever says that it is encrypted must not have sent it in the clear. */
function readEventPayload(message: WireEvent, eventId: string, origin: EventOrigin): Payload {
  const payload = readPayload(message, eventId, origin);
  if (origin === 'received' && message.isEncrypted === true && payload.kind !== 'encrypted')
    throw new ProtocolError('invalid_field', `event ${eventId}: is_encrypted, and its payload is in the clear`);
  return payload;
}

function readPayload(message: WireEvent, eventId: string, origin: EventOrigin): Payload {
  const fail = (problem: string): ProtocolError => new ProtocolError('invalid_field', `event ${eventId}: ${problem}`);
  if (message.decision != null) {
    const decision = message.decision;
    const score = decision.confidenceScore;
    if (score != null && !(score >= 0 && score <= 1)) throw fail('confidence_score is not within 0..1');
    const inputTokens = toCount(decision.inputTokens);
    const outputTokens = toCount(decision.outputTokens);
    const costUsd = decision.costUsd ?? 0;
    if (inputTokens === undefined || outputTokens === undefined) throw fail('token counts exceed 2^53');
    if (!Number.isFinite(costUsd) || costUsd < 0) throw fail('cost_usd is not a positive amount');
    return {
      kind: 'decision',
      title: decision.title ?? '',
      rationale: decision.rationale ?? '',
      ...(score == null ? {} : { confidenceScore: score }),
      alternatives: decision.alternatives ?? [],
      model: decision.model ?? '',
      inputTokens,
      outputTokens,
      costUsd,
    };
  }
  if (message.stateChange != null) return readChange(message.stateChange, eventId);
  if (message.systemSignal != null) {
    const signal = message.systemSignal;
    const data = signal.data ?? '';
    if (data !== '' && !isJson(data)) throw fail('signal data is not JSON');
    return {
      kind: 'system_signal',
      signal: signal.kind ?? '',
      severity: severities[signal.severity ?? 0] ?? 'UNSPECIFIED',
      message: signal.message ?? '',
      data,
    };
  }
  if (message.conflict != null) {
    const conflict = message.conflict;
    return {
      kind: 'conflict',
      path: conflict.path ?? '',
      eventId: conflict.eventId ?? '',
      otherEventId: conflict.otherEventId ?? '',
      expectedSha256: conflict.expectedSha256 ?? new Uint8Array(),
      actualSha256: conflict.actualSha256 ?? new Uint8Array(),
      reason: conflict.reason ?? '',
    };
  }
  if (message.contentChunk != null) {
    const { contentSha256 } = message.contentChunk;
    const data = message.contentChunk.data ?? new Uint8Array();
    const offset = toCount(message.contentChunk.offset);
    const totalBytes = toCount(message.contentChunk.totalBytes);
    if (contentSha256?.length !== sha256Bytes) throw fail('content_sha256 is not 32 bytes');
    if (origin === 'received' && data.length === 0) throw fail('content chunk has no data');
    if (data.length > limits.contentChunkBytesMax || totalBytes === undefined || totalBytes > limits.contentBytesMax) {
      throw new ProtocolError(
        'content_too_large',
        `event ${eventId}: content exceeds ${limits.contentBytesMax} bytes or its chunk ${limits.contentChunkBytesMax}`,
      );
    }
    const aligned = offset !== undefined && offset % limits.contentChunkBytesMax === 0;
    const end = (offset ?? 0) + data.length;
    const isWhole = origin === 'stored' || end === totalBytes || data.length === limits.contentChunkBytesMax;
    if (!aligned || end > totalBytes || !isWhole) {
      throw fail(`content chunk is not a whole ${limits.contentChunkBytesMax}-byte slice of its content`);
    }
    return { kind: 'content_chunk', sha256: contentSha256, offset, totalBytes, data };
  }
  if (message.encryptedPayload != null) {
    if (message.isEncrypted !== true) throw fail('encrypted_payload without is_encrypted');
    return { kind: 'encrypted', bytes: message.encryptedPayload };
  }
  throw new ProtocolError('missing_payload', `event ${eventId} has no payload that this version knows`);
}

function readChange(change: WireChange, eventId: string): StateChange {
  const fail = (problem: string): ProtocolError => new ProtocolError('invalid_field', `event ${eventId}: ${problem}`);
  const path = parseProjectPath(change.targetResource ?? '');
  const action = changeActions[change.action ?? 0] ?? 'UNSPECIFIED';
  if (action === 'UNSPECIFIED') throw fail('action is missing or unknown');
  const mode = change.mode ?? 0;
  if (!knownModes.has(mode)) throw fail(`mode ${mode.toString(8)} is not one of Git's`);
  const body = readBody(change, eventId);
  if (action === 'DELETE' && body.kind !== 'none') throw fail('a DELETE carries content');
  if (action === 'CREATE' && body.kind === 'none') throw fail('a CREATE carries no content');
  if ((action === 'RENAME') !== Boolean(change.previousPath))
    throw fail('previous_path goes with RENAME, and only with it');
  const base = change.baseSha256;
  if (base != null && base.length !== 0 && base.length !== sha256Bytes) throw fail('base_sha256 is not 32 bytes');
  const contentBytes = toCount(change.contentBytes);
  if (contentBytes === undefined) throw fail('content_bytes exceeds 2^53');
  const merged = change.mergedEventIds ?? [];
  if (merged.length > limits.mergedEventsMax) throw fail(`merged_event_ids names more than ${limits.mergedEventsMax}`);
  if (!merged.every(isUuid)) throw fail('merged_event_ids has what is not a UUID');
  return {
    kind: 'state_change',
    path,
    action,
    body,
    mode,
    ...(change.previousPath ? { previousPath: parseProjectPath(change.previousPath) } : {}),
    ...(base != null && base.length === sha256Bytes ? { baseSha256: base } : {}),
    contentBytes,
    ...(merged.length === 0 ? {} : { mergedEventIds: merged }),
  };
}

function readBody(change: WireChange, eventId: string): ChangeBody {
  if (change.content != null) {
    if (change.content.length > limits.inlineContentBytesMax) {
      throw new ProtocolError(
        'content_too_large',
        `event ${eventId}: inline content exceeds ${limits.inlineContentBytesMax} bytes; send content chunks`,
      );
    }
    return { kind: 'content', content: change.content };
  }
  if (change.unifiedDiff != null) return { kind: 'unified_diff', diff: change.unifiedDiff };
  if (change.contentSha256 != null) {
    if (change.contentSha256.length !== sha256Bytes) {
      throw new ProtocolError('invalid_field', `event ${eventId}: content_sha256 is not 32 bytes`);
    }
    return { kind: 'content_sha256', sha256: change.contentSha256 };
  }
  return { kind: 'none' };
}

// A 64-bit field decodes to a number that may have lost digits; then it is not one of ours.
function toCount(value: unknown): number | undefined {
  const count = Number(value ?? 0);
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
