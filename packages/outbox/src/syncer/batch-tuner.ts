import type { SyncPolicy } from './contract.ts';

/** How much of a new measurement counts. */
const latencyWeight = 0.2;
/** Few events wait for company for this part of what a message takes anyway. */
const lingerShare = 0.25;

/**
 * How many events a project's next message has. It doubles while full messages are committed in time, halves when they are slow, and
 * halves after a refusal, down to the one entry that is at fault. Pure.
 */
export class BatchTuner {
  readonly #policy: Pick<SyncPolicy, 'batchEventsInitial' | 'batchEventsMax' | 'latencyTargetMs' | 'lingerMsMax'>;
  #events: number;
  #isNarrowed = false;
  #latencyMs = 0;

  constructor(policy: Pick<SyncPolicy, 'batchEventsInitial' | 'batchEventsMax' | 'latencyTargetMs' | 'lingerMsMax'>) {
    this.#policy = policy;
    this.#events = policy.batchEventsInitial;
  }

  get events(): number {
    return this.#events;
  }

  /** A refusal is being looked for. */
  get isNarrowed(): boolean {
    return this.#isNarrowed;
  }

  /** Smoothed; 0 before the first. */
  get latencyMs(): number {
    return this.#latencyMs;
  }

  get lingerMs(): number {
    return Math.min(this.#policy.lingerMsMax, this.#latencyMs * lingerShare);
  }

  committed(batch: { readonly isFull: boolean; readonly latencyMs: number }): void {
    const { batchEventsInitial, batchEventsMax, latencyTargetMs } = this.#policy;
    this.#latencyMs += (batch.latencyMs - this.#latencyMs) * (this.#latencyMs === 0 ? 1 : latencyWeight);
    if (batch.latencyMs > 2 * latencyTargetMs) {
      this.#events = Math.max(Math.min(this.#events, batchEventsInitial), Math.floor(this.#events / 2));
    } else if (batch.isFull && batch.latencyMs <= latencyTargetMs) {
      this.#events = Math.min(batchEventsMax, this.#events * 2);
    }
    if (this.#events >= batchEventsInitial) this.#isNarrowed = false;
  }

  /** @param events of the refused message, which has more than one entry */
  refused(events: number): void {
    this.#events = Math.max(1, Math.floor(events / 2));
    this.#isNarrowed = true;
  }
}
