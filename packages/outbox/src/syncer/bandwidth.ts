import { dayMs } from '@swarmledger/runtime';
import { priorities, type Priority } from '../contract.ts';
import type { SyncPolicy } from './contract.ts';
import type { ThrottleReason } from './throttle.ts';

export type Allowance =
  { readonly kind: 'go' } | { readonly kind: 'wait'; readonly ms: number; readonly why: ThrottleReason };

/** The day's end is looked for this often at least: a wall clock may be set while we wait for it. */
const quotaLookMs = 60_000;

/**
 * A token bucket and a daily quota. A share of both is kept for critical signals. A message larger than the bucket goes when the bucket
 * is full, and is paid off afterwards. Pure: it looks at no clock.
 */
export class Bandwidth {
  readonly #policy: Pick<SyncPolicy, 'bytesPerSecond' | 'burstBytes' | 'criticalShare' | 'dailyBytesMax'>;
  #tokens: number;
  #filledMs: number;
  #today = { day: '', bytes: 0 };

  /** @param nowMs of a clock that only goes forward */
  constructor(
    policy: Pick<SyncPolicy, 'bytesPerSecond' | 'burstBytes' | 'criticalShare' | 'dailyBytesMax'>,
    nowMs: number,
  ) {
    this.#policy = policy;
    this.#tokens = policy.burstBytes;
    this.#filledMs = nowMs;
  }

  get day(): string {
    return this.#today.day;
  }

  /** What was sent on a day before this process knew of it. */
  startDay(day: string, bytes: number): void {
    this.#today = { day, bytes };
  }

  /** @param wallMs Unix milliseconds: when the day ends */
  check(
    bytes: number,
    priority: Priority,
    { nowMs, wallMs }: { readonly nowMs: number; readonly wallMs: number },
  ): Allowance {
    const { bytesPerSecond, burstBytes, criticalShare, dailyBytesMax } = this.#policy;
    const share = priority >= priorities.critical ? 1 : 1 - criticalShare;
    if (this.#today.bytes + bytes > dailyBytesMax * share) {
      return { kind: 'wait', ms: Math.min(quotaLookMs, dayMs - (wallMs % dayMs)), why: 'quota_used_up' };
    }
    if (bytesPerSecond === Infinity) return { kind: 'go' };
    this.#fill(nowMs);
    const reserved = burstBytes * (1 - share);
    const missing = Math.min(bytes, burstBytes - reserved) + reserved - this.#tokens;
    if (missing <= 0) return { kind: 'go' };
    return { kind: 'wait', ms: Math.ceil((missing / bytesPerSecond) * 1_000), why: 'rate_used_up' };
  }

  spend(bytes: number): void {
    this.#tokens -= bytes;
    this.#today.bytes += bytes;
  }

  #fill(nowMs: number): void {
    const { bytesPerSecond, burstBytes } = this.#policy;
    this.#tokens = Math.min(burstBytes, this.#tokens + ((nowMs - this.#filledMs) / 1_000) * bytesPerSecond);
    this.#filledMs = nowMs;
  }
}
