import type { BatchRequest, ParkedFilter, Priority } from '../contract.ts';
import type { ErrorReport } from '../errors.ts';
import type { AppendLimits } from '../store/append.ts';
import type { WriteRequest, WriteResult } from '../store/outbox-store.ts';

/** What the thread is started with. */
export interface WorkerSettings {
  readonly file: string;
  readonly limits: AppendLimits;
}

/** An entry whose bytes stand in the group's one buffer: many small buffers would be copied with the pools they live in. */
export interface PackedEntry {
  readonly tenant: string;
  readonly project: string;
  readonly agentId: string;
  readonly priority: Priority;
  readonly sequence: 'by_outbox' | 'by_producer';
  readonly nowMs: number;
  /** Where its ids (16 bytes each) start; its events follow. */
  readonly offset: number;
  /** Bytes of each event. */
  readonly lengths: readonly number[];
}

export type PackedWrite =
  { readonly kind: 'append'; readonly entries: readonly PackedEntry[] } | Exclude<WriteRequest, { kind: 'append' }>;

export type Call =
  | { readonly kind: 'write'; readonly writes: readonly PackedWrite[]; readonly buffer: ArrayBuffer }
  | { readonly kind: 'read_batch'; readonly request: BatchRequest }
  | { readonly kind: 'pending' }
  | { readonly kind: 'stats'; readonly day: string }
  | { readonly kind: 'is_settled'; readonly project: number; readonly entry: number }
  | { readonly kind: 'next_sequence'; readonly tenant: string; readonly project: string; readonly agentId: string }
  | { readonly kind: 'parked'; readonly filter: ParkedFilter; readonly limit: number }
  | { readonly kind: 'parked_events'; readonly entry: number }
  | { readonly kind: 'reclaim' }
  | { readonly kind: 'lock' }
  | { readonly kind: 'unlock' }
  | { readonly kind: 'is_unlocked' }
  /** Says `changed` whenever another connection has written. */
  | { readonly kind: 'watch'; readonly isWanted: boolean }
  | { readonly kind: 'close' };

export interface CallMessage {
  readonly id: number;
  readonly call: Call;
}

export type Answer =
  | { readonly kind: 'opened' }
  | { readonly kind: 'not_opened'; readonly error: ErrorReport }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorReport }
  | { readonly kind: 'changed' };

export type { WriteResult };
