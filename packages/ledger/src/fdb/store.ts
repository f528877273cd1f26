import type { Database, Transaction as FdbTransaction } from 'foundationdb';
import { fdbErrorCode, translateError } from './errors.ts';
import { foundationdb, type NativeDatabase } from './package.ts';

/** A transaction on raw keys and values; which bytes they are is keyspace.ts's business. */
export type Transaction = FdbTransaction;

/** Keys from `begin` (included) to `end` (excluded). */
export interface KeyRange {
  readonly begin: Buffer;
  readonly end: Buffer;
}

export interface PageOptions {
  /** Keys. */
  readonly limit: number;
  /** Soft: the page ends with the key that reaches it. `pageBytesTarget` by default. */
  readonly bytes?: number;
  readonly reverse?: 'reverse';
}

export interface Page {
  readonly rows: readonly (readonly [key: Buffer, value: Buffer])[];
  /** There may be more behind it. */
  readonly more: boolean;
}

export interface TransactOptions {
  readonly signal?: AbortSignal | undefined;
}

/** One page is one read: far below FoundationDB's 5 s and what we hold in memory per reader. */
export const pageBytesTarget = 1_000_000;
/** All attempts of one transaction together. A caller that has to go on waiting calls again. */
const transactionTimeoutMs = 10_000;

/** Runs transactions on either ledger. The only place with a retry loop. */
export class Store {
  readonly #database: Database;

  constructor(native: NativeDatabase) {
    const { Database, root } = foundationdb();
    this.#database = new Database(native, root);
  }

  /**
   * Runs `body` until its transaction commits. `body` may run many times, also after a commit whose answer was lost: it
   * computes everything inside and keeps nothing from earlier attempts except on purpose.
   *
   * @throws TransientError, PermanentError as errors.ts tells; what `body` throws; AbortError
   */
  async transact<T>(body: (tn: Transaction, attempt: number) => Promise<T>, options: TransactOptions = {}): Promise<T> {
    const tn = this.#database.rawCreateTransaction({ timeout: transactionTimeoutMs });
    const deadlineMs = performance.now() + transactionTimeoutMs;
    try {
      for (let attempt = 0; ; attempt++) {
        options.signal?.throwIfAborted();
        try {
          const result = await body(tn, attempt);
          await tn.rawCommit();
          return result;
        } catch (error) {
          const code = fdbErrorCode(error);
          if (code === undefined || performance.now() > deadlineMs) throw error;
          await tn.rawOnError(code);
        }
      }
    } catch (error) {
      tn.rawCancel();
      throw translateError(error);
    }
  }

  /** Like `transact` for a body that only reads: its reads conflict with nothing. */
  read<T>(body: (tn: Transaction) => Promise<T>, options: TransactOptions = {}): Promise<T> {
    return this.transact((tn) => body(tn.snapshot()), options);
  }

  close(): void {
    this.#database.close();
  }
}

/** One page of a range, from its start, or from its end with `reverse`. */
export async function readPage(tn: Transaction, range: KeyRange, options: PageOptions): Promise<Page> {
  const rows: [Buffer, Buffer][] = [];
  const bytesTarget = options.bytes ?? pageBytesTarget;
  const reverse = options.reverse === 'reverse';
  let { begin, end } = range;
  let bytes = 0;
  for (;;) {
    const rest = { limit: options.limit - rows.length, bytes: bytesTarget - bytes, reverse };
    const reply = await readReply(tn, { begin, end }, rest);
    for (const row of reply.results) {
      rows.push(row);
      bytes += row[0].length + row[1].length;
    }
    const last = rows.at(-1);
    const isFull = rows.length >= options.limit || bytes >= bytesTarget;
    if (!reply.more || last === undefined || isFull) return { rows, more: reply.more };
    if (reverse) end = last[0];
    else begin = keyAfter(last[0]);
  }
}

/** One reply: FoundationDB ends one that is bounded by bytes at 80 kB, whatever was asked for. */
function readReply(
  tn: Transaction,
  { begin, end }: KeyRange,
  { limit, bytes, reverse }: { readonly limit: number; readonly bytes: number; readonly reverse: boolean },
): ReturnType<Transaction['getRangeNative']> {
  const { keySelector, StreamingMode } = foundationdb();
  const from = keySelector.firstGreaterOrEqual(begin);
  const to = keySelector.firstGreaterOrEqual(end);
  return tn.getRangeNative(from, to, limit, bytes, StreamingMode.Exact, 1, reverse);
}

/** The last key of a range with its value. */
export async function readLast(
  tn: Transaction,
  range: KeyRange,
): Promise<readonly [key: Buffer, value: Buffer] | undefined> {
  const { rows } = await readPage(tn, range, { limit: 1, reverse: 'reverse' });
  return rows[0];
}

/** The next possible key. */
export function keyAfter(key: Uint8Array): Buffer {
  const next = Buffer.allocUnsafe(key.length + 1);
  next.set(key);
  next[key.length] = 0;
  return next;
}
