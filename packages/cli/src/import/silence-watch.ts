import { TransientError } from '@swarmledger/runtime';
import type { PipelineCounts } from '@swarmledger/sdk';

/** Notices that the hub we wait for is gone. What it never counts is our own input, which may take its time. */
export class SilenceWatch {
  readonly #msMax: number;
  readonly #timer: NodeJS.Timeout;
  #settled = 0;
  #confirmed = 0;
  #lastMs = performance.now();
  #giveUp: ((error: Error) => void) | undefined;

  constructor(msMax: number) {
    this.#msMax = msMax;
    this.#timer = setInterval(() => this.#check(), Math.min(1_000, msMax / 4));
  }

  heard({ committed, duplicates, rejected, published }: PipelineCounts): void {
    this.#confirmed = committed + duplicates;
    const settled = this.#confirmed + rejected + published;
    if (settled === this.#settled) return;
    this.#settled = settled;
    this.#lastMs = performance.now();
  }

  /** Waits for the hub. @throws TransientError hub_silent, and what `work` throws */
  async until<T>(work: () => Promise<T>): Promise<T> {
    this.#lastMs = performance.now();
    const silent = new Promise<never>((_, reject) => (this.#giveUp = reject));
    try {
      return await Promise.race([work(), silent]);
    } finally {
      this.#giveUp = undefined;
    }
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    return Promise.resolve();
  }

  #check(): void {
    if (performance.now() - this.#lastMs < this.#msMax) return;
    const seconds = this.#msMax / 1_000;
    this.#giveUp?.(
      new TransientError(
        'hub_silent',
        `the hub has confirmed nothing for ${seconds} s, ${this.#confirmed} events before: is it up ("swarmledger doctor")? ` +
          'What it has not confirmed may not be recorded: send it again (an event with an id is recorded once)',
      ),
    );
  }
}
