export type ThrottleReason = 'rate_used_up' | 'quota_used_up';

interface Limit {
  readonly untilMs: number;
  readonly why: ThrottleReason;
}

/** Until when the rate or the quota lets nothing pass: of everything, or of all but what is critical. Pure. */
export class Throttle {
  #all: Limit | undefined;
  #critical: Limit | undefined;

  /** @param isCritical even a message of critical signals alone had to wait */
  set(isCritical: boolean, limit: Limit): void {
    if (isCritical) this.#critical = limit;
    else this.#all = limit;
  }

  untilMs(isCritical: boolean): number {
    return (isCritical ? this.#critical : this.#all)?.untilMs ?? 0;
  }

  reason(nowMs: number): ThrottleReason | undefined {
    return this.#all !== undefined && this.#all.untilMs > nowMs ? this.#all.why : undefined;
  }

  clear(): void {
    this.#all = undefined;
    this.#critical = undefined;
  }
}
