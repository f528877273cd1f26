import type { BranchName, ProjectId, TenantId } from './ids.ts';
import type { ProjectPath } from './paths.ts';
import type { EventId } from './uuid.ts';

/** In the order of the schema's enum numbers. */
export const agentRoles = [
  'UNSPECIFIED',
  'ORCHESTRATOR',
  'PLANNER',
  'CODER',
  'REVIEWER',
  'TESTER',
  'RESEARCHER',
  'OPERATOR',
  'HUMAN',
] as const;
export type AgentRole = (typeof agentRoles)[number];

export const changeActions = ['UNSPECIFIED', 'CREATE', 'UPDATE', 'DELETE', 'RENAME'] as const;
export type ChangeAction = (typeof changeActions)[number];

export const severities = ['UNSPECIFIED', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;
export type Severity = (typeof severities)[number];

/** Git's file modes. */
export const fileModes = { regular: 0o100644, executable: 0o100755, symlink: 0o120000, gitlink: 0o160000 } as const;

export interface Decision {
  readonly kind: 'decision';
  readonly title: string;
  readonly rationale: string;
  /** 0..1; absent when the agent did not say. */
  readonly confidenceScore?: number;
  readonly alternatives: readonly string[];
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

export type ChangeBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'content'; readonly content: Uint8Array }
  | { readonly kind: 'unified_diff'; readonly diff: string }
  /** 32 bytes. */
  | { readonly kind: 'content_sha256'; readonly sha256: Uint8Array };

export interface StateChange {
  readonly kind: 'state_change';
  readonly path: ProjectPath;
  readonly action: ChangeAction;
  readonly body: ChangeBody;
  /** One of `fileModes`; 0 means: keep the path's mode, or regular. */
  readonly mode: number;
  /** RENAME only. */
  readonly previousPath?: ProjectPath;
  /** 32 bytes; absent when the agent did not look. */
  readonly baseSha256?: Uint8Array;
  /** Set by the ledger once the content is in the content store; 0 before. */
  readonly contentBytes: number;
  /** A merge: event ids of the changes that this one joins, the older first. Absent when it is none. */
  readonly mergedEventIds?: readonly string[];
}

export interface SystemSignal {
  readonly kind: 'system_signal';
  readonly signal: string;
  readonly severity: Severity;
  readonly message: string;
  /** JSON text or empty. */
  readonly data: string;
}

export interface Conflict {
  readonly kind: 'conflict';
  readonly path: string;
  readonly eventId: string;
  readonly otherEventId: string;
  /** 32 bytes or empty. */
  readonly expectedSha256: Uint8Array;
  readonly actualSha256: Uint8Array;
  readonly reason: string;
}

export interface ContentChunk {
  readonly kind: 'content_chunk';
  /** 32 bytes: the hash of the whole content. */
  readonly sha256: Uint8Array;
  /** Bytes from the start of the whole. */
  readonly offset: number;
  readonly totalBytes: number;
  readonly data: Uint8Array;
}

export interface EncryptedPayload {
  readonly kind: 'encrypted';
  readonly bytes: Uint8Array;
}

export type Payload = Decision | StateChange | SystemSignal | Conflict | ContentChunk | EncryptedPayload;
export type PayloadKind = Payload['kind'];

/** One thing that an agent did, checked: every id, path and limit in it is legal. */
export interface SwarmEvent {
  readonly eventId: EventId;
  /** Producer's clock, Unix microseconds. */
  readonly timestampUs: number;
  /** 32 lower-case hex digits, or empty. */
  readonly traceId: string;
  /** 16 lower-case hex digits, or empty. */
  readonly spanId: string;
  readonly agentRole: AgentRole;
  readonly agentId: string;
  readonly tenant: TenantId;
  readonly project: ProjectId;
  readonly branch: BranchName;
  readonly userId: string;
  readonly parentEventId: string;
  /** Gap-free per agent from 1; 0 when not counted. */
  readonly sequence: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** The hub's clock minus the producer's, as the edge measured it when it sent the event. Absent: not measured. */
  readonly clockOffsetUs?: number;
  readonly payload: Payload;
}

/** Attribute that names the moment right after its event: the ledger writes the tag in the event's own transaction. */
export const tagAttribute = 'swarmledger.tag';
/** Attribute with the event id of a conflict: its event, a change or a decision to leave things as they are, settles it. */
export const resolvesAttribute = 'swarmledger.resolves';
