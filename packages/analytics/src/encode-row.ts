import { payloadToJson, type Payload } from '@swarmledger/protocol';
import type { AnalyticsRow, RowPages } from './contract.ts';

const microsecondsPerSecond = 1_000_000;
/** Rows that are text at the same time: a rebuild's group as one text is tens of megabytes, and holds the event loop up for its encoding. */
const rowsPerPiece = 250;

/** Columns that an insert names; `raw_proto` is made from `raw_proto_base64`, as JSON cannot carry arbitrary bytes. */
export const insertColumns = [
  'tenant_id',
  'project_id',
  'branch',
  'version',
  'event_id',
  'event_time',
  'commit_time',
  'trace_id',
  'span_id',
  'parent_event_id',
  'agent_id',
  'agent_role',
  'user_id',
  'sequence',
  'event_type',
  'title',
  'confidence_score',
  'model',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'target_resource',
  'action',
  'content_sha256',
  'content_bytes',
  'severity',
  'attributes',
  'payload_json',
  'raw_proto_base64',
  'feed_group',
] as const;

export interface EncodedRows {
  readonly rows: number;
  readonly pieces: readonly Buffer[];
}

/** The rows of a group in JSONCompactEachRow, in small pieces: what is decoded lives no longer than its page. */
export async function encodeRows(pages: RowPages, feedGroup: string): Promise<EncodedRows> {
  const pieces: Buffer[] = [];
  let rows = 0;
  for await (const page of pages) {
    for (let at = 0; at < page.length; at += rowsPerPiece) {
      const piece = page.slice(at, at + rowsPerPiece).map((row) => `${encodeRow(row, feedGroup)}\n`);
      pieces.push(Buffer.from(piece.join('')));
    }
    rows += page.length;
  }
  return { rows, pieces };
}

/** One row in JSONCompactEachRow, in the order of `insertColumns`. */
export function encodeRow(row: AnalyticsRow, feedGroup: string): string {
  const { event } = row;
  const details = describe(event.payload);
  return JSON.stringify([
    row.tenant,
    row.project,
    row.branch,
    row.version,
    event.eventId,
    formatSeconds(event.timestampUs, microsecondsPerSecond, 6),
    formatSeconds(row.commitTimeMs, 1_000, 3),
    event.traceId,
    event.spanId,
    event.parentEventId,
    event.agentId,
    event.agentRole,
    event.userId,
    event.sequence,
    event.payload.kind,
    details.title,
    details.confidenceScore,
    details.model,
    details.inputTokens,
    details.outputTokens,
    details.costUsd,
    details.path,
    details.action,
    details.contentSha256,
    details.contentBytes,
    details.severity,
    event.attributes,
    JSON.stringify(payloadToJson(event.payload)),
    Buffer.from(row.raw.buffer, row.raw.byteOffset, row.raw.byteLength).toString('base64'),
    feedGroup,
  ]);
}

interface Details {
  readonly title: string;
  readonly confidenceScore: number | null;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly path: string;
  readonly action: string;
  readonly contentSha256: string;
  readonly contentBytes: number;
  readonly severity: string;
}

const nothing: Details = {
  title: '',
  confidenceScore: null,
  model: '',
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  path: '',
  action: '',
  contentSha256: '',
  contentBytes: 0,
  severity: '',
};

function describe(payload: Payload): Details {
  switch (payload.kind) {
    case 'decision': {
      const { title, model, inputTokens, outputTokens, costUsd } = payload;
      const confidenceScore = payload.confidenceScore ?? null;
      return { ...nothing, title, confidenceScore, model, inputTokens, outputTokens, costUsd };
    }
    case 'state_change': {
      const contentSha256 =
        payload.body.kind === 'content_sha256' ? Buffer.from(payload.body.sha256).toString('hex') : '';
      return {
        ...nothing,
        path: payload.path,
        action: payload.action,
        contentSha256,
        contentBytes: payload.contentBytes,
      };
    }
    case 'system_signal':
      return { ...nothing, title: payload.signal, severity: payload.severity };
    case 'conflict':
      return { ...nothing, path: payload.path };
    case 'content_chunk':
      return {
        ...nothing,
        contentSha256: Buffer.from(payload.sha256).toString('hex'),
        contentBytes: payload.totalBytes,
      };
    case 'encrypted':
      return nothing;
    default:
      return payload satisfies never;
  }
}

/** Unix time as `seconds.fraction`, which ClickHouse reads without a loss. */
function formatSeconds(time: number, perSecond: number, digits: number): string {
  return `${Math.floor(time / perSecond)}.${String(time % perSecond).padStart(digits, '0')}`;
}
