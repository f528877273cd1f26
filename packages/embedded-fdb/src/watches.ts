import type { ErrorFactory } from './errors.ts';
import { engineLimits, fdbLimits } from './limits.ts';
import { toKey, type Key } from './ranges.ts';

/** A watch as the native module hands it out. */
export interface NativeWatch {
  /** Resolves true when the key's value changed; false when cancelled or never armed, unless all errors were asked for. */
  readonly promise: Promise<boolean>;
  cancel(): void;
}

export type WatchEnd = 'transaction_cancelled' | 'not_committed' | 'operation_cancelled';

/** One watch, from its transaction on: it is armed when that commits. */
export class Watch implements NativeWatch {
  readonly promise: Promise<boolean>;
  readonly key: Buffer;
  #value: Buffer | undefined;
  readonly #settle: { readonly resolve: (changed: boolean) => void; readonly reject: (error: Error) => void };
  #settled = false;
  readonly #onEnd: (watch: Watch) => void;
  readonly #standardErrors: (end: WatchEnd) => Error | undefined;

  constructor(
    key: Buffer,
    onEnd: (watch: Watch) => void,
    /** The error for an end that the watcher wants to hear of; undefined: it resolves false. */
    standardErrors: (end: WatchEnd) => Error | undefined,
  ) {
    this.key = key;
    this.#onEnd = onEnd;
    this.#standardErrors = standardErrors;
    let settle: { resolve: (changed: boolean) => void; reject: (error: Error) => void } | undefined;
    this.promise = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    if (settle === undefined) throw new Error('a promise runs its executor at once');
    this.#settle = settle;
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  /** What the transaction saw: the watch fires when the key holds something else. */
  expect(value: Buffer | undefined): void {
    this.#value = value;
  }

  compare(current: Buffer | undefined): void {
    const same = current === undefined ? this.#value === undefined : this.#value?.equals(current) === true;
    if (!same) this.#finish(() => this.#settle.resolve(true));
  }

  cancel(): void {
    this.end('operation_cancelled');
  }

  end(end: WatchEnd): void {
    const error = this.#standardErrors(end);
    this.#finish(() => (error === undefined ? this.#settle.resolve(false) : this.#settle.reject(error)));
  }

  fail(error: Error): void {
    this.#finish(() => this.#settle.reject(error));
  }

  #finish(settle: () => void): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#onEnd(this);
    settle();
  }
}

/** The armed watches of a database: fired by own commits at once, by other processes' within `watchPollMs`. */
export class WatchRegistry {
  readonly #byKey = new Map<Key, Set<Watch>>();
  readonly #errors: ErrorFactory;
  readonly #current: (key: Buffer) => Buffer | undefined;
  readonly #dataVersion: () => number;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #seenDataVersion = -1;

  constructor(errors: ErrorFactory, current: (key: Buffer) => Buffer | undefined, dataVersion: () => number) {
    this.#errors = errors;
    this.#current = current;
    this.#dataVersion = dataVersion;
  }

  /** @throws too_many_watches */
  create(key: Buffer, errors: 'all_errors' | 'ignore_standard_errors'): Watch {
    if (this.#count >= fdbLimits.watchesMax) throw this.#errors.create('too_many_watches');
    this.#count += 1;
    const standardErrors = (end: WatchEnd): Error | undefined =>
      errors === 'all_errors' ? this.#errors.create(end) : undefined;
    return new Watch(key, (watch) => this.#forget(watch), standardErrors);
  }

  arm(watch: Watch): void {
    if (watch.isSettled) return;
    const key = toKey(watch.key);
    const watches = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, watches.add(watch));
    this.#compare([watch]);
    this.#startPolling();
  }

  /** Compares every armed watch of the keys that `touches` says. */
  check(touches: (key: Key) => boolean): void {
    for (const [key, watches] of [...this.#byKey]) {
      if (touches(key)) this.#compare([...watches]);
    }
  }

  /** Nobody waits for this call: what cannot be read is told to those who watch. */
  #compare(watches: readonly Watch[]): void {
    const [first] = watches;
    if (first === undefined) return;
    try {
      const current = this.#current(first.key);
      for (const watch of watches) watch.compare(current);
    } catch (error) {
      for (const watch of watches) watch.fail(this.#errors.create('io_error', error));
    }
  }

  get isIdle(): boolean {
    return this.#byKey.size === 0;
  }

  close(): void {
    for (const watches of [...this.#byKey.values()]) for (const watch of [...watches]) watch.end('operation_cancelled');
    clearInterval(this.#timer);
  }

  #forget(watch: Watch): void {
    this.#count -= 1;
    const key = toKey(watch.key);
    const watches = this.#byKey.get(key);
    watches?.delete(watch);
    if (watches?.size === 0) this.#byKey.delete(key);
    if (this.#byKey.size > 0 || this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A number that no file has when it cannot be read: then every watch is compared, and told. */
  #readDataVersion(): number {
    try {
      return this.#dataVersion();
    } catch {
      return Number.NaN;
    }
  }

  #startPolling(): void {
    if (this.#timer !== undefined || this.#byKey.size === 0) return;
    this.#seenDataVersion = this.#readDataVersion();
    // It keeps the process alive on purpose: somebody waits for a key to change, as with the real client.
    this.#timer = setInterval(() => {
      const dataVersion = this.#readDataVersion();
      if (dataVersion === this.#seenDataVersion) return;
      this.#seenDataVersion = dataVersion;
      this.check(() => true);
    }, engineLimits.watchPollMs);
  }
}
