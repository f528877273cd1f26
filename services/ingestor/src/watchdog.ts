/** How long silence is fine. */
export interface WatchdogPolicy {
  /** Messages wait and none was committed or dead-lettered for this long: that is a stall. */
  readonly stallMs: number;
  /** Between two looks. */
  readonly intervalMs: number;
}

/**
 * Watches progress, not connections: a pull consumer can be silently dead while its connection is fine.
 *
 *   idle     nothing waits.
 *   moving   messages wait, and the last progress is recent.
 *   stalled  messages wait, and nothing moved for `stallMs`. When the worker is only waiting for messages its subscription is
 *            renewed, once per `stallMs`; when it is waiting for anything else (the ledger, the breaker) that would not help.
 */
export type WatchdogState =
  | { readonly kind: 'idle' }
  /** Milliseconds on the same clock as the observation's. */
  | { readonly kind: 'moving'; readonly sinceMs: number }
  | { readonly kind: 'stalled'; readonly sinceMs: number; readonly resubscribedAtMs: number | undefined };

export interface Observation {
  readonly nowMs: number;
  /** Messages in the stream or in our hands. */
  readonly waiting: number;
  /** Undefined: none yet. */
  readonly lastProgressMs: number | undefined;
  /** The worker waits for the next message and holds none. */
  readonly isPulling: boolean;
}

export interface WatchdogStep {
  readonly state: WatchdogState;
  readonly action: 'none' | 'resubscribe';
}

export function stepWatchdog(state: WatchdogState, seen: Observation, policy: WatchdogPolicy): WatchdogStep {
  if (seen.waiting === 0) return { state: { kind: 'idle' }, action: 'none' };
  const waitingSinceMs = state.kind === 'idle' ? seen.nowMs : state.sinceMs;
  const sinceMs = Math.max(waitingSinceMs, seen.lastProgressMs ?? -Infinity);
  if (seen.nowMs - sinceMs < policy.stallMs) return { state: { kind: 'moving', sinceMs }, action: 'none' };
  const resubscribedAtMs = state.kind === 'stalled' ? state.resubscribedAtMs : undefined;
  const isDue = resubscribedAtMs === undefined || seen.nowMs - resubscribedAtMs >= policy.stallMs;
  if (!seen.isPulling || !isDue) return { state: { kind: 'stalled', sinceMs, resubscribedAtMs }, action: 'none' };
  return { state: { kind: 'stalled', sinceMs, resubscribedAtMs: seen.nowMs }, action: 'resubscribe' };
}
