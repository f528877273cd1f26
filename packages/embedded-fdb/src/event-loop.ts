/** Reads answered at once for this long let timers, sockets and signals wait; then one answer waits for them. */
const turnMsMax = 10;

/**
 * Lets the event loop turn. SQLite answers at once, so a caller that reads and reads would never leave the microtasks: with a real
 * cluster every read is a turn.
 */
export class EventLoop {
  #turnStartedMs: number | undefined;

  /** Undefined: the answer need not wait. */
  breathe(): Promise<void> | undefined {
    const nowMs = performance.now();
    if (this.#turnStartedMs === undefined) {
      this.#turnStartedMs = nowMs;
      setImmediate(() => (this.#turnStartedMs = undefined)).unref();
      return undefined;
    }
    if (nowMs - this.#turnStartedMs < turnMsMax) return undefined;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
