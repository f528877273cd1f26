import { setMaxListeners } from 'node:events';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Analytics } from '@swarmledger/analytics';
import type { Bus } from '@swarmledger/bus';
import type { Ledger } from '@swarmledger/ledger';
import {
  errorCode,
  errorMessage,
  createTelemetry,
  openHealthServer,
  retry,
  Scope,
  withDeadline,
  type Closeable,
  type Logger,
  type Metrics,
  type Service,
  type Telemetry,
} from '@swarmledger/runtime';
import { AnalyticsLink } from './analytics-link.ts';
import type { IngestorConfig } from './config.ts';
import { Feeder } from './feeder.ts';
import { IngestMetrics } from './ingest-metrics.ts';
import { KnownTenants } from './known-tenants.ts';
import { PartitionSet } from './partition-set.ts';
import { PartitionWorker, type StopSignals } from './partition-worker.ts';
import { ProgressMonitor } from './progress-monitor.ts';
import { answerReceipts } from './receipt-answers.ts';
import { QuotaBook } from './quota-book.ts';
import { RecentRejections } from './recent-rejections.ts';
import { RemovedTenants } from './removed-tenants.ts';

/** Opens what the ingestor stands on; it may come later than the ingestor. */
export interface IngestorDependencies {
  readonly connectBus: () => Promise<Bus>;
  readonly openLedger: () => Promise<Ledger>;
  readonly openAnalytics: () => Analytics;
  readonly log: Logger;
  /** Counts only, by default. It stays its opener's. */
  readonly telemetry?: Telemetry;
}

export interface Ingestor extends Service {
  /** Where `/healthz`, `/readyz` and `/metrics` are. */
  readonly healthPort: number;
  readonly metrics: Metrics;
}

export type IngestorSettings = Pick<
  IngestorConfig,
  'health' | 'partitions' | 'ownPartitions' | 'autoTenants' | 'streams' | 'policy'
>;

/**
 * Starts ingesting. Resolves once the health server is up: the bus, the ledger and ClickHouse are waited for in the background,
 * and `/readyz` says for which. `close` drains: what is in flight is committed and acked, what is not is handed back.
 */
export async function openIngestor(settings: IngestorSettings, dependencies: IngestorDependencies): Promise<Ingestor> {
  const ingestor = new RunningIngestor(settings, dependencies);
  await ingestor.open();
  return ingestor;
}

/** What was told to give up needs a moment to do so. */
const settleMs = 500;

class RunningIngestor implements Ingestor {
  readonly metrics: Metrics;
  readonly finished: Promise<void>;
  readonly #settings: IngestorSettings;
  readonly #dependencies: IngestorDependencies;
  readonly #log: Logger;
  readonly #telemetry: Telemetry;
  readonly #counted: IngestMetrics;
  readonly #scope = new Scope();
  readonly #stop = new AbortController();
  readonly #abort = new AbortController();
  readonly #waitingFor = new Set<string>();
  #monitor: ProgressMonitor | undefined;
  #partitions: PartitionSet | undefined;
  #starting: Promise<void> = Promise.resolve();
  readonly #opening: Promise<unknown>[] = [];
  #drainDeadlineMs = Infinity;
  #healthPort = 0;
  #finish: (outcome: Promise<void>) => void = () => undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: IngestorSettings, dependencies: IngestorDependencies) {
    this.#settings = settings;
    // Every partition, feeder and wait listens: their number is the configuration's, no leak.
    setMaxListeners(0, this.#stop.signal, this.#abort.signal);
    this.#dependencies = dependencies;
    this.#log = dependencies.log;
    this.#telemetry = dependencies.telemetry ?? createTelemetry();
    this.metrics = this.#telemetry.metrics;
    this.#counted = new IngestMetrics(this.metrics);
    this.metrics.onCollect(() => this.#monitor?.collect());
    this.finished = new Promise<void>((resolve) => (this.#finish = resolve));
    // Whoever only calls close() has not asked to hear of a failure.
    this.finished.catch(() => undefined);
  }

  get healthPort(): number {
    return this.#healthPort;
  }

  async open(): Promise<void> {
    const server = await openHealthServer(this.#settings.health, {
      ready: () => this.#problem(),
      metrics: this.metrics,
    });
    this.#scope.own('health server', server);
    this.#healthPort = server.port;
    this.#log.info('health server listens', { port: server.port });
    this.#starting = this.#start();
    this.#track(this.#starting);
  }

  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  /** What ends badly ends the service. */
  #track(work: Promise<void>): void {
    work.catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#finish(Promise.reject(error instanceof Error ? error : new Error(String(error))));
  }

  async #start(): Promise<void> {
    const { openAnalytics, connectBus, openLedger } = this.#dependencies;
    const { policy, streams, partitions } = this.#settings;
    const analytics = this.#scope.own('analytics', openAnalytics());
    const link = new AnalyticsLink(analytics, { retry: policy.retry, log: this.#log, signal: this.#stop.signal });
    const [ledger, bus] = await Promise.all([
      this.#openAndOwn('the ledger', openLedger),
      this.#openAndOwn('NATS', connectBus),
    ]);
    await this.#waitFor('the streams', () =>
      bus.ensureStreams({
        partitions,
        maxBytesPerStream: streams.bytesMax,
        ...(streams.overflowBytesMax === undefined ? {} : { maxBytesOverflow: streams.overflowBytesMax }),
        replicas: streams.replicas,
      }),
    );
    const rejections = new RecentRejections(policy.rejectionsRemembered);
    const answers = await bus.receipts.answer((tenant, project, eventIds) =>
      answerReceipts({ ledger, rejections }, { tenant, project }, eventIds),
    );
    this.#scope.own('receipt answers', answers);
    await this.#startPartitions(bus, ledger, link, rejections);
    this.#log.info('ingesting', { partitions: this.#settings.ownPartitions });
  }

  async #startPartitions(bus: Bus, ledger: Ledger, link: AnalyticsLink, rejections: RecentRejections): Promise<void> {
    const { policy, partitions, ownPartitions, autoTenants } = this.#settings;
    const metrics = this.#counted;
    const { tracer } = this.#telemetry;
    const log = this.#log;
    const { feed } = ledger;
    const feeder = new Feeder({ feed, link, metrics, tracer, policy: policy.feed, log });
    const tenants = autoTenants ? new KnownTenants(ledger.tenants, policy.tenantsRemembered) : undefined;
    const quotas = new QuotaBook({
      tenants: ledger.tenants,
      quotas: autoTenants ? 'own' : 'plans',
      policy: policy.quota,
      metrics,
      log,
    });
    const owner = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
    const signals: StopSignals = { stop: this.#stop.signal, abort: this.#abort.signal };
    // It says goodbye after its partitions were given up.
    const roster =
      ownPartitions === 'auto'
        ? this.#scope.own('roster', await this.#waitFor('the other ingestors', () => bus.openRoster({ id: owner })))
        : undefined;
    const set = new PartitionSet({
      partitions,
      signals,
      metrics,
      log,
      onFailure: (error) => this.#fail(error),
      feeder,
      createWorker: (partition) =>
        new PartitionWorker(partition, {
          bus,
          ledger,
          tenants,
          quotas,
          rejections,
          metrics,
          tracer,
          policy,
          owner,
          log,
          onCommitted: (committed, rows) => feeder.notify(committed, rows),
        }),
    });
    this.#monitor = new ProgressMonitor({
      bus,
      feed,
      workers: () => set.workers,
      metrics,
      policy: policy.watchdog,
      log,
    });
    this.#partitions = set;
    this.#waitForEnd('quotas', quotas.run(signals.stop));
    this.#waitForEnd('monitor', this.#monitor.run(signals.stop));
    this.#waitForEnd('feeder', feeder.run(signals.stop));
    this.#scope.defer('partitions', () => this.#untilDrained('partitions', set.settled()));
    const removed = new RemovedTenants({ tenants: ledger.tenants, link, policy: policy.removals, log });
    this.#waitForEnd('removals', removed.run(signals.stop));
    if (roster !== undefined) set.startShared(roster);
    else if (ownPartitions !== 'auto') set.startFixed(ownPartitions);
  }

  #waitForEnd(name: string, work: Promise<void>): void {
    this.#track(work);
    this.#scope.defer(name, () => this.#untilDrained(name, work));
  }

  async #untilDrained(name: string, work: Promise<void>): Promise<void> {
    const leftMs = this.#drainDeadlineMs - performance.now();
    await withDeadline(Promise.allSettled([work]), Math.max(0, leftMs), `stopping the ${name}`);
  }

  /** When one of them fails the others are still opening: closing waits for these too, so that none is left open. */
  #openAndOwn<T extends Closeable>(name: string, open: () => Promise<T>): Promise<T> {
    const opened = this.#waitFor(name, open).then((resource) => this.#scope.own(name, resource));
    this.#opening.push(opened);
    return opened;
  }

  /** Tries until it succeeds; `/readyz` names it meanwhile. @throws what trying again will not help */
  async #waitFor<T>(name: string, open: () => Promise<T>): Promise<T> {
    this.#waitingFor.add(name);
    const result = await retry(open, {
      policy: this.#settings.policy.retry,
      signal: this.#stop.signal,
      onRetry: (error, attempt) => {
        if (attempt > 0) return;
        this.#log.warn('waiting', { for: name, code: errorCode(error), reason: errorMessage(error) });
      },
    });
    this.#waitingFor.delete(name);
    return result;
  }

  #problem(): string | undefined {
    if (this.#stop.signal.aborted) return 'stopping';
    if (this.#waitingFor.size > 0) return `waiting for ${[...this.#waitingFor].join(' and ')}`;
    if (this.#monitor === undefined) return 'starting';
    const waiting = this.#partitions?.problem;
    const problems = [...(waiting === undefined ? [] : [waiting]), ...this.#monitor.problems()];
    return problems.length === 0 ? undefined : problems.join('; ');
  }

  async #drain(): Promise<void> {
    const { drainMs } = this.#settings.policy;
    this.#drainDeadlineMs = performance.now() + drainMs + settleMs;
    this.#stop.abort();
    const cut = setTimeout(() => this.#abort.abort(), drainMs);
    try {
      // What it is opening right now must be closed too.
      await withDeadline(Promise.allSettled([this.#starting, ...this.#opening]), drainMs, 'stopping the start');
    } finally {
      await this.#scope.close().finally(() => {
        clearTimeout(cut);
        this.#finish(Promise.resolve());
      });
    }
  }
}
