import type { Bus, BusMessage, PartitionConsumer } from '@swarmledger/bus';
import type { Ledger, Lease } from '@swarmledger/ledger';
import {
  backoffMs,
  errorCode,
  errorMessage,
  pause,
  TransientError,
  withScope,
  type Logger,
  type Tracer,
} from '@swarmledger/runtime';
import { closedBreaker, nextBreakerState, type BreakerEvent, type BreakerState } from './breaker.ts';
import { commitTransaction, type CommitDependencies } from './commit.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { KnownTenants } from './known-tenants.ts';
import type { IngestPolicy } from './policy.ts';
import type { RecentRejections } from './recent-rejections.ts';
import { TransactionCutter, type PreparedTransaction } from './transactions.ts';

export interface WorkerDependencies {
  readonly bus: Bus;
  readonly ledger: Pick<Ledger, 'partitions'>;
  readonly tenants: KnownTenants | undefined;
  readonly rejections: RecentRejections;
  readonly metrics: IngestMetrics;
  readonly tracer: Tracer;
  readonly policy: IngestPolicy;
  /** Names this process in its leases. */
  readonly owner: string;
  readonly log: Logger;
  /** New rows for ClickHouse. */
  readonly onCommitted: (partition: number, rows: number) => void;
}

export interface StopSignals {
  /** Pull nothing more; finish what is in flight. */
  readonly stop: AbortSignal;
  /** Give up what is in flight. */
  readonly abort: AbortSignal;
}

/** A lease held this long was not taken in a fight: the next loss starts with a short wait again. */
const settledLeaseMs = 60_000;

/**
 * Owns one partition: takes its lease, and carries its messages into the ledger in publish order. While one transaction commits
 * the next is pulled and decoded. Whenever order cannot be vouched for (the lease is lost, the consumer breaks) everything that
 * is held is handed back, oldest first, and the partition is opened anew.
 */
export class PartitionWorker {
  readonly partition: number;
  readonly #dependencies: WorkerDependencies;
  readonly #policy: IngestPolicy;
  readonly #log: Logger;
  readonly #cutter: TransactionCutter;
  /** Cut and not yet acknowledged: the one in commit, and the next. */
  readonly #prepared: PreparedTransaction[] = [];
  #breaker: BreakerState = closedBreaker;
  #pulling: AbortController | undefined;
  #renewal: 'none' | 'wanted' = 'none';
  #state: 'starting' | 'running' | 'waiting' = 'starting';
  #trouble: string | undefined;
  #lastProgressMs: number | undefined;

  constructor(partition: number, dependencies: WorkerDependencies) {
    this.partition = partition;
    this.#dependencies = dependencies;
    this.#policy = dependencies.policy;
    this.#log = dependencies.log.with({ partition });
    this.#cutter = new TransactionCutter(dependencies.policy.transaction);
  }

  /** On the clock of `performance.now()`. */
  get lastProgressMs(): number | undefined {
    return this.#lastProgressMs;
  }

  /** It waits for the next message and holds none. */
  get isPulling(): boolean {
    return this.#pulling !== undefined && this.#cutter.isEmpty && this.#prepared.length === 0;
  }

  /** Why it does not consume; undefined when it does. */
  get problem(): string | undefined {
    if (this.#breaker.kind === 'open') return 'stopped by a burst of dead letters';
    return this.#state === 'running' ? undefined : (this.#trouble ?? 'is being opened');
  }

  /** Renews the subscription before the next pull: it is thought to be dead. */
  renewSubscription(): void {
    this.#renewal = 'wanted';
    this.#pulling?.abort();
  }

  /** Resolves once stopped, with everything acknowledged or handed back. @throws what is nobody's fault but ours */
  async run(signals: StopSignals): Promise<void> {
    const endPull = (): void => this.#pulling?.abort();
    signals.stop.addEventListener('abort', endPull);
    try {
      for (let failures = 0; !signals.stop.aborted; failures++) {
        const openedMs = performance.now();
        const error = await this.#ownUntilFailure(signals);
        if (error === undefined) continue;
        if (performance.now() - openedMs > settledLeaseMs) failures = 0;
        this.#state = 'waiting';
        this.#trouble = errorMessage(error);
        const policy = isTakenOver(error) ? this.#policy.lease : this.#policy.retry;
        this.#log.warn('partition given up, opening it again', { code: errorCode(error), reason: this.#trouble });
        // At least half of the bound: two owners must not take the partition from each other in turn.
        await pause(
          backoffMs(policy, failures, () => 0.5 + Math.random() / 2),
          signals.stop,
        );
      }
    } finally {
      signals.stop.removeEventListener('abort', endPull);
    }
  }

  async #ownUntilFailure(signals: StopSignals): Promise<TransientError | undefined> {
    const { ledger, bus, owner } = this.#dependencies;
    try {
      await withScope(async (scope) => {
        // The lease first: it is what ends an older owner's commits before this one begins to read.
        const lease = await ledger.partitions.acquire(this.partition, owner);
        scope.defer('lease', () => lease.release());
        const consumer = scope.own('consumer', await bus.openPartition(this.partition));
        scope.defer('held messages', () => this.#handBack());
        const heartbeat = setInterval(() => this.#claimHeld(consumer), this.#policy.heartbeatMs);
        scope.defer('heartbeat', () => clearInterval(heartbeat));
        this.#state = 'running';
        try {
          await this.#consume(lease, consumer, signals);
        } catch (error) {
          // They are the other owner's now.
          if (isTakenOver(error)) this.#forget();
          throw error;
        }
      });
      return undefined;
    } catch (error) {
      if (signals.abort.aborted) return undefined;
      if (error instanceof TransientError) return error;
      throw error;
    }
  }

  async #consume(lease: Lease, consumer: PartitionConsumer, signals: StopSignals): Promise<void> {
    const { bus, tenants, rejections, metrics, tracer } = this.#dependencies;
    const dependencies: CommitDependencies = {
      bus,
      lease,
      tenants,
      rejections,
      metrics,
      tracer,
      retryPolicy: this.#policy.retry,
      log: this.#log,
    };
    let current = await this.#prepare(consumer, signals.stop);
    while (!signals.stop.aborted) {
      const next = this.#prepare(consumer, signals.stop);
      // Its failure is met below, after the commit; until then it must not count as unhandled.
      next.catch(() => undefined);
      try {
        await this.#commit(dependencies, current, signals);
      } catch (error) {
        this.#pulling?.abort();
        await next.catch(() => undefined);
        throw error;
      }
      current = await next;
    }
  }

  /** Pulls unless messages are left, and cuts the next transaction; it is empty when no message came. */
  async #prepare(consumer: PartitionConsumer, stop: AbortSignal): Promise<PreparedTransaction> {
    if (this.#cutter.isEmpty && !stop.aborted) this.#cutter.add(await this.#pull(consumer));
    const transaction = this.#cutter.cut();
    if (transaction.good.length + transaction.bad.length > 0) this.#prepared.push(transaction);
    return transaction;
  }

  async #pull(consumer: PartitionConsumer): Promise<readonly BusMessage[]> {
    if (this.#renewal === 'wanted') {
      this.#renewal = 'none';
      await consumer.resubscribe();
    }
    const pulling = new AbortController();
    this.#pulling = pulling;
    const { messagesMax: maxMessages, bytesMax: maxBytes, waitMs } = this.#policy.pull;
    try {
      return await consumer.pull({ maxMessages, maxBytes, waitMs, signal: pulling.signal });
    } catch (error) {
      if (pulling.signal.aborted) return [];
      throw error;
    } finally {
      this.#pulling = undefined;
    }
  }

  async #commit(
    dependencies: CommitDependencies,
    transaction: PreparedTransaction,
    signals: StopSignals,
  ): Promise<void> {
    if (transaction.good.length + transaction.bad.length === 0) return;
    await this.#passBreaker(signals.stop);
    if (signals.stop.aborted && this.#breaker.kind === 'open') return;
    const { committed, deadLettered, events } = await commitTransaction(dependencies, transaction, {
      signal: signals.abort,
    });
    this.#prepared.shift();
    this.#lastProgressMs = performance.now();
    this.#dependencies.metrics.progress(this.partition, Date.now() / 1_000);
    this.#stepBreaker({ kind: 'handled', committed, deadLettered });
    if (events > 0) this.#dependencies.onCommitted(this.partition, events);
  }

  /** Waits while the breaker is open. */
  async #passBreaker(stop: AbortSignal): Promise<void> {
    while (this.#breaker.kind === 'open' && !stop.aborted) {
      await pause(Math.max(1, this.#breaker.untilMs - performance.now()), stop);
      this.#stepBreaker({ kind: 'tick' });
    }
  }

  #stepBreaker(event: BreakerEvent): void {
    const before = this.#breaker.kind;
    this.#breaker = nextBreakerState(this.#breaker, event, performance.now(), this.#policy.breaker);
    if (this.#breaker.kind === before) return;
    this.#dependencies.metrics.breaker(this.partition, this.#breaker.kind);
    if (this.#breaker.kind === 'open') {
      const { deadLettersMax, windowMs, coolDownMs } = this.#policy.breaker;
      this.#log.error('partition stopped by a burst of dead letters', {
        dead_letters: deadLettersMax,
        window_ms: windowMs,
        cool_down_ms: coolDownMs,
      });
    } else {
      this.#log.info('breaker changed', { state: this.#breaker.kind });
    }
  }

  /** Everything held, oldest first. */
  #held(): readonly BusMessage[] {
    const prepared = this.#prepared.flatMap(({ good, bad }) => [...good, ...bad].map(({ message }) => message));
    return [...prepared, ...this.#cutter.list()].sort((a, b) => a.sequence - b.sequence);
  }

  /** Everything that this process was given, here and in the consumer's prefetch. */
  #claimHeld(consumer: PartitionConsumer): void {
    for (const message of this.#held()) message.working();
    consumer.working();
  }

  // In stream order, so that they come back in it. Those acknowledged already ignore it.
  #handBack(): void {
    for (const message of this.#held()) message.retryLater(0);
    this.#forget();
  }

  #forget(): void {
    this.#prepared.length = 0;
    this.#cutter.clear();
  }
}

/** Another process has the partition's lease or its consumer. */
function isTakenOver(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'lease_lost' || code === 'consumer_replaced';
}
