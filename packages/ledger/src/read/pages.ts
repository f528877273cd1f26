import { keyAfter, type KeyRange, type Page, readPage, type Store, type TransactOptions } from '../fdb/store.ts';

/** Keys of one page, and so of one short transaction. */
export const pageKeys = 500;

export interface PagesOptions extends TransactOptions {
  readonly reverse?: 'reverse' | undefined;
  readonly limit?: number;
}

/** A long range, page by page, each in its own short transaction: what is read of history never changes in between. */
export async function* readPages(
  store: Store,
  range: KeyRange,
  options: PagesOptions = {},
): AsyncGenerator<Page['rows']> {
  const limit = options.limit ?? pageKeys;
  let rest = range;
  for (;;) {
    const current = rest;
    const reverse = options.reverse === undefined ? {} : { reverse: options.reverse };
    const { rows, more } = await store.read((tn) => readPage(tn, current, { limit, ...reverse }), options);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!more || last === undefined) return;
    rest =
      options.reverse === undefined
        ? { begin: keyAfter(last[0]), end: current.end }
        : { begin: current.begin, end: last[0] };
  }
}
