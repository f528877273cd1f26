import { readPage, type Transaction } from '../fdb/store.ts';
import type { FeedKeys } from '../keyspace.ts';

/** Partitions that have commits in the feed, in order: one read for each. */
export async function* listPartitions(tn: Transaction, feed: FeedKeys): AsyncGenerator<number> {
  for (let next = 0; ;) {
    const { rows } = await readPage(tn.snapshot(), feed.commitsFrom(next), { limit: 1 });
    const [first] = rows;
    if (first === undefined) return;
    const partition = feed.commitPartition(first[0]);
    yield partition;
    next = partition + 1;
  }
}
