import type { ProjectId, TenantId } from '@swarmledger/protocol';
import type { Logger } from '@swarmledger/runtime';
import type { Feed } from './feed.ts';
import type { ProjectHistory } from './history.ts';
import type { Partitions } from './partitions.ts';
import type { Tenants } from './tenants.ts';

export type LedgerConnection =
  /** A SQLite file on this machine; several processes may have it open. */
  | { readonly kind: 'embedded'; readonly file: string }
  /** A FoundationDB cluster; needs the FoundationDB client library. */
  | { readonly kind: 'cluster'; readonly clusterFile: string };

export interface LedgerOptions {
  readonly connection: LedgerConnection;
  /** The directory above everything of the ledger, `['swarmledger']` by default: tests run side by side in one cluster. */
  readonly root?: readonly string[];
  readonly log?: Logger;
  /** The hub's clock, Unix milliseconds; `Date.now` by default. */
  readonly clock?: () => number;
}

/** The truth about every project: what was appended, in order. One object per process is enough; it is safe to share. */
export interface Ledger extends AsyncDisposable {
  readonly tenants: Tenants;
  readonly partitions: Partitions;
  readonly feed: Feed;
  /** The read side of one project, which can reach nothing of any other. @throws PermanentError unknown_tenant, unknown_project */
  project(tenant: TenantId, project: ProjectId): Promise<ProjectHistory>;
  /** Idempotent. */
  close(): Promise<void>;
}
