export { openOutbox, toDay } from './open-outbox.ts';
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
