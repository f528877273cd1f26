export { openLedger } from './open-ledger.ts';
export { parseLedgerConnection, readLedgerConnection } from './connection.ts';
export { copyLedger, type CopyOptions, type CopyReport } from './admin/copy-ledger.ts';
export type { LedgerAddress } from './admin/open-place.ts';
export { promoteLedger, unsealLedger } from './admin/seal.ts';
export { readLedgerStats, type LedgerStats, type ProjectStats } from './admin/stats.ts';
export { verifyLedger, type VerifyOptions, type VerifyReport } from './admin/verify/verify-ledger.ts';
export type { Problem, VerifyCounts } from './admin/verify/findings.ts';
export type { LedgerIdentity, LedgerState } from './identity.ts';
export { applyUnifiedDiff, type BaseKnowledge } from './append/apply-diff.ts';
export { conflictReasons, type ConflictReason } from './append/conflict-event.ts';
export type { Ledger, LedgerConnection, LedgerOptions } from './ledger.ts';
export {
  plans,
  type Plan,
  type TenantDocument,
  type TenantDocuments,
  type TenantProfile,
  type TenantRecord,
  type Tenants,
  type TenantUsage,
} from './tenants.ts';
export { planQuotas, quotaOf, unlimitedQuota, type Quota, type QuotaRule } from './quotas.ts';
export {
  appendLimits,
  type AppendedEvent,
  type AppendMessage,
  type AppendResult,
  type Lease,
  type Partitions,
  type Writer,
} from './partitions.ts';
export type {
  Branch,
  BranchPoint,
  ContentRef,
  EventRange,
  Head,
  PathChange,
  ProjectHistory,
  ReadOptions,
  StoredEvent,
  Tag,
  TreeEntry,
  TreeReadOptions,
  WatchOptions,
  Why,
} from './history.ts';
export {
  feedLimits,
  type BranchCount,
  type Feed,
  type FeedGroup,
  type FeedProgress,
  type FeedReader,
  type FeedRow,
  type FeedSlice,
  type GroupLimits,
  type PartitionProgress,
} from './feed.ts';
