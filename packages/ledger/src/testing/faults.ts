import { foundationdb, type NativeDatabase } from '../fdb/package.ts';

/** What happens to commits: each one takes the next fault, and none when there is none. */
export type Fault =
  /** The commit happens, its answer is lost. */
  | 'unknown_after'
  /** The commit does not happen and nobody knows. */
  | 'unknown_before'
  /** Its answer is lost, and it happens only when `land` is called, or right before the next commit. */
  | 'unknown_late'
  /** The client gives up waiting; the commit happens as with `unknown_late`. */
  | 'timed_out_late'
  | 'conflict'
  /** FoundationDB's past_version: the reads are older than 5 s. */
  | 'transaction_too_old'
  /** The servers have not got as far as the read version. */
  | 'future_version'
  | 'process_behind'
  | 'database_locked';

/** https://apple.github.io/foundationdb/api-error-codes.html */
const codes: Readonly<Record<Fault, number>> = {
  unknown_after: 1021,
  unknown_before: 1021,
  unknown_late: 1021,
  timed_out_late: 1031,
  conflict: 1020,
  transaction_too_old: 1007,
  future_version: 1009,
  process_behind: 1037,
  database_locked: 1038,
};

type NativeTransaction = ReturnType<NativeDatabase['createTransaction']>;

/** A database whose commits and reads go wrong as told: the real one underneath does everything else. */
export class FaultyDatabase {
  readonly #faults: Fault[] = [];
  readonly #readCodes: number[] = [];
  readonly #late: NativeTransaction[] = [];
  #beforeCommit: (() => Promise<unknown>) | undefined;

  next(...faults: readonly Fault[]): void {
    this.#faults.push(...faults);
  }

  /** The next reads fail with these codes. */
  nextReads(...faultCodes: readonly number[]): void {
    this.#readCodes.push(...faultCodes);
  }

  /** Runs once, when the next transaction has read everything and is about to commit. */
  beforeNextCommit(body: () => Promise<unknown>): void {
    this.#beforeCommit = body;
  }

  /** Takes out what is late, so that nothing lands by itself. */
  takeLate(): readonly NativeTransaction[] {
    return this.#late.splice(0);
  }

  /** Commits what was said to be late. Returns how many of them really happened. */
  async land(late = this.takeLate()): Promise<number> {
    let landed = 0;
    for (const transaction of late) {
      try {
        await transaction.commit();
        landed += 1;
      } catch {
        // Another one came first: a late commit conflicts as any other does.
      }
    }
    return landed;
  }

  readonly wrap = (native: NativeDatabase): NativeDatabase =>
    new Proxy(native, {
      get: (target, name) => {
        if (name === 'createTransaction') return () => this.#wrapTransaction(target);
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });

  #wrapTransaction(native: NativeDatabase): NativeTransaction {
    let current = native.createTransaction();
    const leave = (): void => {
      // Resetting or cancelling it would take the late commit back.
      if (this.#late.includes(current)) current = native.createTransaction();
    };
    return new Proxy(current, {
      get: (_target, name) => {
        if (name === 'commit') return () => this.#commit(current);
        if (name === 'get' || name === 'getRange') {
          const code = this.#readCodes.shift();
          if (code !== undefined) return () => Promise.reject(new (foundationdb().FDBError)('read', code));
        }
        if (name === 'onError' && this.#late.includes(current)) {
          leave();
          // Its callback form is not used by Store.
          return (code: number) => current.onError(code);
        }
        if (name === 'cancel' || name === 'reset') leave();
        const value: unknown = Reflect.get(current, name);
        return typeof value === 'function' ? (value.bind(current) as unknown) : value;
      },
    });
  }

  async #commit(transaction: NativeTransaction): Promise<void> {
    const before = this.#beforeCommit;
    this.#beforeCommit = undefined;
    await before?.();
    await this.land();
    const fault = this.#faults.shift();
    if (fault === undefined || fault === 'unknown_after') await transaction.commit();
    if (fault === 'unknown_late' || fault === 'timed_out_late') this.#late.push(transaction);
    if (fault === undefined) return;
    throw new (foundationdb().FDBError)(fault, codes[fault]);
  }
}
