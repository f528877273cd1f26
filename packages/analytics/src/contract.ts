import type { BranchName, ProjectId, SwarmEvent, TenantId, Version } from '@swarmledger/protocol';
import type { Logger, Secret } from '@swarmledger/runtime';

export interface AnalyticsOptions {
  /** Of ClickHouse's HTTP interface, or of the embedded engine's. */
  readonly url: string;
  /** `swarmledger` by default. */
  readonly database?: string;
  /** Where names without a database are looked up; ClickHouse's `default` when absent. It has to be there already. */
  readonly startIn?: string;
  readonly username: string;
  readonly password: Secret;
  readonly log?: Logger;
}

/** One event on its way to ClickHouse. */
export interface AnalyticsRow {
  readonly tenant: TenantId;
  readonly project: ProjectId;
  readonly branch: BranchName;
  readonly version: Version;
  /** Hub's clock, Unix milliseconds. */
  readonly commitTimeMs: number;
  readonly event: SwarmEvent;
  /** The event's bytes, content detached. */
  readonly raw: Uint8Array;
}

/** Rows that are inserted together, in pages: a page is decoded as a whole. */
export type RowPages = AsyncIterable<readonly AnalyticsRow[]> | Iterable<readonly AnalyticsRow[]>;

/** Rows that are inserted together, exactly once: one calendar month, at most `analyticsLimits.groupRowsMax` rows. */
export interface InsertGroup {
  /** The deduplication token. */
  readonly id: string;
  /** It was given out before: the rows may be there already. */
  readonly recovered: boolean;
}

export interface ProjectCount {
  readonly tenant: string;
  readonly project: string;
  readonly branch: string;
  readonly rows: number;
}

export interface QueryOptions {
  /** Values of `{name:Type}`. */
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly signal?: AbortSignal;
}

export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The analytics copy: it can be dropped and rebuilt from the ledger. */
export interface Analytics extends AsyncDisposable {
  /** Applies what is missing; returns the names of what it applied. @throws TransientError, PermanentError */
  migrate(): Promise<readonly string[]>;
  /** Never throws. */
  ping(): Promise<boolean>;
  /** @returns how many rows it has. @throws TransientError analytics_unavailable and others; PermanentError analytics_refused; what `pages` throws */
  insertGroup(group: InsertGroup, pages: RowPages): Promise<number>;
  countByProject(): Promise<readonly ProjectCount[]>;
  /** Removes a tenant's rows. @returns how many there were */
  removeTenant(tenant: TenantId): Promise<number>;
  /** Removes every row: the first step of a rebuild. */
  truncate(): Promise<void>;
  /** Runs one SELECT. @throws PermanentError sql_failed with ClickHouse's sentence */
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  /** Runs one SELECT and hands its output through in a format of ClickHouse's, such as `JSONEachRow`. */
  queryText(sql: string, format: string, options?: QueryOptions): Promise<string>;
  close(): Promise<void>;
}
