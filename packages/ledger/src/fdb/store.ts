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
  const { keySelector, StreamingMode } = foundationdb();
  const { results, more } = await tn.getRangeNative(
    keySelector.firstGreaterOrEqual(range.begin),
    keySelector.firstGreaterOrEqual(range.end),
    options.limit,
    options.bytes ?? pageBytesTarget,
    StreamingMode.Exact,
    1,
    options.reverse === 'reverse',
  );
  return { rows: results, more };
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
