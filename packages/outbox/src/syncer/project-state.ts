import { backoffMs, type BackoffPolicy } from '@swarmledger/runtime';
import { BatchTuner } from './batch-tuner.ts';
import type { SyncPolicy } from './contract.ts';
import { republishAfterMsMax } from './policy.ts';

export interface Hold {
  readonly code: string;
  readonly message: string;
  /** On the clock that only goes forward. */
  readonly untilMs: number;
}

/** At least half of the bound: what failed a moment ago fails again. */
export function holdMs(policy: BackoffPolicy, attempt: number): number {
  return backoffMs(policy, attempt, () => 0.5 + Math.random() / 2);
}

/** What the syncer remembers of a project while it has something to send. */
export class ProjectState {
  readonly name: string;
  readonly tuner: BatchTuner;
  readonly #policy: SyncPolicy;
  isActive = false;
  /** Since when a message of it waits for its receipt. */
  acceptedMs: number | undefined;
  /** A number that grows: who was served longest ago is next. */
  servedAt = 0;
  hold: Hold | undefined;
  #attempts = 0;
  #republished = 0;

  constructor(name: string, policy: SyncPolicy) {
    this.name = name;
    this.#policy = policy;
    this.tuner = new BatchTuner(policy);
  }

  get republishAfterMs(): number {
    return Math.min(republishAfterMsMax, this.#policy.republishAfterMs * 2 ** Math.min(this.#republished, 10));
  }

  /** Its last message was refused, or nobody knows it: its entries are looked at again before they go. */
  get isSuspect(): boolean {
    return this.tuner.isNarrowed || this.#republished > 0;
  }

  fail(problem: { readonly code: string; readonly message: string }, policy: BackoffPolicy, nowMs: number): void {
    this.hold = { ...problem, untilMs: nowMs + holdMs(policy, this.#attempts) };
    this.#attempts += 1;
  }

  unknown(): void {
    this.#republished += 1;
  }

  succeed(): void {
    this.#attempts = 0;
    this.#republished = 0;
    this.hold = undefined;
  }
}
