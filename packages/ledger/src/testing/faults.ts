import { foundationdb, type NativeDatabase } from '../fdb/package.ts';

/** What happens to commits: each one takes the next fault, and none when there is none. */
export type Fault =
  /** The commit happens, its answer is lost. */
  | 'unknown_after'
  /** The commit does not happen and nobody knows. */
  | 'unknown_before'
  | 'conflict';

/** A database whose commits go wrong as told: the real one underneath does everything else. */
export class FaultyDatabase {
  readonly #faults: Fault[] = [];
  #beforeCommit: (() => Promise<unknown>) | undefined;

  next(...faults: readonly Fault[]): void {
    this.#faults.push(...faults);
  }

  /** Runs once, when the next transaction has read everything and is about to commit. */
  beforeNextCommit(body: () => Promise<unknown>): void {
    this.#beforeCommit = body;
  }

  readonly wrap = (native: NativeDatabase): NativeDatabase =>
    new Proxy(native, {
      get: (target, name) => {
        if (name === 'createTransaction') return () => this.#wrapTransaction(target.createTransaction());
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });

  #wrapTransaction(transaction: ReturnType<NativeDatabase['createTransaction']>): typeof transaction {
    return new Proxy(transaction, {
      get: (target, name) => {
        if (name === 'commit') return () => this.#commit(target);
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  async #commit(transaction: ReturnType<NativeDatabase['createTransaction']>): Promise<void> {
    const before = this.#beforeCommit;
    this.#beforeCommit = undefined;
    await before?.();
    const fault = this.#faults.shift();
    if (fault === undefined || fault === 'unknown_after') await transaction.commit();
    if (fault === undefined) return;
    const { FDBError } = foundationdb();
    throw new FDBError(fault, fault === 'conflict' ? 1020 : 1021);
  }
}
