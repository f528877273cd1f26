import type { NativeDatabase } from '../fdb/package.ts';

/** Counts the reads that reach the database: what something costs, without a clock. */
export class ReadCounter {
  reads = 0;

  readonly wrap = (native: NativeDatabase): NativeDatabase =>
    new Proxy(native, {
      get: (target, name) => {
        if (name === 'createTransaction') return () => this.#wrapTransaction(target.createTransaction());
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });

  /** Reads that `body` makes. */
  async count(body: () => Promise<unknown>): Promise<number> {
    const before = this.reads;
    await body();
    return this.reads - before;
  }

  #wrapTransaction(transaction: ReturnType<NativeDatabase['createTransaction']>): typeof transaction {
    return new Proxy(transaction, {
      get: (target, name) => {
        if (name === 'get' || name === 'getRange') this.reads += 1;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }
}
