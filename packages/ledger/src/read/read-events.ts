import type { Version } from '@swarmledger/protocol';
import type { Store, TransactOptions } from '../fdb/store.ts';
import type { StoredEvent } from '../history.ts';
import type { ProjectKeys } from '../keyspace.ts';
import type { Level } from '../lineage.ts';
import { pageKeys, readPages } from './pages.ts';
import { loadStoredEvent } from './stored-events.ts';

export interface EventsRead extends TransactOptions {
  /** Youngest first. */
  readonly levels: readonly Level[];
  readonly after?: Version | undefined;
  readonly order: 'oldest_first' | 'newest_first';
  readonly limit?: number | undefined;
}

/** The events of a lineage, each branch up to its level's bound. */
export async function* readEvents(store: Store, keys: ProjectKeys, read: EventsRead): AsyncGenerator<StoredEvent> {
  const newestFirst = read.order === 'newest_first';
  const levels = newestFirst ? read.levels : [...read.levels].reverse();
  let left = read.limit ?? Infinity;
  for (const level of levels) {
    const { history } = level.keys;
    const range = history.range({ after: read.after, until: level.until });
    if (range.begin.compare(range.end) >= 0) continue;
    const reverse = newestFirst ? 'reverse' : undefined;
    const limit = Math.min(pageKeys, Math.max(left, 1));
    for await (const rows of readPages(store, range, { signal: read.signal, reverse, limit })) {
      for (const [key, value] of rows) {
        if (left <= 0) return;
        left -= 1;
        yield await loadStoredEvent(store, keys, history.version(key), value, read);
      }
    }
  }
}
