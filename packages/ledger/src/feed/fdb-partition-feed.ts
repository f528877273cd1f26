import type { Directories } from '../directories.ts';
import type { FeedGroup, FeedRow, GroupLimits, PartitionFeed } from '../feed.ts';
import type { Store } from '../fdb/store.ts';
import { waitForChange } from '../fdb/watch.ts';
import type { ReadOptions, WatchOptions } from '../history.ts';
import { assertWritable } from '../identity.ts';
import { decodeGroup, encodeGroup, type GroupRecord } from './group-record.ts';
import { planGroup } from './plan-group.ts';
import { readGroup } from './read-group.ts';

/** What the feeder saw when it last found nothing to do. */
interface Seen {
  readonly news: Buffer | undefined;
  readonly paused: Buffer | undefined;
}

export class FdbPartitionFeed implements PartitionFeed {
  readonly partition: number;
  readonly #store: Store;
  readonly #directories: Directories;
  #seen: Seen | undefined;

  constructor(store: Store, directories: Directories, partition: number) {
    this.#store = store;
    this.#directories = directories;
    this.partition = partition;
  }

  async nextGroup(limits: GroupLimits): Promise<FeedGroup | undefined> {
    const { feed } = this.#directories;
    const groupKey = feed.group(this.partition);
    /** Groups that attempts of this call wrote: one whose commit was not answered is not a recovered one. */
    const written = new Set<string>();
    return this.#store.transact(async (tn) => {
      const [paused, news, value] = await Promise.all([
        tn.get(feed.paused),
        tn.snapshot().get(feed.news(this.partition)),
        tn.get(groupKey),
      ]);
      this.#seen = { paused, news };
      if (paused !== undefined) return undefined;
      // A feeder that went on while the ledger is copied would give the same commits out under two ids.
      await assertWritable(tn, this.#directories.identity, this.#directories.incarnation);
      if (value !== undefined) {
        const group = decodeGroup(this.partition, value);
        return this.#toGroup(group, written.has(group.id) ? 'new' : 'recovered');
      }
      // Commits come in all the time, behind the group: they must not make this transaction fail.
      const group = await planGroup(tn.snapshot(), feed, this.partition, limits);
      if (group === undefined) return undefined;
      written.add(group.id);
      tn.set(groupKey, encodeGroup(group));
      return this.#toGroup(group, 'new');
    });
  }

  rows(group: FeedGroup, options: ReadOptions = {}): AsyncGenerator<readonly FeedRow[]> {
    return readGroup(this.#store, this.#directories, group, options);
  }

  async complete(group: FeedGroup): Promise<void> {
    const { feed } = this.#directories;
    const groupKey = feed.group(this.partition);
    await this.#store.transact(async (tn) => {
      const value = await tn.get(groupKey);
      if (value === undefined) return;
      await assertWritable(tn, this.#directories.identity, this.#directories.incarnation);
      const current = decodeGroup(this.partition, value);
      if (current.id !== group.id) return;
      const commits = feed.commits(this.partition);
      tn.clear(groupKey);
      tn.clearRange(commits.at(current.from), commits.range({ until: current.to }).end);
    });
  }

  watch(options: WatchOptions): Promise<void> {
    const { feed } = this.#directories;
    const newsKey = feed.news(this.partition);
    return waitForChange(this.#store, options.signal, async (tn) => {
      const [paused, news] = await Promise.all([tn.get(feed.paused), tn.get(newsKey)]);
      const seen = this.#seen;
      // What came between the last nextGroup and this watch counts; before the first one everything does.
      const isSame = seen !== undefined && isEqual(seen.news, news) && isEqual(seen.paused, paused);
      return isSame ? [newsKey, feed.paused] : 'changed';
    });
  }

  #toGroup(group: GroupRecord, origin: 'new' | 'recovered'): FeedGroup {
    return { ...group, partition: this.partition, recovered: origin === 'recovered' };
  }
}

function isEqual(a: Buffer | undefined, b: Buffer | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.equals(b);
}
