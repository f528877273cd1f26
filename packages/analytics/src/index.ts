export { openAnalytics } from './open-analytics.ts';
export type {
  Analytics,
  AnalyticsOptions,
  AnalyticsRow,
  InsertGroup,
  ProjectCount,
  QueryOptions,
  QueryResult,
} from './contract.ts';
export { analyticsLimits } from './limits.ts';
export { encodeRow, insertColumns } from './encode-row.ts';
export { startAnalyticsServer, type AnalyticsServer, type AnalyticsServerOptions } from './endpoint/start.ts';
export { createTenantLogin, type TenantLogin } from './endpoint/tenant-users.ts';
export { describeReader, describeReaderAccess, describeReaderRemoval } from './server/access-sql.ts';
export { openReaderLogins, type ReaderLogins } from './server/reader-logins.ts';
