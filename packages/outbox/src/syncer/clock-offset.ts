import type { EventScope } from '@swarmledger/protocol';
import { errorCode, type Logger } from '@swarmledger/runtime';
import type { Uplink } from './contract.ts';

const answerMs = 1_000;
const retryMs = 30_000;
/** The wall clock was set when it and the other clock disagree by this much since the last measurement. */
const stepMs = 1_000;

/** Measures by how much this machine's clock is wrong: at first, from time to time, and when somebody set it. */
export class ClockOffset {
  readonly #uplink: Uplink;
  readonly #intervalMs: number;
  readonly #log: Logger;
  #dueMs = 0;
  #wallAhead: number | undefined;

  constructor(uplink: Uplink, options: { readonly intervalMs: number; readonly log: Logger }) {
    this.#uplink = uplink;
    this.#intervalMs = options.intervalMs;
    this.#log = options.log;
  }

  /** The next measurement is due: there is another connection. */
  renew(): void {
    this.#dueMs = 0;
  }

  /** @returns the offset that holds now, microseconds; `before` unless it was measured anew; undefined: it is not known */
  async measure(
    before: number | undefined,
    { scope, wallMs, signal }: { readonly scope: EventScope; readonly wallMs: number; readonly signal: AbortSignal },
  ): Promise<number | undefined> {
    const nowMs = performance.now();
    const ahead = wallMs - nowMs;
    const wasSet = this.#wallAhead !== undefined && Math.abs(ahead - this.#wallAhead) > stepMs;
    if (nowMs < this.#dueMs && !wasSet) return before;
    this.#wallAhead = ahead;
    this.#dueMs = nowMs + retryMs;
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
      const offsetUs = await this.#uplink.measureClock(scope, { signal: limited });
      this.#dueMs = nowMs + this.#intervalMs;
      return offsetUs;
    } catch (error) {
      // Events go without it.
      this.#log.debug('clock offset not measured', { code: errorCode(error) });
      return wasSet ? undefined : before;
    }
  }
}
