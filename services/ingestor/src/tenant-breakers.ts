import { closedBreaker, nextBreakerState, type BreakerPolicy, type BreakerState } from './breaker.ts';

/** Tenants whose dead letters are counted side by side: beyond it the longest-known are forgotten. */
const tenantsMax = 1_000;

/**
 * A breaker for each tenant of a partition: one tenant's bad deploy must not stop the others. While it is open the tenant's messages
 * wait in the overflow lane, in order, instead of becoming dead letters; after the cool-down some are let through to see.
 */
export class TenantBreakers {
  readonly #policy: BreakerPolicy;
  readonly #onChange: (tenant: string, state: BreakerState['kind']) => void;
  readonly #states = new Map<string, BreakerState>();

  constructor(policy: BreakerPolicy, onChange: (tenant: string, state: BreakerState['kind']) => void) {
    this.#policy = policy;
    this.#onChange = onChange;
  }

  /** The tenant's messages have to wait. @param nowMs on the clock of `performance.now()` */
  isOpen(tenant: string, nowMs: number): boolean {
    const state = this.#states.get(tenant);
    if (state === undefined) return false;
    return state.kind === 'open' && this.#step(tenant, state, { kind: 'tick' }, nowMs).kind === 'open';
  }

  /** Tells what became of a tenant's messages. */
  handled(tenant: string, counts: { readonly committed: number; readonly deadLettered: number }, nowMs: number): void {
    const state = this.#states.get(tenant) ?? closedBreaker;
    if (state === closedBreaker && counts.deadLettered === 0) return;
    this.#step(tenant, state, { kind: 'handled', ...counts }, nowMs);
  }

  /** The worst of all. */
  get worst(): BreakerState['kind'] {
    const kinds = new Set([...this.#states.values()].map(({ kind }) => kind));
    return kinds.has('open') ? 'open' : kinds.has('half_open') ? 'half_open' : 'closed';
  }

  #step(
    tenant: string,
    state: BreakerState,
    event: Parameters<typeof nextBreakerState>[1],
    nowMs: number,
  ): BreakerState {
    const next = nextBreakerState(state, event, nowMs, this.#policy);
    this.#states.delete(tenant);
    if (next !== closedBreaker) this.#states.set(tenant, next);
    for (const oldest of this.#states.keys()) {
      if (this.#states.size <= tenantsMax) break;
      this.#states.delete(oldest);
    }
    if (next.kind !== state.kind) this.#onChange(tenant, next.kind);
    return next;
  }
}
