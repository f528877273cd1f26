import type { Directories } from '../directories.ts';
import type { FeedGroup, FeedReader, FeedRow, GroupLimits } from '../feed.ts';
import type { Store, Transaction } from '../fdb/store.ts';
import { waitForChange } from '../fdb/watch.ts';
import type { ReadOptions, WatchOptions } from '../history.ts';
import { assertWritable } from '../identity.ts';
import { decodeGroup, encodeGroup, type GroupRecord } from './group-record.ts';
import { planGroup } from './plan-group.ts';
import { readGroup } from './read-group.ts';

/** A value as the feeder saw it when it last looked at the partition. */
interface Seen {
  readonly news: Buffer | undefined;
  readonly paused: Buffer | undefined;
}

export class FdbFeedReader implements FeedReader {
  readonly #store: Store;
  readonly #directories: Directories;
  readonly #seen = new Map<number, Seen>();

  constructor(store: Store, directories: Directories) {
    this.#store = store;
    this.#directories = directories;
  }

  async nextGroup(partitions: readonly number[], limits: GroupLimits): Promise<FeedGroup | undefined> {
    const { feed } = this.#directories;
    /** Groups that attempts of this call wrote: one whose commit was not answered is not a recovered one. */
    const written = new Set<string>();
    return this.#store.transact(async (tn) => {
      const [paused, news, values] = await Promise.all([
        tn.get(feed.paused),
        Promise.all(partitions.map((partition) => tn.snapshot().get(feed.news(partition)))),
        Promise.all(partitions.map((partition) => tn.get(feed.group(partition)))),
      ]);
      for (const [index, partition] of partitions.entries()) this.#seen.set(partition, { paused, news: news[index] });
      if (paused !== undefined) return undefined;
      // A feeder that went on while the ledger is copied would give the same commits out under two ids.
      await assertWritable(tn, this.#directories.identity, this.#directories.incarnation);
      for (const [index, partition] of partitions.entries()) {
        const value = values[index];
        if (value === undefined) continue;
        const group = decodeGroup(partition, value);
        const recovered = !written.has(group.id);
        if (recovered && group.given === 'once') this.#write(tn, { ...group, given: 'again' });
        return toFeedGroup(group, { recovered, left: partitions });
      }
      // Commits come in all the time, behind the group: they must not make this transaction fail.
      const plan = await planGroup(tn.snapshot(), feed, partitions, limits);
      if (plan === undefined) return undefined;
      const { group, left } = plan;
      written.add(group.id);
      this.#write(tn, group);
      return toFeedGroup(group, { recovered: false, left });
    });
  }

  rows(group: FeedGroup, options: ReadOptions = {}): AsyncGenerator<readonly FeedRow[]> {
    return readGroup(this.#store, this.#directories, group, options);
  }

  complete(group: FeedGroup): Promise<void> {
    const { feed } = this.#directories;
    return this.#transactOn(group, (tn) => {
      for (const { partition, from, to } of group.slices) {
        const commits = feed.commits(partition);
        tn.clear(feed.group(partition));
        tn.clearRange(commits.at(from), commits.range({ until: to }).end);
      }
    });
  }

  dissolve(group: FeedGroup): Promise<void> {
    const { feed } = this.#directories;
    return this.#transactOn(group, (tn, { given }) => {
      if (given === 'once') for (const { partition } of group.slices) tn.clear(feed.group(partition));
    });
  }

  watch(partitions: readonly number[], options: WatchOptions): Promise<void> {
    const { feed } = this.#directories;
    const keys = partitions.map((partition) => feed.news(partition));
    return waitForChange(this.#store, options.signal, async (tn) => {
      const [paused, news] = await Promise.all([tn.get(feed.paused), Promise.all(keys.map((key) => tn.get(key)))]);
      // What came between the last nextGroup and this watch counts; before the first one everything does.
      const isSame = partitions.every((partition, index) => {
        const seen = this.#seen.get(partition);
        return seen !== undefined && isEqual(seen.news, news[index]) && isEqual(seen.paused, paused);
      });
      return isSame ? [...keys, feed.paused] : 'changed';
    });
  }

  /** One transaction for all of its partitions; nothing happens when it is not their group any more. */
  async #transactOn(group: FeedGroup, body: (tn: Transaction, record: GroupRecord) => void): Promise<void> {
    const { feed, identity, incarnation } = this.#directories;
    await this.#store.transact(async (tn) => {
      const values = await Promise.all(group.slices.map(({ partition }) => tn.get(feed.group(partition))));
      const records = group.slices.flatMap(({ partition }, index) => {
        const value = values[index];
        return value === undefined ? [] : [decodeGroup(partition, value)];
      });
      const [record] = records;
      const isCurrent = records.length === group.slices.length && records.every(({ id }) => id === group.id);
      if (record === undefined || !isCurrent) return;
      await assertWritable(tn, identity, incarnation);
      body(tn, record);
    });
  }

  #write(tn: Transaction, group: GroupRecord): void {
    const record = encodeGroup(group);
    for (const { partition } of group.slices) tn.set(this.#directories.feed.group(partition), record);
  }
}

function toFeedGroup(record: GroupRecord, how: Pick<FeedGroup, 'recovered' | 'left'>): FeedGroup {
  const { id, slices, rows, bytes, commitTimeMs } = record;
  return { id, slices, rows, bytes, commitTimeMs, ...how };
}

function isEqual(a: Buffer | undefined, b: Buffer | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.equals(b);
}
