import { RateLimiterMemory, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { PermanentError } from '@swarmledger/runtime';

/** A limit that was reached: the caller may come again after `retryAfterSeconds`. */
export class RateLimited extends PermanentError {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('rate_limited', `too many requests; try again in ${retryAfterSeconds} s`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** In this process's memory: with several processes each has its own count. */
export function createLimiter(limit: { readonly points: number; readonly durationSeconds: number }): RateLimiterMemory {
  return new RateLimiterMemory({ points: limit.points, duration: limit.durationSeconds });
}

/** @throws RateLimited */
export async function consume(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (typeof refused !== 'object' || refused === null || !('msBeforeNext' in refused)) throw refused;
    throw new RateLimited(Math.max(1, Math.ceil(Number(refused.msBeforeNext) / 1_000)));
  }
}
