import { decodeFeedRecord } from '@swarmledger/protocol';
import { feedLimits, type FeedProgress, type PartitionProgress } from '../feed.ts';
import type { Store, TransactOptions } from '../fdb/store.ts';
import type { FeedKeys } from '../keyspace.ts';
import { readPages } from '../read/pages.ts';
import { decodeStored } from '../values.ts';
import { decodeGroup } from './group-record.ts';
import { listPartitions } from './list-partitions.ts';

const pageRecords = 1_000;

/** Counts what is pending, up to `feedLimits.progressCommitsMax` per partition. */
export async function readProgress(store: Store, feed: FeedKeys, options: TransactOptions): Promise<FeedProgress> {
  const { paused, pending } = await store.read(async (tn) => {
    const numbers: number[] = [];
    for await (const partition of listPartitions(tn, feed)) numbers.push(partition);
    return { paused: (await tn.get(feed.paused)) !== undefined, pending: numbers };
  }, options);
  const counted = await Promise.all(pending.map((partition) => countPartition(store, feed, partition, options)));
  const partitions = counted.map(({ progress }) => progress);
  const times = partitions.flatMap(({ oldestCommitTimeMs }) => oldestCommitTimeMs ?? []);
  return {
    paused,
    pendingCommits: partitions.reduce((sum, { pendingCommits }) => sum + pendingCommits, 0),
    pendingRows: partitions.reduce((sum, { pendingRows }) => sum + pendingRows, 0),
    more: counted.some(({ more }) => more),
    ...(times.length === 0 ? {} : { oldestCommitTimeMs: times.reduce((a, b) => Math.min(a, b)) }),
    partitions,
  };
}

async function countPartition(
  store: Store,
  feed: FeedKeys,
  partition: number,
  options: TransactOptions,
): Promise<{ readonly progress: PartitionProgress; readonly more: boolean }> {
  let pendingCommits = 0;
  let pendingRows = 0;
  let oldestCommitTimeMs: number | undefined;
  let more = false;
  const range = feed.commits(partition).range();
  for await (const rows of readPages(store, range, { ...options, limit: pageRecords })) {
    for (const [, value] of rows) {
      const record = decodeStored('feed record', () => decodeFeedRecord(value));
      pendingCommits += 1;
      pendingRows += record.events;
      oldestCommitTimeMs ??= record.commitTimeMs;
    }
    more = pendingCommits >= feedLimits.progressCommitsMax;
    if (more) break;
  }
  const group = await store.read((tn) => tn.get(feed.group(partition)), options);
  const progress: PartitionProgress = {
    partition,
    pendingCommits,
    pendingRows,
    ...(oldestCommitTimeMs === undefined ? {} : { oldestCommitTimeMs }),
    ...(group === undefined ? {} : { groupId: decodeGroup(partition, group).id }),
  };
  return { progress, more };
}
