import { decodeEvent, type EventScope } from './decode.ts';
import { decodeEnvelope } from './encrypted-payload.ts';
import { ProtocolError } from './errors.ts';
import { agentRoles, changeActions, severities, type Payload, type SwarmEvent } from './event.ts';
import { createEventId } from './uuid.ts';
import { wire, type WireEvent } from './wire.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The payload as `{ "decision": { … } }`, keys as in the schema: what `JSONExtractString(payload_json, 'decision',
 * 'rationale')` reads. Content bytes are left out, hashes are hex.
 */
export function payloadToJson(payload: Payload): JsonObject {
  switch (payload.kind) {
    case 'decision':
      return {
        decision: {
          title: payload.title,
          rationale: payload.rationale,
          ...(payload.confidenceScore === undefined ? {} : { confidence_score: payload.confidenceScore }),
          alternatives: payload.alternatives,
          model: payload.model,
          input_tokens: payload.inputTokens,
          output_tokens: payload.outputTokens,
          cost_usd: payload.costUsd,
        },
      };
    case 'state_change':
      return {
        state_change: {
          target_resource: payload.path,
          action: payload.action,
          mode: payload.mode.toString(8).padStart(6, '0'),
          ...(payload.previousPath === undefined ? {} : { previous_path: payload.previousPath }),
          ...(payload.baseSha256 === undefined ? {} : { base_sha256: toHex(payload.baseSha256) }),
          ...(payload.body.kind === 'unified_diff' ? { unified_diff: payload.body.diff } : {}),
          ...(payload.body.kind === 'content_sha256' ? { content_sha256: toHex(payload.body.sha256) } : {}),
          content_bytes: payload.body.kind === 'content' ? payload.body.content.length : payload.contentBytes,
          ...(payload.mergedEventIds === undefined ? {} : { merged_event_ids: payload.mergedEventIds }),
        },
      };
    case 'system_signal':
      return {
        system_signal: {
          kind: payload.signal,
          severity: payload.severity,
          message: payload.message,
          ...(payload.data === '' ? {} : { data: JSON.parse(payload.data) as unknown }),
        },
      };
    case 'conflict':
      return {
        conflict: {
          path: payload.path,
          event_id: payload.eventId,
          other_event_id: payload.otherEventId,
          expected_sha256: toHex(payload.expectedSha256),
          actual_sha256: toHex(payload.actualSha256),
          reason: payload.reason,
        },
      };
    case 'content_chunk':
      return {
        content_chunk: {
          content_sha256: toHex(payload.sha256),
          offset: payload.offset,
          total_bytes: payload.totalBytes,
        },
      };
    case 'encrypted': {
      const keyId = decodeEnvelope(payload.bytes)?.keyId;
      const key = keyId === undefined ? {} : { key_id: keyId };
      return { encrypted_payload: { bytes: payload.bytes.length, ...key } };
    }
    default:
      return payload satisfies never;
  }
}

/** The whole event as JSON, keys as in the schema; times as ISO 8601 with microseconds. `eventFromJson` reads it back. */
export function eventToJson(event: SwarmEvent): JsonObject {
  return {
    event_id: event.eventId,
    timestamp: formatTimestampUs(event.timestampUs),
    tenant_id: event.tenant,
    project_id: event.project,
    branch: event.branch,
    agent_id: event.agentId,
    agent_role: event.agentRole,
    ...(event.traceId === '' ? {} : { trace_id: event.traceId }),
    ...(event.spanId === '' ? {} : { span_id: event.spanId }),
    ...(event.userId === '' ? {} : { user_id: event.userId }),
    ...(event.parentEventId === '' ? {} : { parent_event_id: event.parentEventId }),
    ...(event.sequence === 0 ? {} : { sequence: event.sequence }),
    ...(Object.keys(event.attributes).length === 0 ? {} : { attributes: event.attributes }),
    ...(event.clockOffsetUs === undefined ? {} : { clock_offset_us: event.clockOffsetUs }),
    ...payloadToJson(event.payload),
  };
}

/** Unix microseconds as `2026-11-21T05:32:18.123456Z`. */
export function formatTimestampUs(us: number): string {
  const iso = new Date(Math.floor(us / 1_000)).toISOString();
  return `${iso.slice(0, -1)}${String(us % 1_000).padStart(3, '0')}Z`;
}

/**
 * An event from a JSON object with the schema's keys, as one line of `swarmledger emit` has it. `event_id` and `timestamp` may
 * be absent (new, now); tenant and project come from `scope` and must not differ. A state change's `content` is UTF-8 text, or
 * `content_base64`.
 *
 * @throws ProtocolError naming the field
 */
export function eventFromJson(json: unknown, scope: EventScope, nowMs: number = Date.now()): SwarmEvent {
  if (!isObject(json)) throw new ProtocolError('undecodable', 'an event is a JSON object');
  const known = new Set<string>([...plainKeys, ...payloadKeys]);
  const stranger = Object.keys(json).find((key) => !known.has(key));
  if (stranger !== undefined)
    throw new ProtocolError('invalid_field', `event has an unknown field ${JSON.stringify(stranger)}`);
  const message: WireEvent = {
    eventId: text(json, 'event_id') || createEventId(nowMs),
    timestamp: readTimestamp(json['timestamp'], nowMs),
    tenantId: text(json, 'tenant_id') || scope.tenant,
    projectId: text(json, 'project_id') || scope.project,
    branch: text(json, 'branch'),
    agentId: text(json, 'agent_id'),
    agentRole: oneOf(agentRoles, text(json, 'agent_role'), 'agent_role'),
    traceId: text(json, 'trace_id'),
    spanId: text(json, 'span_id'),
    userId: text(json, 'user_id'),
    parentEventId: text(json, 'parent_event_id'),
    sequence: count(json, 'sequence'),
    attributes: readAttributes(json['attributes']),
    ...readClockOffset(json['clock_offset_us']),
  };
  const payloads = payloadKeys.filter((key) => json[key] !== undefined);
  if (payloads.length !== 1) {
    throw new ProtocolError(
      'missing_payload',
      `an event has exactly one of ${payloadKeys.join(', ')}, this one has ${payloads.length}`,
    );
  }
  if (json['decision'] !== undefined) message.decision = readDecision(object(json, 'decision'));
  if (json['state_change'] !== undefined) message.stateChange = readChange(object(json, 'state_change'));
  if (json['system_signal'] !== undefined) message.systemSignal = readSignal(object(json, 'system_signal'));
  return decodeEvent(wire.SwarmEvent.encode(message).finish(), scope);
}

const payloadKeys = ['decision', 'state_change', 'system_signal'] as const;
const plainKeys = [
  'event_id',
  'timestamp',
  'tenant_id',
  'project_id',
  'branch',
  'agent_id',
  'agent_role',
  'trace_id',
  'span_id',
  'user_id',
  'parent_event_id',
  'sequence',
  'attributes',
  'clock_offset_us',
] as const;

function readDecision(json: JsonObject): NonNullable<WireEvent['decision']> {
  const score = json['confidence_score'];
  if (score !== undefined && typeof score !== 'number') throw wrong('confidence_score', 'a number');
  const cost = json['cost_usd'] ?? 0;
  if (typeof cost !== 'number') throw wrong('cost_usd', 'a number');
  return {
    title: text(json, 'title'),
    rationale: text(json, 'rationale'),
    ...(score === undefined ? {} : { confidenceScore: score }),
    alternatives: texts(json, 'alternatives'),
    model: text(json, 'model'),
    inputTokens: count(json, 'input_tokens'),
    outputTokens: count(json, 'output_tokens'),
    costUsd: cost,
  };
}

function readChange(json: JsonObject): NonNullable<WireEvent['stateChange']> {
  const change: NonNullable<WireEvent['stateChange']> = {
    targetResource: text(json, 'target_resource'),
    action: oneOf(changeActions, text(json, 'action'), 'action'),
    mode: readMode(json['mode']),
    previousPath: text(json, 'previous_path'),
    baseSha256: Buffer.from(text(json, 'base_sha256'), 'hex'),
    mergedEventIds: texts(json, 'merged_event_ids'),
  };
  const bodies = ['content', 'content_base64', 'unified_diff', 'content_sha256'].filter(
    (key) => json[key] !== undefined,
  );
  if (bodies.length > 1)
    throw new ProtocolError('invalid_field', `a state change has one of ${bodies.join(', ')}, not several`);
  if (json['content'] !== undefined) change.content = Buffer.from(text(json, 'content'), 'utf8');
  if (json['content_base64'] !== undefined) change.content = Buffer.from(text(json, 'content_base64'), 'base64');
  if (json['unified_diff'] !== undefined) change.unifiedDiff = text(json, 'unified_diff');
  if (json['content_sha256'] !== undefined) change.contentSha256 = Buffer.from(text(json, 'content_sha256'), 'hex');
  return change;
}

function readMode(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value !== 'string' || !/^[0-7]{1,7}$/.test(value))
    throw wrong('mode', 'octal digits in quotes, such as "100755"');
  return parseInt(value, 8);
}

function readSignal(json: JsonObject): NonNullable<WireEvent['systemSignal']> {
  return {
    kind: text(json, 'kind'),
    severity: oneOf(severities, text(json, 'severity'), 'severity'),
    message: text(json, 'message'),
    data: json['data'] === undefined ? '' : JSON.stringify(json['data']),
  };
}

function readTimestamp(value: unknown, nowMs: number): { seconds: number; nanos: number } {
  if (value === undefined) return { seconds: Math.floor(nowMs / 1_000), nanos: (nowMs % 1_000) * 1e6 };
  const ms = typeof value === 'number' ? value : Date.parse(typeof value === 'string' ? value : '');
  if (!Number.isFinite(ms))
    throw new ProtocolError('invalid_timestamp', 'timestamp is neither ISO 8601 nor Unix milliseconds');
  // Date.parse drops what is finer than a millisecond.
  const fraction = typeof value === 'string' ? /\.\d{3}(\d{1,6})/.exec(value)?.[1] : undefined;
  const extraNanos = fraction === undefined ? 0 : Number(fraction.padEnd(6, '0'));
  return { seconds: Math.floor(ms / 1_000), nanos: Math.floor(ms % 1_000) * 1e6 + extraNanos };
}

function readClockOffset(value: unknown): { clockOffsetUs?: number } {
  if (value === undefined) return {};
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong('clock_offset_us', 'a whole number');
  return { clockOffsetUs: value };
}

function readAttributes(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value)) throw wrong('attributes', 'an object of texts');
  const entries = Object.entries(value).map(([key, item]) => {
    if (typeof item !== 'string') throw wrong(`attributes.${key}`, 'a text');
    return [key, item] as const;
  });
  return Object.fromEntries(entries);
}

function oneOf(names: readonly string[], value: string, field: string): number {
  if (value === '') return 0;
  const index = names.indexOf(value.toUpperCase());
  if (index < 0) throw wrong(field, `one of ${names.slice(1).join(', ')}`);
  return index;
}

function text(json: JsonObject, field: string): string {
  const value = json[field] ?? '';
  if (typeof value !== 'string') throw wrong(field, 'a text');
  return value;
}

function texts(json: JsonObject, field: string): string[] {
  const value: unknown = json[field] ?? [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw wrong(field, 'a list of texts');
  return value;
}

function count(json: JsonObject, field: string): number {
  const value = json[field] ?? 0;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw wrong(field, 'a whole number');
  return value;
}

function object(json: JsonObject, field: string): JsonObject {
  const value = json[field];
  if (!isObject(value)) throw wrong(field, 'an object');
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(field: string, expected: string): ProtocolError {
  return new ProtocolError('invalid_field', `${field} is not ${expected}`);
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
