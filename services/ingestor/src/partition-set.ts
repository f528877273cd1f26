import type { Roster } from '@swarmledger/bus';
import { setMaxListeners } from 'node:events';
import type { Logger } from '@swarmledger/runtime';
import { assignPartitions } from './assignment.ts';
import type { Feeder } from './feeder.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { PartitionWorker, StopSignals } from './partition-worker.ts';

/** One partition in this process's hands. */
interface Running {
  readonly worker: PartitionWorker;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

export interface PartitionSetOptions {
  readonly partitions: number;
  readonly createWorker: (partition: number) => PartitionWorker;
  readonly feeder: Pick<Feeder, 'feed'>;
  readonly signals: StopSignals;
  readonly metrics: IngestMetrics;
  /** What ends badly ends the service. */
  readonly onFailure: (error: unknown) => void;
  readonly log: Logger;
}

/** How long an alive member may hold what is somebody else's now, before that one takes it over. */
const handoverMs = 15_000;
/** Between two looks, beside those that a change brings. */
const lookAgainMs = 1_000;

/**
 * The partitions that this process runs: a fixed list, or its share of all of them, as processes come and go. A partition is given
 * up before another process opens it; where that fails (a process that hangs, two views of who is there) the lease decides.
 */
export class PartitionSet {
  readonly #options: PartitionSetOptions;
  readonly #running = new Map<number, Running>();
  /** Since when a partition of ours is in somebody else's hands. */
  readonly #waitingSinceMs = new Map<number, number>();
  #roster: Roster | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PartitionSetOptions) {
    this.#options = options;
    options.signals.stop.addEventListener('abort', () => {
      clearInterval(this.#timer);
      this.#roster?.leave();
      for (const { stop } of this.#running.values()) stop.abort();
    });
  }

  get workers(): readonly PartitionWorker[] {
    return [...this.#running.values()].map(({ worker }) => worker);
  }

  /** Why partitions of ours are not running yet; undefined when all are. */
  get problem(): string | undefined {
    const waiting = [...this.#waitingSinceMs.keys()];
    return waiting.length === 0 ? undefined : `waiting for partitions ${waiting.join(', ')} to be given up`;
  }

  startFixed(partitions: readonly number[]): void {
    for (const partition of partitions) this.#start(partition);
  }

  /** Runs its share from now on. */
  startShared(roster: Roster): void {
    this.#roster = roster;
    roster.onChange(() => this.#rebalance());
    this.#timer = setInterval(() => this.#rebalance(), lookAgainMs);
    this.#rebalance();
  }

  /** Resolves when everything that runs has stopped. */
  async settled(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #rebalance(): void {
    const roster = this.#roster;
    if (roster === undefined || this.#options.signals.stop.aborted) return;
    const mine = new Set(assignPartitions(roster.members, this.#options.partitions, roster.self.id));
    for (const [partition, { stop }] of this.#running) if (!mine.has(partition)) stop.abort();
    for (const partition of this.#waitingSinceMs.keys())
      if (!mine.has(partition)) this.#waitingSinceMs.delete(partition);
    for (const partition of mine) if (!this.#running.has(partition)) this.#startWhenFree(roster, partition);
  }

  #startWhenFree(roster: Roster, partition: number): void {
    const holder = roster.members.find(({ id, holding }) => id !== roster.self.id && holding.includes(partition));
    const sinceMs = this.#waitingSinceMs.get(partition) ?? performance.now();
    if (holder !== undefined && performance.now() - sinceMs < handoverMs) {
      this.#waitingSinceMs.set(partition, sinceMs);
      return;
    }
    if (holder !== undefined)
      this.#options.log.warn('partition not given up, taking it over', { partition, from: holder.id });
    this.#waitingSinceMs.delete(partition);
    this.#start(partition);
  }

  #start(partition: number): void {
    const { createWorker, feeder, signals, onFailure, log } = this.#options;
    // Told to stop while it was starting: nobody would stop what begins now.
    if (signals.stop.aborted) return;
    const worker = createWorker(partition);
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const work = Promise.all([
      worker.run({ stop: stop.signal, abort: signals.abort }),
      feeder.feed(partition, stop.signal),
    ]).then(() => undefined);
    const done = work.catch(onFailure).finally(() => {
      this.#running.delete(partition);
      this.#options.metrics.forget(partition);
      this.#tellHeld();
      log.info('partition given up', { partition });
      // It may be ours again meanwhile.
      this.#rebalance();
    });
    this.#running.set(partition, { worker, stop, done });
    this.#tellHeld();
    log.info('partition taken', { partition });
  }

  #tellHeld(): void {
    this.#roster?.hold([...this.#running.keys()]);
    this.#options.metrics.owned(this.#running.size);
  }
}
