/** When a burst of dead letters stops a partition, and for how long. */
export interface BreakerPolicy {
  /** Dead letters within the window that are a burst. */
  readonly deadLettersMax: number;
  readonly windowMs: number;
  /** From the burst to the first attempt to go on. */
  readonly coolDownMs: number;
}

/**
 * One bad message is its producer's problem; hundreds in a minute are a bad deploy, and a person should look before all of it is
 * in dead letters.
 *
 *   closed     consuming. A burst opens it.
 *   open       not consuming until the cool-down is over.
 *   half_open  one transaction is let through: a commit in it closes the breaker, only dead letters open it again.
 */
export type BreakerState =
  /** Times of dead letters within the window, oldest first, never more than `deadLettersMax`. */
  | { readonly kind: 'closed'; readonly deadLettersAtMs: readonly number[] }
  | { readonly kind: 'open'; readonly untilMs: number }
  | { readonly kind: 'half_open' };

export type BreakerEvent =
  /** What became of one transaction's messages. */
  | { readonly kind: 'handled'; readonly committed: number; readonly deadLettered: number }
  /** Time has passed. */
  | { readonly kind: 'tick' };

export const closedBreaker: BreakerState = { kind: 'closed', deadLettersAtMs: [] };

export function nextBreakerState(
  state: BreakerState,
  event: BreakerEvent,
  nowMs: number,
  policy: BreakerPolicy,
): BreakerState {
  switch (state.kind) {
    case 'closed': {
      if (event.kind === 'tick' || event.deadLettered === 0) return state;
      const recent = state.deadLettersAtMs.filter((atMs) => atMs > nowMs - policy.windowMs);
      const added = Math.min(event.deadLettered, policy.deadLettersMax);
      const deadLettersAtMs = [...recent, ...new Array<number>(added).fill(nowMs)];
      if (deadLettersAtMs.length < policy.deadLettersMax) return { kind: 'closed', deadLettersAtMs };
      return { kind: 'open', untilMs: nowMs + policy.coolDownMs };
    }
    case 'open':
      return nowMs >= state.untilMs ? { kind: 'half_open' } : state;
    case 'half_open':
      if (event.kind === 'tick' || event.committed + event.deadLettered === 0) return state;
      return event.committed > 0 ? closedBreaker : { kind: 'open', untilMs: nowMs + policy.coolDownMs };
    default:
      return state satisfies never;
  }
}
