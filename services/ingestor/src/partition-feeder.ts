import type { Feed, PartitionFeed } from '@swarmledger/ledger';
import { backoffMs, errorCode, errorMessage, pause, type Logger, type Tracer } from '@swarmledger/runtime';
import type { AnalyticsLink } from './analytics-link.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { FeedPolicy } from './policy.ts';
import type { Slots } from './slots.ts';
import { FeedTraces } from './traces.ts';

export interface FeederDependencies {
  readonly feed: Pick<Feed, 'open'>;
  readonly link: Pick<AnalyticsLink, 'migrated' | 'insertGroup'>;
  /** Shared by all partitions: it bounds the groups in memory. */
  readonly slots: Slots;
  readonly metrics: IngestMetrics;
  readonly tracer: Tracer;
  readonly policy: FeedPolicy;
  readonly log: Logger;
}

/** What a commit left for ClickHouse. */
export interface NewRows {
  readonly count: number;
  /** `backlog`: pull after pull of messages is full. */
  readonly ahead: 'backlog' | 'nothing';
}

/** A watch that was missed costs this, no more. */
const lookAgainMs = 5_000;
/** After the feed had nothing, though it seemed so: a paused feed wakes its watchers too. */
const emptyPauseMs = 100;

/**
 * Carries one partition's commits from the feed into ClickHouse, each exactly once: a group is persisted before it is inserted,
 * and a failed insert is tried again with the same group for ever. Nothing waits for it.
 */
export class PartitionFeeder {
  readonly #partition: number;
  readonly #dependencies: FeederDependencies;
  /** Committed here since the last group was cut. */
  #rowsWaiting = 0;
  /** What is worth waking up for. */
  #rowsAwaited = 1;
  #ahead: NewRows['ahead'] = 'nothing';
  #wake: (() => void) | undefined;

  constructor(partition: number, dependencies: FeederDependencies) {
    this.#partition = partition;
    this.#dependencies = dependencies;
  }

  /** There are new rows. */
  notify({ count, ahead }: NewRows): void {
    const hasChanged = ahead !== this.#ahead;
    this.#rowsWaiting += count;
    this.#ahead = ahead;
    // Commits come by the hundred a second: most are nothing to wake up for.
    if (hasChanged || this.#rowsWaiting >= this.#rowsAwaited) this.#wake?.();
  }

  /** Resolves once the signal has fired and the insert in flight is done. */
  async run(signal: AbortSignal): Promise<void> {
    const { feed, link, slots, metrics, policy, log } = this.#dependencies;
    await Promise.race([link.migrated(), untilAborted(signal)]);
    const partition = feed.open(this.#partition);
    for (let failures = 0; !signal.aborted;) {
      try {
        const rows = await slots.use(() => this.#feedOne(partition, signal));
        failures = 0;
        if (rows === undefined) await pause(emptyPauseMs, signal);
        // A full group means that there is more.
        if (rows === undefined || rows < policy.rowsTarget / 2) await this.#waitForRows(partition, signal);
      } catch (error) {
        if (signal.aborted) return;
        log.debug('group not fed', { partition: this.#partition, code: errorCode(error), reason: errorMessage(error) });
        metrics.retried('feed', errorCode(error));
        await pause(backoffMs(policy.retry, failures), signal);
        failures += 1;
      }
    }
  }

  /** Rows inserted; undefined: nothing to feed. */
  async #feedOne(partition: PartitionFeed, signal: AbortSignal): Promise<number | undefined> {
    if (signal.aborted) return undefined;
    const { link, metrics, tracer, policy } = this.#dependencies;
    this.#rowsWaiting = 0;
    const group = await partition.nextGroup({ rowsTarget: policy.rowsTarget, bytesMax: policy.bytesMax });
    if (group === undefined) return undefined;
    const startMs = Date.now();
    const traces = new FeedTraces(tracer);
    const rows = await link.insertGroup(group, traces.watch(partition.rows(group, { signal })));
    await partition.complete(group);
    metrics.fed(rows);
    traces.emit(group, startMs);
    return rows;
  }

  /** Resolves when there is something new and it had time to become a full group: more of it while a backlog is worked off. */
  async #waitForRows(partition: PartitionFeed, signal: AbortSignal): Promise<void> {
    const { rowsTarget, fillMs, backlogFillMs } = this.#dependencies.policy;
    this.#rowsAwaited = 1;
    if (this.#rowsWaiting === 0)
      await this.#untilWoken(lookAgainMs, signal, (wake) => partition.watch({ signal: wake }));
    const startMs = performance.now();
    this.#rowsAwaited = rowsTarget;
    while (this.#rowsWaiting < rowsTarget && !signal.aborted) {
      const waitMs = this.#ahead === 'backlog' ? backlogFillMs : fillMs;
      const leftMs = startMs + waitMs - performance.now();
      if (leftMs <= 0) return;
      await this.#untilWoken(leftMs, signal, (wake) => pause(leftMs, wake));
    }
  }

  /** Waits for `body`, which ends early on new rows, on the stop signal and after `ms`. */
  async #untilWoken(ms: number, signal: AbortSignal, body: (wake: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    const wake = (): void => controller.abort();
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake);
    this.#wake = wake;
    try {
      await body(controller.signal);
    } finally {
      this.#wake = undefined;
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
    }
  }
}

/** A partition may be given up while ClickHouse has never been there. */
function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
