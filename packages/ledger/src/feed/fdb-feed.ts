import type { Version } from '@swarmledger/protocol';
import type { Directories } from '../directories.ts';
import type { BranchCount, Feed, FeedProgress, FeedReader, FeedRow } from '../feed.ts';
import type { Store } from '../fdb/store.ts';
import type { ReadOptions } from '../history.ts';
import { FdbFeedReader } from './fdb-feed-reader.ts';
import { readProgress } from './read-progress.ts';
import { countBranches, pauseFeed, readAllHistory } from './rebuild.ts';

export class FdbFeed implements Feed {
  readonly #store: Store;
  readonly #directories: Directories;

  constructor(store: Store, directories: Directories) {
    this.#store = store;
    this.#directories = directories;
  }

  open(): FeedReader {
    return new FdbFeedReader(this.#store, this.#directories);
  }

  progress(options: ReadOptions = {}): Promise<FeedProgress> {
    return readProgress(this.#store, this.#directories.feed, options);
  }

  pause(options: ReadOptions & { readonly drainMs?: number } = {}): Promise<{ readonly upTo: Version }> {
    return pauseFeed(this.#store, this.#directories, options);
  }

  async resume(): Promise<void> {
    await this.#store.transact(async (tn) => tn.clear(this.#directories.feed.paused));
  }

  allHistory(upTo: Version, options: ReadOptions = {}): AsyncGenerator<FeedRow> {
    return readAllHistory(this.#store, this.#directories, upTo, options);
  }

  counts(options: ReadOptions = {}): AsyncGenerator<BranchCount> {
    return countBranches(this.#store, this.#directories, options);
  }
}
