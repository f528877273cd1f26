import { setTimeout as sleepFor } from 'node:timers/promises';
import { TransientError } from './errors.ts';

export interface BackoffPolicy {
  readonly initialMs: number;
  readonly maxMs: number;
  /** Attempts in all; Infinity for "until the signal says stop". */
  readonly attemptsMax: number;
}

export const defaultBackoff: BackoffPolicy = { initialMs: 50, maxMs: 5_000, attemptsMax: 10 };

/** Full jitter: a uniform wait up to the exponential bound, so that many clients do not come back together. */
export function backoffMs(policy: BackoffPolicy, attempt: number, random: () => number = Math.random): number {
  const bound = Math.min(policy.maxMs, policy.initialMs * 2 ** Math.min(attempt, 30));
  return Math.floor(random() * bound);
}

export interface RetryOptions {
  readonly policy?: BackoffPolicy;
  readonly signal?: AbortSignal;
  readonly isRetryable?: (error: unknown) => boolean;
  readonly onRetry?: (error: unknown, attempt: number) => void;
}

/** Runs `body` again while it throws a TransientError (or what `isRetryable` says). @throws the last error; AbortError */
export async function retry<T>(body: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const policy = options.policy ?? defaultBackoff;
  const isRetryable = options.isRetryable ?? ((error: unknown) => error instanceof TransientError);
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted();
    try {
      return await body();
    } catch (error) {
      if (!isRetryable(error) || attempt + 1 >= policy.attemptsMax) throw error;
      options.onRetry?.(error, attempt);
      await sleep(backoffMs(policy, attempt), options.signal);
    }
  }
}

/** Resolves after `ms`, or rejects with AbortError as soon as the signal fires. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, signal === undefined ? {} : { signal });
}

/** Like `sleep`, but an abort ends the wait quietly: for loops that look at their signal themselves. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  try {
    await sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** @throws TransientError `timeout` when the promise is not settled in time. The work itself goes on. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TransientError('timeout', `${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
