import { ProtocolError } from './errors.ts';
import { toBytes, wire } from './wire.ts';

/** Value of a history key. */
export interface HistoryRecord {
  /** The event's bytes with its content detached; empty when they are in the content store. */
  readonly event: Uint8Array;
  /** Hub's clock at commit, Unix milliseconds. */
  readonly commitTimeMs: number;
  /** 32 bytes when the event's bytes are in the content store. */
  readonly overflowSha256?: Uint8Array;
}

/** Value of a path-index key. */
export interface PathRecord {
  /** False: a tombstone. */
  readonly exists: boolean;
  /** 32 bytes, empty for a tombstone. */
  readonly contentSha256: Uint8Array;
  readonly contentBytes: number;
  readonly mode: number;
  readonly eventId: string;
  /** Empty when the change named no decision. */
  readonly parentEventId: string;
}

/** A run of history keys that one commit wrote. */
export interface FeedSpan {
  readonly tenant: string;
  readonly project: string;
  readonly branch: string;
  /** Orders inside the transaction, both included. */
  readonly firstOrder: number;
  readonly lastOrder: number;
}

export interface FeedRecord {
  readonly spans: readonly FeedSpan[];
  readonly commitTimeMs: number;
  readonly events: number;
  readonly bytes: number;
}

export function encodeHistoryRecord(record: HistoryRecord): Buffer {
  const { event, commitTimeMs, overflowSha256 } = record;
  const message = { event, commitTimeMs, ...(overflowSha256 === undefined ? {} : { overflowSha256 }) };
  return toBuffer(toBytes((writer) => wire.HistoryRecord.encode(message, writer)));
}

/** @throws ProtocolError undecodable */
export function decodeHistoryRecord(value: Uint8Array): HistoryRecord {
  const record = decode('HistoryRecord', () => wire.HistoryRecord.decode(value));
  return {
    event: record.event,
    commitTimeMs: Number(record.commitTimeMs),
    ...(record.overflowSha256.length === 0 ? {} : { overflowSha256: record.overflowSha256 }),
  };
}

export function encodePathRecord(record: PathRecord): Buffer {
  return toBuffer(toBytes((writer) => wire.PathRecord.encode(record, writer)));
}

/** @throws ProtocolError undecodable */
export function decodePathRecord(value: Uint8Array): PathRecord {
  const record = decode('PathRecord', () => wire.PathRecord.decode(value));
  return {
    exists: record.exists,
    contentSha256: record.contentSha256,
    contentBytes: Number(record.contentBytes),
    mode: record.mode,
    eventId: record.eventId,
    parentEventId: record.parentEventId,
  };
}

export function encodeFeedRecord(record: FeedRecord): Buffer {
  const spans = record.spans.map((span) => ({
    tenantId: span.tenant,
    projectId: span.project,
    branch: span.branch,
    firstOrder: span.firstOrder,
    lastOrder: span.lastOrder,
  }));
  return toBuffer(toBytes((writer) => wire.FeedRecord.encode({ ...record, spans }, writer)));
}

/** @throws ProtocolError undecodable */
export function decodeFeedRecord(value: Uint8Array): FeedRecord {
  const record = decode('FeedRecord', () => wire.FeedRecord.decode(value));
  return {
    spans: record.spans.map((span) => ({
      tenant: span.tenantId ?? '',
      project: span.projectId ?? '',
      branch: span.branch ?? '',
      firstOrder: span.firstOrder ?? 0,
      lastOrder: span.lastOrder ?? 0,
    })),
    commitTimeMs: Number(record.commitTimeMs),
    events: record.events,
    bytes: Number(record.bytes),
  };
}

function decode<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ProtocolError('undecodable', `stored bytes are not a ${name}`, { cause });
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
