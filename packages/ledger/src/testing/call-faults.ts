import { foundationdb, type NativeDatabase } from '../fdb/package.ts';

type NativeTransaction = ReturnType<NativeDatabase['createTransaction']>;

/** Calls to the native database that are awaited: each of them can fail. */
const awaited: ReadonlySet<string | symbol> = new Set(['get', 'getKey', 'getRange', 'getReadVersion', 'commit']);

export interface CallFault {
  /** The how-manieth awaited call fails, from 1 on. */
  readonly call: number;
  /** https://apple.github.io/foundationdb/api-error-codes.html */
  readonly code: number;
  /** `after`: a commit happens all the same. Of every other call only its answer is lost. */
  readonly phase: 'before' | 'after';
}

/** A database that counts the awaited calls and lets one of them fail: for trying every call with every code. */
export class CallFaults {
  calls = 0;
  #fault: CallFault | undefined;

  /** Counts anew; the fault comes once. */
  arm(fault: CallFault | undefined): void {
    this.calls = 0;
    this.#fault = fault;
  }

  readonly wrap = (native: NativeDatabase): NativeDatabase =>
    new Proxy(native, {
      get: (target, name) => {
        if (name === 'createTransaction') return () => this.#wrapTransaction(target.createTransaction());
        return bound(target, name);
      },
    });

  #wrapTransaction(transaction: NativeTransaction): NativeTransaction {
    return new Proxy(transaction, {
      get: (target, name) => {
        const value = bound(target, name);
        if (!awaited.has(name) || typeof value !== 'function') return value;
        return (...args: unknown[]) => this.#call(() => Reflect.apply(value, target, args) as Promise<unknown>);
      },
    });
  }

  async #call(body: () => Promise<unknown>): Promise<unknown> {
    this.calls += 1;
    const fault = this.#fault;
    if (fault?.call !== this.calls) return body();
    this.#fault = undefined;
    if (fault.phase === 'after') await body();
    throw new (foundationdb().FDBError)('injected', fault.code);
  }
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}
