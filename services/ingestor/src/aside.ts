import { commitAside, type CommitDependencies } from './commit.ts';
import type { DeadMessage } from './bury.ts';
import type { PreparedTransaction } from './transactions.ts';

/** Transactions whose other work is not done: with more, the next commit waits. Each holds some megabytes at most. */
const waitingMax = 4;

interface Work {
  readonly transaction: PreparedTransaction;
  readonly dead: readonly DeadMessage[];
}

/**
 * What is left of transactions once their good messages are committed: the overflow lane and the dead letters. It is done in order, one
 * transaction after the other, beside the next commits: who floods, or sends poison, must not make the others wait for it.
 */
export class Aside {
  readonly #dependencies: CommitDependencies;
  readonly #signal: AbortSignal;
  readonly #onFailure: () => void;
  #waiting: Work[] = [];
  #last: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  /** @param options.onFailure told at once; whoever calls `add` or `settled` next gets the error */
  constructor(
    dependencies: CommitDependencies,
    options: { readonly signal: AbortSignal; readonly onFailure: () => void },
  ) {
    this.#dependencies = dependencies;
    this.#signal = options.signal;
    this.#onFailure = options.onFailure;
  }

  /** Those that are not done: their messages are still ours. */
  get transactions(): readonly PreparedTransaction[] {
    return this.#waiting.map(({ transaction }) => transaction);
  }

  /** Resolves when there is room for more. @throws what went wrong with an earlier one */
  async add(transaction: PreparedTransaction, dead: readonly DeadMessage[]): Promise<void> {
    if (dead.length + transaction.overQuota.length + transaction.moved.length + transaction.held.length > 0) {
      const work = { transaction, dead };
      this.#waiting.push(work);
      this.#last = this.#last.then(() => this.#do(work));
      if (this.#waiting.length >= waitingMax) await this.#last;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Resolves when nothing is left to do. @throws what went wrong */
  async settled(): Promise<void> {
    await this.#last;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** After a failure nothing more is done: what is left is delivered again, and must not be overtaken. */
  async #do(work: Work): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      await commitAside(this.#dependencies, work.transaction, { dead: work.dead, signal: this.#signal });
      this.#waiting = this.#waiting.filter((other) => other !== work);
    } catch (error) {
      this.#failure = { error };
      this.#onFailure();
    }
  }
}
