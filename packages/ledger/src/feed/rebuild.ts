import { mainBranch, versionFromBytes, type Version } from '@swarmledger/protocol';
import { sleep } from '@swarmledger/runtime';
import type { Directories, ProjectPlace } from '../directories.ts';
import type { BranchCount, FeedRow } from '../feed.ts';
import { readPage, type Store, type Transaction, type TransactOptions } from '../fdb/store.ts';
import type { BranchKeys } from '../keyspace.ts';
import { decodeBranchRecord } from '../lineage.ts';
import { readHead } from '../read/heads.ts';
import { readPages } from '../read/pages.ts';
import { loadStoredEvent } from '../read/stored-events.ts';
import { listPartitions } from './list-partitions.ts';

/** A feeder that is alive completes its group within this, or ClickHouse is down. */
const drainMsDefault = 10_000;
const drainPollMs = 50;
/** Partitions whose groups are looked at. */
const groupsMax = 10_000;

/** Stops the feeders and drops what `allHistory` will give. */
export async function pauseFeed(
  store: Store,
  { feed }: Directories,
  options: TransactOptions & { readonly drainMs?: number },
): Promise<{ readonly upTo: Version }> {
  await store.transact(async (tn) => tn.set(feed.paused, Buffer.from('paused')), options);
  const deadlineMs = performance.now() + (options.drainMs ?? drainMsDefault);
  const countGroups = async (tn: Transaction): Promise<number> =>
    (await readPage(tn, feed.groups(), { limit: groupsMax })).rows.length;
  // A watch for each group would be more machinery than this moment, once in a long while, is worth.
  while ((await store.read(countGroups, options)) > 0 && performance.now() < deadlineMs) {
    await sleep(drainPollMs, options.signal);
  }
  return store.transact(async (tn) => {
    const upTo = lastReadableVersion(feed.incarnation, await tn.getReadVersion());
    const groups = feed.groups();
    tn.clearRange(groups.begin, groups.end);
    for await (const partition of listPartitions(tn, feed)) {
      const range = feed.commits(partition).range({ until: upTo });
      tn.clearRange(range.begin, range.end);
    }
    return { upTo };
  }, options);
}

/** Every version that a transaction with this read version can see is at most this one; every later commit is above it. */
export function lastReadableVersion(incarnation: number, readVersion: Buffer): Version {
  const bytes = Buffer.alloc(14, 0xff);
  bytes.writeUInt16BE(incarnation, 0);
  readVersion.copy(bytes, 2, 0, 8);
  return versionFromBytes(bytes);
}

export async function* readAllHistory(
  store: Store,
  directories: Directories,
  upTo: Version,
  options: TransactOptions,
): AsyncGenerator<FeedRow> {
  for await (const { place, branch } of listBranches(store, directories, options)) {
    const { tenant, project, keys } = place;
    const { history, name } = branch;
    for await (const rows of readPages(store, history.range({ until: upTo }), options)) {
      for (const [key, value] of rows) {
        const stored = await loadStoredEvent(store, keys, history.version(key), value, options);
        yield { tenant, project, branch: name, ...stored };
      }
    }
  }
}

export async function* countBranches(
  store: Store,
  directories: Directories,
  options: TransactOptions,
): AsyncGenerator<BranchCount> {
  for await (const { place, branch } of listBranches(store, directories, options)) {
    const head = await store.read((tn) => readHead(tn, branch), options);
    if (head === undefined) continue;
    yield { tenant: place.tenant, project: place.project, branch: branch.name, events: head.events };
  }
}

async function* listBranches(
  store: Store,
  directories: Directories,
  options: TransactOptions,
): AsyncGenerator<{ readonly place: ProjectPlace; readonly branch: BranchKeys }> {
  for await (const tenant of directories.tenants(options.signal)) {
    for await (const project of directories.projects(tenant, options.signal)) {
      const place = await directories.findProject(tenant, project);
      // Deleted in the meantime.
      if (place === undefined) continue;
      const { keys } = place;
      yield { place, branch: keys.branch(mainBranch) };
      for await (const rows of readPages(store, keys.branchRecords(), options)) {
        for (const [key, value] of rows) {
          yield { place, branch: keys.branch(decodeBranchRecord(keys.branchName(key), value).branch.name) };
        }
      }
    }
  }
}
