import { keyAfter, readPage, type Page, type TransactOptions } from '../fdb/store.ts';
import { allOf } from '../keyspace.ts';
import { isSameDirectory, writeProgress, type CopyPoint } from './copy-progress.ts';
import type { LedgerPlace } from './open-place.ts';

/** Keys of one transaction: small ones weigh more than their bytes. */
const keysPerTransaction = 5_000;

export interface CopyCount {
  readonly keys: number;
  /** Of keys and values. */
  readonly bytes: number;
}

export interface RangeCopy {
  readonly source: LedgerPlace;
  readonly target: LedgerPlace;
  /** Prefixes of the directory, here and there. */
  readonly range: { readonly from: Buffer; readonly to: Buffer };
  /** The directory as the progress names it. */
  readonly point: CopyPoint;
  /** Where an earlier run stopped, in this directory or in another. */
  readonly start: CopyPoint | undefined;
}

/**
 * Copies all of a directory that nobody writes to. What lay in the target's is cleared, unless an earlier run put it there. Each
 * transaction notes how far it came; the next page is read while one is written.
 */
export async function copyRange(
  { source, target, range, point, start }: RangeCopy,
  options: TransactOptions & { readonly onCopied: (count: CopyCount) => void },
): Promise<void> {
  const all = allOf(range.from);
  const isResumed = start !== undefined && isSameDirectory(start, point);
  let begin = all.begin;
  if (isResumed && start.after !== '') begin = keyAfter(Buffer.concat([range.from, Buffer.from(start.after, 'hex')]));
  if (!isResumed) {
    const old = allOf(range.to);
    await target.store.transact(async (tn) => {
      tn.clearRange(old.begin, old.end);
      writeProgress(tn, target.directories, point);
    }, options);
  }
  const read = (from: Buffer): Promise<Page> =>
    source.store.read((tn) => readPage(tn, { begin: from, end: all.end }, { limit: keysPerTransaction }), options);
  let next: Promise<Page> | undefined = read(begin);
  while (next !== undefined) {
    const page: Page = await next;
    const last = page.rows.at(-1);
    if (last === undefined) return;
    next = page.more ? read(keyAfter(last[0])) : undefined;
    // It is awaited in the next round; a failure of this round's write must not leave it unheard.
    next?.catch(() => undefined);
    const after = last[0].subarray(range.from.length).toString('hex');
    await target.store.transact(async (tn) => {
      for (const [key, value] of page.rows) tn.set(Buffer.concat([range.to, key.subarray(range.from.length)]), value);
      writeProgress(tn, target.directories, { ...point, after });
    }, options);
    const bytes = page.rows.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
    options.onCopied({ keys: page.rows.length, bytes });
  }
}
