import { hostname } from 'node:os';
import type { SyncProblem, SyncStatus } from './contract.ts';

const rateWindowMs = 10_000;

/** Counts of one syncer since its start. Pure but for the names in it. */
export class SyncMeter {
  readonly #startedMs: number;
  #committedEvents = 0;
  #messages = 0;
  #sentBytes = 0;
  #plainBytes = 0;
  #lastCommitMs: number | undefined;
  parkedEntries = 0;
  lastError: SyncProblem | undefined;
  clockOffsetUs: number | undefined;
  #recent: { readonly atMs: number; readonly events: number }[] = [];

  /** @param startedMs Unix milliseconds */
  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  sent(bytes: number, plainBytes: number): void {
    this.#messages += 1;
    this.#sentBytes += bytes;
    this.#plainBytes += plainBytes;
  }

  committed(events: number, nowMs: number, wallMs: number): void {
    this.#committedEvents += events;
    this.#lastCommitMs = wallMs;
    this.#recent.push({ atMs: nowMs, events });
    this.#forget(nowMs);
  }

  describe(
    nowMs: number,
  ): Pick<SyncStatus, 'pid' | 'host' | 'startedMs' | 'eventsPerSecond' | 'lastError' | 'lastCommitMs'> &
    Pick<SyncStatus, 'committedEvents' | 'parkedEntries' | 'messages' | 'sentBytes' | 'plainBytes' | 'clockOffsetUs'> {
    this.#forget(nowMs);
    const recent = this.#recent.reduce((sum, sample) => sum + sample.events, 0);
    return {
      pid: process.pid,
      host: hostname(),
      startedMs: this.#startedMs,
      eventsPerSecond: Math.round(recent / (rateWindowMs / 1_000)),
      committedEvents: this.#committedEvents,
      parkedEntries: this.parkedEntries,
      messages: this.#messages,
      sentBytes: this.#sentBytes,
      plainBytes: this.#plainBytes,
      ...(this.lastError === undefined ? {} : { lastError: this.lastError }),
      ...(this.#lastCommitMs === undefined ? {} : { lastCommitMs: this.#lastCommitMs }),
      ...(this.clockOffsetUs === undefined ? {} : { clockOffsetUs: this.clockOffsetUs }),
    };
  }

  #forget(nowMs: number): void {
    while ((this.#recent[0]?.atMs ?? nowMs) < nowMs - rateWindowMs) this.#recent.shift();
  }
}
