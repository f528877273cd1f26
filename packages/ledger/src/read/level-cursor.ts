import type { Page, Store } from '../fdb/store.ts';
import type { TreeReadOptions } from '../history.ts';
import type { Level } from '../lineage.ts';
import { decodePathState, type PathState } from '../values.ts';
import { readPages } from './pages.ts';

/** The newest change of a path on one level, whatever the level's bound. */
export interface Candidate {
  readonly level: Level;
  readonly path: string;
  readonly newest: PathState;
}

/** All paths that one level ever had, in path order, one at a time. */
export class LevelCursor {
  readonly #level: Level;
  readonly #pages: AsyncGenerator<Page['rows']>;
  #rows: Page['rows'] = [];
  #index = 0;
  #head: Candidate | undefined;

  constructor(store: Store, level: Level, options: TreeReadOptions) {
    this.#level = level;
    this.#pages = readPages(store, level.keys.states(options.after), options);
  }

  /** Where it stands. Undefined: before its first `advance`, and at its end. */
  get head(): Candidate | undefined {
    return this.#head;
  }

  /** To the next path. Returns a promise only where a page has to be read for it: a path costs no turn of the event loop. */
  advance(): Promise<void> | undefined {
    if (this.#index === this.#rows.length) return this.#turnPage();
    const row = this.#rows[this.#index++];
    this.#head = row === undefined ? undefined : this.#decode(row);
    return undefined;
  }

  async close(): Promise<void> {
    await this.#pages.return(undefined);
  }

  async #turnPage(): Promise<void> {
    const page = await this.#pages.next();
    this.#rows = page.done === true ? [] : page.value;
    this.#index = 0;
    const row = this.#rows[this.#index++];
    this.#head = row === undefined ? undefined : this.#decode(row);
  }

  #decode([key, value]: Page['rows'][number]): Candidate {
    return { level: this.#level, path: this.#level.keys.statePath(key), newest: decodePathState(value) };
  }
}
