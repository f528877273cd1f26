export { openOutbox } from './open-outbox.ts';
export { outboxLimits } from './limits.ts';
export {
  priorities,
  type Appended,
  type BatchRequest,
  type DayUsage,
  type EntryInput,
  type EntryProblem,
  type EntryRef,
  type Outbox,
  type OutboxOptions,
  type OutboxStats,
  type OutgoingBatch,
  type ParkedEntry,
  type ParkedFilter,
  type PendingProject,
  type Priority,
  type PriorityDepth,
  type PriorityName,
  type ReadBatch,
  type SentUsage,
  type SyncLock,
} from './contract.ts';
export { openSyncer } from './syncer/open-syncer.ts';
export { defaultSyncPolicy, resolveSyncPolicy } from './syncer/policy.ts';
export { readSyncStatus } from './syncer/status-file.ts';
export type {
  AcceptedBatch,
  Confirmation,
  DrainOutcome,
  HeldProject,
  Syncer,
  SyncerOptions,
  SyncPolicy,
  SyncProblem,
  SyncState,
  SyncStatus,
  Uplink,
  UplinkState,
} from './syncer/contract.ts';
