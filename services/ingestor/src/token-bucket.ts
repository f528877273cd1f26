/**
 * A rate with a burst, in events. Something may go while there is a token left, and takes as many as it has events: a batch larger than
 * the bucket goes too, and leaves a debt that is waited for. In the long run no more than the rate goes through.
 */
export class TokenBucket {
  #perMs: number;
  #burst: number;
  #tokens: number;
  #atMs: number;

  constructor(rate: BucketRate, nowMs: number) {
    this.#perMs = rate.eventsPerSecond / 1_000;
    this.#burst = rate.burstEvents;
    this.#tokens = rate.burstEvents;
    this.#atMs = nowMs;
  }

  /** Another rate from now on; nothing when it is the same. */
  configure(rate: BucketRate, nowMs: number): void {
    const perMs = rate.eventsPerSecond / 1_000;
    if (perMs === this.#perMs && rate.burstEvents === this.#burst) return;
    this.#fill(nowMs);
    this.#perMs = perMs;
    this.#burst = rate.burstEvents;
    this.#tokens = Math.min(this.#tokens, this.#burst);
  }

  /** Until something may go: 0 when it may now. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return this.#tokens >= 1 ? 0 : (1 - this.#tokens) / this.#perMs;
  }

  take(events: number): void {
    this.#tokens -= events;
  }

  /** What was taken for nothing, such as for duplicates. */
  giveBack(events: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + events);
  }

  #fill(nowMs: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
  }
}

export interface BucketRate {
  /** Above 0, finite. */
  readonly eventsPerSecond: number;
  /** At least 1, finite. */
  readonly burstEvents: number;
}
