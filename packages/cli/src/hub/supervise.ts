import { backoffMs, pause, type BackoffPolicy, type Logger, errorMessage } from '@swarmledger/runtime';

export interface Child {
  readonly exited: Promise<void>;
  close(): Promise<void>;
}

const restartPolicy: BackoffPolicy = { initialMs: 200, maxMs: 10_000, attemptsMax: Infinity };
/** A child that ran this long is well: its next restart waits for nothing. */
const settledMs = 30_000;

/** Keeps one child running: starts it again whenever it ends, until it is closed. */
export class Supervisor<T extends Child> {
  readonly #name: string;
  readonly #start: () => Promise<T>;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  #current: T;
  #loop: Promise<void> | undefined;

  private constructor(name: string, start: () => Promise<T>, log: Logger, first: T) {
    this.#name = name;
    this.#start = start;
    this.#log = log;
    this.#current = first;
  }

  /** @throws what the first start throws */
  static async open<T extends Child>(name: string, start: () => Promise<T>, log: Logger): Promise<Supervisor<T>> {
    const supervisor = new Supervisor(name, start, log, await start());
    supervisor.#loop = supervisor.#watch();
    return supervisor;
  }

  get current(): T {
    return this.#current;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#current.close();
    await this.#loop;
  }

  async #watch(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const startedMs = performance.now();
      await this.#current.exited;
      if (this.#stop.signal.aborted) return;
      failures = performance.now() - startedMs > settledMs ? 0 : failures + 1;
      this.#log.warn('child ended, starting it again', { child: this.#name });
      await this.#restart(failures);
    }
  }

  async #restart(failures: number): Promise<void> {
    for (let attempt = failures; !this.#stop.signal.aborted; attempt++) {
      if (attempt > 1) await pause(backoffMs(restartPolicy, attempt), this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      try {
        this.#current = await this.#start();
        if (this.#stop.signal.aborted) await this.#current.close();
        return;
      } catch (error) {
        this.#log.error('child does not start', { child: this.#name, reason: errorMessage(error) });
      }
    }
  }
}
