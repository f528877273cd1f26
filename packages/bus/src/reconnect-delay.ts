import { backoffMs, type BackoffPolicy } from '@swarmledger/runtime';
import { busLimits } from './limits.ts';

const policy: BackoffPolicy = {
  initialMs: busLimits.reconnectWaitMs,
  maxMs: busLimits.reconnectWaitMsMax,
  attemptsMax: Infinity,
};

export interface Clocks {
  /** Milliseconds; never steps. */
  readonly monotonic: () => number;
  /** Unix milliseconds; may be set back. */
  readonly wall: () => number;
}

/**
 * How long the client library waits between two attempts to connect. The library remembers by the wall clock when it last tried a
 * server, and tries again once that time and the delay have passed: after the clock was set back by an hour, that is in an hour. So
 * a clock that is behind where it was at an earlier attempt is made up for by a delay below zero, once the real one has passed.
 */
export class ReconnectDelay {
  readonly #clocks: Clocks;
  #attempts = 0;
  #delayMs = 0;
  #lastAttemptMs = 0;
  /** The furthest that the wall clock was ahead of the monotonic one at any attempt. */
  #aheadMs = -Infinity;

  /** Made when the first connection is: that attempt is told to nobody. */
  constructor(clocks: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() }) {
    this.#clocks = clocks;
    this.attempted();
    this.restored();
  }

  /** For `reconnectDelayHandler`: it is asked before every look at a server. */
  next(): number {
    const { monotonic, wall } = this.#clocks;
    const leftMs = this.#lastAttemptMs + this.#delayMs - monotonic();
    const setBackMs = this.#aheadMs - (wall() - monotonic());
    return leftMs <= 0 && setBackMs > 0 ? -setBackMs : this.#delayMs;
  }

  /** It tries to connect now. */
  attempted(): void {
    const { monotonic, wall } = this.#clocks;
    this.#lastAttemptMs = monotonic();
    this.#aheadMs = Math.max(this.#aheadMs, wall() - monotonic());
    // At least half of the bound: everybody lost the server at the same moment.
    this.#delayMs = backoffMs(policy, this.#attempts, () => 0.5 + Math.random() / 2);
    this.#attempts += 1;
  }

  restored(): void {
    this.#attempts = 0;
  }
}
