import { createHash } from 'node:crypto';
import type { PriorityName } from '@swarmledger/outbox';
import {
  fileModes,
  limits,
  parseProjectPath,
  ProtocolError,
  type ChangeBody,
  type ContentChunk,
  type Decision,
  type EventId,
  type Severity,
  type StateChange,
  type SystemSignal,
} from '@swarmledger/protocol';

/** What every record may say beside its own content. */
export interface EventInput {
  /** The event behind this one, such as the decision behind a change. */
  readonly parent?: string;
  /** When it happened; now by default. */
  readonly at?: Date;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Its id, for what may be recorded again and must be there once; a new one by default. */
  readonly eventId?: EventId;
  /** 16 lower-case hex digits; the connection's own span by default. */
  readonly spanId?: string;
}

export interface DecisionInput extends EventInput {
  readonly title: string;
  readonly rationale: string;
  /** 0..1 */
  readonly confidence?: number;
  readonly alternatives?: readonly string[];
  readonly model?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
}

export interface SignalInput extends EventInput {
  /** Such as `command`, `observation`, `crash`, `heartbeat`. */
  readonly kind: string;
  readonly message: string;
  /** `INFO` by default. */
  readonly severity?: Severity;
  /** Anything that JSON can hold. */
  readonly data?: unknown;
  /**
   * In durable mode: `critical` and `high` go before everything else of the project, `low` and `background` after it. Decisions and
   * changes are `normal` and keep their order. `normal` by default.
   */
  readonly priority?: PriorityName;
}

/** Text is UTF-8. */
export type ContentInput = string | Uint8Array;

interface AnyChange extends EventInput {
  /** Project-relative, `/`-separated. */
  readonly path: string;
  /** What the path is; unchanged, or a regular file, by default. */
  readonly mode?: keyof typeof fileModes;
  /** SHA-256 of the content that the agent saw before it changed it: 32 bytes or 64 hex digits. It is how conflicts are found. */
  readonly base?: string | Uint8Array;
  /** The changes that this one joins, such as the two sides of a conflict; by their event ids. */
  readonly merges?: readonly string[];
}

/** Exactly one of the whole new content, a unified diff on the current one, or the SHA-256 of content already sent. */
export type BodyInput =
  | { readonly content: ContentInput; readonly diff?: undefined; readonly contentSha256?: undefined }
  | { readonly diff: string; readonly content?: undefined; readonly contentSha256?: undefined }
  | { readonly contentSha256: string | Uint8Array; readonly content?: undefined; readonly diff?: undefined };

interface NoBody {
  readonly content?: undefined;
  readonly diff?: undefined;
  readonly contentSha256?: undefined;
}

export type ChangeInput =
  | (AnyChange & BodyInput & { readonly action: 'CREATE' })
  /** Without a body only the mode changes. */
  | (AnyChange & (BodyInput | NoBody) & { readonly action: 'UPDATE' })
  | (AnyChange & NoBody & { readonly action: 'DELETE' })
  | (AnyChange & (BodyInput | NoBody) & { readonly action: 'RENAME'; readonly previousPath: string });

export function buildDecision(input: DecisionInput): Decision {
  return {
    kind: 'decision',
    title: input.title,
    rationale: input.rationale,
    ...(input.confidence === undefined ? {} : { confidenceScore: input.confidence }),
    alternatives: input.alternatives ?? [],
    model: input.model ?? '',
    inputTokens: input.inputTokens ?? 0,
    outputTokens: input.outputTokens ?? 0,
    costUsd: input.costUsd ?? 0,
  };
}

export function buildSignal(input: SignalInput): SystemSignal {
  return {
    kind: 'system_signal',
    signal: input.kind,
    severity: input.severity ?? 'INFO',
    message: input.message,
    data: input.data === undefined ? '' : JSON.stringify(input.data),
  };
}

export interface BuiltChange {
  /** To be sent before the change; none when the content is short enough to travel with it. */
  readonly chunks: readonly ContentChunk[];
  readonly change: StateChange;
}

/** @throws ProtocolError */
export function buildChange(input: ChangeInput): BuiltChange {
  const content = input.content === undefined ? undefined : toBytes(input.content);
  const chunks = content !== undefined && content.length > limits.inlineContentBytesMax ? cutContent(content) : [];
  const [first] = chunks;
  const change: StateChange = {
    kind: 'state_change',
    path: parseProjectPath(input.path),
    action: input.action,
    body: first === undefined ? inlineBody(input, content) : { kind: 'content_sha256', sha256: first.sha256 },
    mode: input.mode === undefined ? 0 : fileModes[input.mode],
    ...(input.action === 'RENAME' ? { previousPath: parseProjectPath(input.previousPath) } : {}),
    ...(input.base === undefined ? {} : { baseSha256: toSha256(input.base, 'base') }),
    ...(input.merges === undefined || input.merges.length === 0 ? {} : { mergedEventIds: input.merges }),
    contentBytes: 0,
  };
  return { chunks, change };
}

function inlineBody(input: ChangeInput, content: Uint8Array | undefined): ChangeBody {
  if (content !== undefined) return { kind: 'content', content };
  if (input.diff !== undefined) return { kind: 'unified_diff', diff: input.diff };
  if (input.contentSha256 !== undefined) {
    return { kind: 'content_sha256', sha256: toSha256(input.contentSha256, 'contentSha256') };
  }
  return { kind: 'none' };
}

function cutContent(content: Uint8Array): ContentChunk[] {
  if (content.length > limits.contentBytesMax) {
    throw new ProtocolError(
      'content_too_large',
      `content of ${content.length} bytes exceeds ${limits.contentBytesMax}`,
    );
  }
  const sha256 = createHash('sha256').update(content).digest();
  const chunks: ContentChunk[] = [];
  for (let offset = 0; offset < content.length; offset += limits.contentChunkBytesMax) {
    const data = content.subarray(offset, offset + limits.contentChunkBytesMax);
    chunks.push({ kind: 'content_chunk', sha256, offset, totalBytes: content.length, data });
  }
  return chunks;
}

function toBytes(content: ContentInput): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}

function toSha256(hash: string | Uint8Array, field: string): Uint8Array {
  const bytes = typeof hash === 'string' && /^[0-9a-fA-F]{64}$/.test(hash) ? Buffer.from(hash, 'hex') : hash;
  if (typeof bytes === 'string' || bytes.length !== 32) {
    throw new ProtocolError('invalid_field', `${field} is not a SHA-256 of 32 bytes or 64 hex digits`);
  }
  return bytes;
}
