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
import { readLanePlace, illegalName, type LanePlace, type TenantId } from '@swarmledger/protocol';
import { Admission, ProjectRates } from './admission.ts';
import { Aside } from './aside.ts';
import type { BreakerState } from './breaker.ts';
import { commitTransaction, countReserved, type CommitDependencies, type CommitOutcome } from './commit.ts';
import type { NewRows } from './feeder.ts';
import { findCommitted } from './find-committed.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { KnownTenants } from './known-tenants.ts';
import { OverflowLane } from './overflow-lane.ts';
import type { IngestPolicy } from './policy.ts';
import type { QuotaBook } from './quota-book.ts';
import type { RecentRejections } from './recent-rejections.ts';
import { TenantBreakers } from './tenant-breakers.ts';
import { countMessages, listMessages, TransactionCutter, type PreparedTransaction } from './transactions.ts';

export interface WorkerDependencies {
  readonly bus: Bus;
  readonly ledger: Pick<Ledger, 'partitions' | 'project'>;
  readonly tenants: KnownTenants | undefined;
  /** Of the whole process. */
  readonly quotas: QuotaBook;
  readonly rejections: RecentRejections;
  readonly metrics: IngestMetrics;
  readonly tracer: Tracer;
  readonly policy: IngestPolicy;
  /** Names this process in its leases. */
  readonly owner: string;
  readonly log: Logger;
  /** New rows for ClickHouse. */
  readonly onCommitted: (partition: number, rows: NewRows) => void;
}

export interface StopSignals {
  /** Pull nothing more; finish what is in flight. */
  readonly stop: AbortSignal;
  /** Give up what is in flight. */
  readonly abort: AbortSignal;
}

/** A lease held this long was not taken in a fight: the next loss starts with a short wait again. */
const settledLeaseMs = 60_000;

/** While a tenant's breaker is open; nothing of it is fetched from the lane then. */
const breakerLookMs = 5_000;

/** Full pulls in a row that are a backlog, and not a moment's delay. */
const backlogPulls = 4;

interface OwnedThings {
  readonly lease: Lease;
  readonly lane: OverflowLane;
  readonly consumer: PartitionConsumer;
  /** Gives up what is in flight. */
  readonly signal: AbortSignal;
}

/** What an owner of the partition works with, from its lease on. */
interface Ownership {
  readonly consumer: PartitionConsumer;
  readonly lane: OverflowLane;
  readonly cutter: TransactionCutter;
  readonly commit: CommitDependencies;
  readonly aside: Aside;
}

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
  readonly #breakers: TenantBreakers;
  readonly #rates: ProjectRates;
  #cutter: TransactionCutter | undefined;
  #aside: Aside | undefined;
  /** Cut and not yet acknowledged: the one in commit, and the next. */
  readonly #prepared: PreparedTransaction[] = [];
  #pulling: AbortController | undefined;
  /** Pulls in a row that were full. */
  #fullPulls = 0;
  #renewal: 'none' | 'wanted' = 'none';
  #state: 'starting' | 'running' | 'waiting' = 'starting';
  #trouble: string | undefined;
  #lastProgressMs: number | undefined;

  constructor(partition: number, dependencies: WorkerDependencies) {
    this.partition = partition;
    this.#dependencies = dependencies;
    this.#policy = dependencies.policy;
    this.#log = dependencies.log.with({ partition });
    this.#breakers = new TenantBreakers(dependencies.policy.breaker, (tenant, state) =>
      this.#tellBreaker(tenant, state),
    );
    this.#rates = new ProjectRates(dependencies.quotas);
  }

  /** On the clock of `performance.now()`. */
  get lastProgressMs(): number | undefined {
    return this.#lastProgressMs;
  }

  /** It waits for the next message and holds none. */
  get isPulling(): boolean {
    const isIdle = this.#prepared.length === 0 && (this.#aside?.transactions.length ?? 0) === 0;
    return this.#pulling !== undefined && this.#cutter?.isEmpty !== false && isIdle;
  }

  /** Why it does not consume; undefined when it does. */
  get problem(): string | undefined {
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
        const lane = scope.own('overflow lane', await this.#openLane());
        const consumer = scope.own('consumer', await bus.openPartition(this.partition));
        scope.defer('held messages', () => this.#handBack());
        const heartbeat = setInterval(() => this.#claimHeld(consumer), this.#policy.heartbeatMs);
        scope.defer('heartbeat', () => clearInterval(heartbeat));
        const ownership = this.#createOwnership({ lease, lane, consumer, signal: signals.abort });
        this.#cutter = ownership.cutter;
        this.#aside = ownership.aside;
        this.#state = 'running';
        try {
          await this.#consume(ownership, signals);
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

  #openLane(): Promise<OverflowLane> {
    const { bus, metrics, policy } = this.#dependencies;
    return OverflowLane.open({
      partition: this.partition,
      overflow: bus.overflow,
      policy: policy.lane,
      retryPolicy: policy.retry,
      metrics,
      log: this.#log,
      waitMs: (place) => this.#waitMs(place),
      onFetched: () => this.#pulling?.abort(),
    });
  }

  #createOwnership({ lease, lane, consumer, signal }: OwnedThings): Ownership {
    const { bus, tenants, quotas, rejections, metrics, tracer } = this.#dependencies;
    const { partition } = this;
    const rates = this.#rates;
    const waitMs = (place: LanePlace): number => this.#waitMs(place);
    const gate = new Admission({ partition, lane, quotas, rates, waitMs, metrics });
    const commit: CommitDependencies = {
      bus,
      lease,
      lane,
      tenants,
      rates,
      rejections,
      metrics,
      tracer,
      retryPolicy: this.#policy.retry,
      log: this.#log,
    };
    return {
      consumer,
      lane,
      cutter: new TransactionCutter(this.#policy.transaction, gate),
      commit,
      aside: new Aside(commit, { signal, onFailure: () => this.#pulling?.abort() }),
    };
  }

  /** Until something of the place may go. */
  #waitMs(place: LanePlace): number {
    return this.#breakers.isOpen(place.tenant, performance.now()) ? breakerLookMs : this.#rates.waitMs(place);
  }

  async #consume(ownership: Ownership, signals: StopSignals): Promise<void> {
    let current = await this.#prepare(ownership, signals.stop);
    while (!signals.stop.aborted) {
      const next = this.#prepare(ownership, signals.stop);
      // Its failure is met below, after the commit; until then it must not count as unhandled.
      next.catch(() => undefined);
      try {
        await this.#commit(ownership, current, signals);
      } catch (error) {
        this.#pulling?.abort();
        // Nothing may be acknowledged any more when the rest is handed back.
        await Promise.allSettled([next, ownership.aside.settled()]);
        throw error;
      }
      current = await next;
    }
    await ownership.aside.settled();
  }

  /** Pulls unless messages are left, and cuts the next transaction; it is empty when nothing came and nothing returns. */
  async #prepare(ownership: Ownership, stop: AbortSignal): Promise<PreparedTransaction> {
    const { cutter, lane } = ownership;
    if (cutter.isEmpty && !stop.aborted) cutter.add(await this.#pull(ownership));
    await this.#dependencies.quotas.load(listTenants(cutter, lane));
    const transaction = cutter.cut();
    if (countMessages(transaction) > 0) this.#prepared.push(transaction);
    if (transaction.overQuota.length === 0) return transaction;
    const sorted = await findCommitted(this.#dependencies.ledger, transaction);
    this.#prepared[this.#prepared.indexOf(transaction)] = sorted;
    return sorted;
  }

  async #pull({ consumer, lane, aside }: Ownership): Promise<readonly BusMessage[]> {
    // What is still on its way to the lane was decided before it was full: it must not come before what is held.
    const isHeldDue = lane.isHeldDue && aside.transactions.length === 0;
    if (this.#renewal === 'wanted' || isHeldDue) {
      this.#renewal = 'none';
      lane.releaseHeld();
      await consumer.resubscribe();
    }
    const pulling = new AbortController();
    this.#pulling = pulling;
    const { messagesMax: maxMessages, bytesMax: maxBytes } = this.#policy.pull;
    const waitMs = Math.min(this.#policy.pull.waitMs, lane.nextDueMs());
    try {
      const messages = await consumer.pull({ maxMessages, maxBytes, waitMs, signal: pulling.signal });
      this.#fullPulls = messages.length === maxMessages ? this.#fullPulls + 1 : 0;
      return messages;
    } catch (error) {
      if (pulling.signal.aborted) return [];
      throw error;
    } finally {
      this.#pulling = undefined;
    }
  }

  async #commit({ commit, aside }: Ownership, transaction: PreparedTransaction, signals: StopSignals): Promise<void> {
    if (countMessages(transaction) > 0) {
      const outcome = await commitTransaction(commit, transaction, { signal: signals.abort });
      this.#settle(transaction, outcome);
      for (const [tenant, counts] of outcome.tenants) this.#breakers.handled(tenant, counts, performance.now());
      const ahead = this.#fullPulls >= backlogPulls ? 'backlog' : 'nothing';
      if (outcome.rows > 0) this.#dependencies.onCommitted(this.partition, { count: outcome.rows, ahead });
      this.#prepared.shift();
      await aside.add(transaction, outcome.dead);
      this.#lastProgressMs = performance.now();
      this.#dependencies.metrics.progress(this.partition, Date.now() / 1_000);
    } else await aside.add(transaction, []);
  }

  /** @param outcome undefined: nothing is known to be committed */
  #settle(transaction: PreparedTransaction, outcome: CommitOutcome | undefined): void {
    for (const [tenant, reserved] of countReserved(transaction))
      this.#dependencies.quotas.settle(tenant, { reserved, committed: outcome?.tenants.get(tenant)?.events ?? 0 });
  }

  #tellBreaker(tenant: string, state: BreakerState['kind']): void {
    this.#dependencies.metrics.breaker(this.partition, this.#breakers.worst);
    if (state !== 'open') {
      this.#log.info('breaker changed', { tenant, state });
      return;
    }
    const { deadLettersMax, windowMs, coolDownMs } = this.#policy.breaker;
    this.#log.error('tenant stopped by a burst of dead letters', {
      tenant,
      dead_letters: deadLettersMax,
      window_ms: windowMs,
      cool_down_ms: coolDownMs,
    });
  }

  /** Everything held, oldest first. */
  #held(): readonly BusMessage[] {
    const transactions = [...(this.#aside?.transactions ?? []), ...this.#prepared];
    return [...transactions.flatMap(listMessages), ...(this.#cutter?.list() ?? [])].sort(
      (a, b) => a.sequence - b.sequence,
    );
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
    for (const transaction of this.#prepared.splice(0)) this.#settle(transaction, undefined);
    this.#cutter = undefined;
    this.#aside = undefined;
  }
}

/** Of what is about to be cut. */
function listTenants(cutter: TransactionCutter, lane: OverflowLane): ReadonlySet<TenantId> {
  const subjects = new Set(cutter.list().map(({ subject }) => subject));
  const places = [...[...subjects].map(readLanePlace), ...lane.ready];
  return new Set(places.flatMap(({ tenant }) => (tenant === illegalName ? [] : [tenant])));
}

/** Another process has the partition's lease or its consumer. */
function isTakenOver(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'lease_lost' || code === 'consumer_replaced';
}
