import type { Bus } from '@swarmledger/bus';
import type { Ledger } from '@swarmledger/ledger';
import { errorCode, errorMessage, pause, type Logger } from '@swarmledger/runtime';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { PartitionWorker } from './partition-worker.ts';
import { stepWatchdog, type WatchdogPolicy, type WatchdogState } from './watchdog.ts';

/** The backlog is counted by reading it: not at every scrape. */
const backlogMaxAgeMs = 5_000;

/** Looks at every partition's lag and progress at intervals, renews what is silently dead, and knows what to tell a probe. */
export class ProgressMonitor {
  readonly #bus: Pick<Bus, 'lag' | 'overflow'>;
  readonly #feed: Pick<Ledger['feed'], 'progress'>;
  readonly #workers: () => readonly PartitionWorker[];
  readonly #metrics: IngestMetrics;
  readonly #policy: WatchdogPolicy;
  readonly #log: Logger;
  readonly #states = new Map<number, WatchdogState>();
  #backlogReadMs = -Infinity;

  constructor(options: {
    readonly bus: Pick<Bus, 'lag' | 'overflow'>;
    readonly feed: Pick<Ledger['feed'], 'progress'>;
    /** Those that run now. */
    readonly workers: () => readonly PartitionWorker[];
    readonly metrics: IngestMetrics;
    readonly policy: WatchdogPolicy;
    readonly log: Logger;
  }) {
    this.#bus = options.bus;
    this.#feed = options.feed;
    this.#workers = options.workers;
    this.#metrics = options.metrics;
    this.#policy = options.policy;
    this.#log = options.log;
  }

  /** One sentence for each partition that makes no progress. */
  problems(): readonly string[] {
    return this.#workers().flatMap((worker) => {
      const problem = worker.problem ?? this.#stall(worker.partition);
      return problem === undefined ? [] : [`partition ${worker.partition} ${problem}`];
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const worker of this.#workers()) {
        try {
          await this.#look(worker);
        } catch (error) {
          this.#log.debug('lag not read', { code: errorCode(error), reason: errorMessage(error) });
        }
      }
      await pause(this.#policy.intervalMs, signal);
    }
  }

  /** Reads the feed's backlog and the overflow lane's depth for the metrics. */
  async collect(): Promise<void> {
    if (performance.now() - this.#backlogReadMs < backlogMaxAgeMs) return;
    this.#backlogReadMs = performance.now();
    const { pendingRows, oldestCommitTimeMs } = await this.#feed.progress();
    const oldestAgeSeconds = oldestCommitTimeMs === undefined ? 0 : (Date.now() - oldestCommitTimeMs) / 1_000;
    this.#metrics.feedBacklog({ pendingRows, oldestAgeSeconds });
    this.#metrics.overflowDepth(await this.#bus.overflow.depth());
  }

  async #look(worker: PartitionWorker): Promise<void> {
    const lag = await this.#bus.lag(worker.partition);
    const waiting = lag.pending + lag.unacknowledged;
    this.#metrics.lag(worker.partition, waiting);
    const { state, action } = stepWatchdog(
      this.#states.get(worker.partition) ?? { kind: 'idle' },
      {
        nowMs: performance.now(),
        waiting,
        lastProgressMs: worker.lastProgressMs,
        isPulling: worker.isPulling,
      },
      this.#policy,
    );
    this.#states.set(worker.partition, state);
    if (action === 'none') return;
    this.#log.warn('no progress, subscribing again', { partition: worker.partition, waiting });
    worker.renewSubscription();
  }

  #stall(partition: number): string | undefined {
    const state = this.#states.get(partition);
    if (state?.kind !== 'stalled') return undefined;
    const seconds = Math.round((performance.now() - state.sinceMs) / 1_000);
    return `has messages waiting and has committed none for ${seconds} s`;
  }
}
