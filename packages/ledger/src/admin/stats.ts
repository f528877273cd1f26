import type { ProjectId, TenantId } from '@swarmledger/protocol';
import { mainBranch } from '@swarmledger/protocol';
import type { ProjectPlace } from '../directories.ts';
import type { FeedProgress } from '../feed.ts';
import { readProgress } from '../feed/read-progress.ts';
import type { TransactOptions } from '../fdb/store.ts';
import { readIdentity, type LedgerIdentity } from '../identity.ts';
import { allOf } from '../keyspace.ts';
import { decodeBranchRecord } from '../lineage.ts';
import { readHead } from '../read/heads.ts';
import { readPages } from '../read/pages.ts';
import { withPlace, type LedgerAddress, type LedgerPlace } from './open-place.ts';

export interface ProjectStats {
  readonly tenant: TenantId;
  readonly project: ProjectId;
  readonly branches: number;
  /** The ledger's own conflict events included. */
  readonly events: number;
  /** Keys and values, as the database estimates them: a cluster is within 3 MB or so. */
  readonly bytes: number;
  /** Hub's clock, Unix milliseconds; absent when nothing was committed. */
  readonly lastCommitTimeMs?: number;
}

export interface LedgerStats {
  readonly identity: LedgerIdentity;
  readonly tenants: number;
  readonly projects: number;
  readonly branches: number;
  readonly events: number;
  readonly bytes: number;
  readonly feed: FeedProgress;
}

export interface StatsOptions extends TransactOptions {
  /** Called for each project, in order of tenant and project. */
  readonly onProject?: (project: ProjectStats) => void;
}

/** What the ledger holds: one short read for each branch, whatever its history. */
export function readLedgerStats(address: LedgerAddress, options: StatsOptions = {}): Promise<LedgerStats> {
  return withPlace(address, async (place) => {
    const { store, directories } = place;
    const sums = { tenants: 0, projects: 0, branches: 0, events: 0, bytes: 0 };
    for await (const tenant of directories.tenants(options.signal)) {
      sums.tenants += 1;
      for await (const project of directories.projects(tenant, options.signal)) {
        const opened = await directories.findProject(tenant, project);
        // Deleted in the meantime.
        if (opened === undefined) continue;
        const stats = await readProject(place, opened, options);
        sums.projects += 1;
        sums.branches += stats.branches;
        sums.events += stats.events;
        sums.bytes += stats.bytes;
        options.onProject?.(stats);
      }
    }
    const identity = await store.read((tn) => readIdentity(tn, directories.identity), options);
    return { identity, ...sums, feed: await readProgress(store, directories.feed, options) };
  });
}

async function readProject(
  { store }: LedgerPlace,
  place: ProjectPlace,
  options: TransactOptions,
): Promise<ProjectStats> {
  const { tenant, project, keys, prefix } = place;
  const names = [mainBranch];
  for await (const rows of readPages(store, keys.branchRecords(), options)) {
    for (const [key, value] of rows) names.push(decodeBranchRecord(keys.branchName(key), value).branch.name);
  }
  let events = 0;
  let lastCommitTimeMs = -1;
  for (const name of names) {
    const head = await store.read((tn) => readHead(tn, keys.branch(name)), options);
    events += head?.events ?? 0;
    lastCommitTimeMs = Math.max(lastCommitTimeMs, head?.commitTimeMs ?? -1);
  }
  const { begin, end } = allOf(prefix);
  const bytes = await store.read((tn) => tn.getEstimatedRangeSizeBytes(begin, end), options);
  const last = lastCommitTimeMs < 0 ? {} : { lastCommitTimeMs };
  return { tenant, project, branches: names.length, events, bytes, ...last };
}
