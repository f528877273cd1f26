import type { Feed, FeedGroup, FeedReader, FeedRow } from '@swarmledger/ledger';
import { backoffMs, errorCode, errorMessage, pause, type Logger, type Tracer } from '@swarmledger/runtime';
import type { AnalyticsLink } from './analytics-link.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { FeedPolicy } from './policy.ts';
import { FeedTraces } from './traces.ts';

export interface FeederDependencies {
  readonly feed: Pick<Feed, 'open'>;
  readonly link: Pick<AnalyticsLink, 'migrated' | 'insertGroup'>;
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

/** A partition whose rows this process carries to ClickHouse. Moments are on the clock of `performance.now()`. */
interface FedPartition {
  readonly partition: number;
  /** Committed here since its last group was cut. */
  rowsWaiting: number;
  /** Since when rows wait; undefined: none are known to, -Infinity: they need not wait any longer. */
  waitingSinceMs: number | undefined;
  ahead: NewRows['ahead'];
  /** When a group last had rows of it. */
  servedMs: number;
  /** Its group is on its way. */
  working: Promise<void> | undefined;
  failures: number;
  retryAtMs: number;
  /** After a group that could not be read: what is damaged in one partition must not hold up the others. */
  company: 'others' | 'alone';
}

/** A watch that was missed costs this, no more. */
const lookAgainMs = 5_000;

/**
 * Carries this process's commits from the feed into ClickHouse, each exactly once: a group is persisted before it is inserted, and a
 * failed insert is tried again with the same group for ever. One group has the rows of all partitions that have some, as an insert
 * costs ClickHouse the same however few rows it has. Nothing waits for it.
 */
export class Feeder {
  readonly #dependencies: FeederDependencies;
  readonly #reader: FeedReader;
  readonly #fed = new Map<number, FedPartition>();
  readonly #working = new Set<Promise<void>>();
  /** Ids of the groups that are being inserted. */
  readonly #sent = new Set<string>();
  #wake: (() => void) | undefined;

  constructor(dependencies: FeederDependencies) {
    this.#dependencies = dependencies;
    this.#reader = dependencies.feed.open();
  }

  /** There are new rows. */
  notify(partition: number, { count, ahead }: NewRows): void {
    const fed = this.#fed.get(partition);
    if (fed === undefined) return;
    const isNews = fed.waitingSinceMs === undefined || fed.ahead !== ahead;
    fed.waitingSinceMs ??= performance.now();
    fed.rowsWaiting += count;
    fed.ahead = ahead;
    const { insertsAtOnce } = this.#dependencies.policy;
    // Commits come by the hundred a second: most are nothing to wake up for.
    if (this.#working.size >= insertsAtOnce) return;
    if (isNews || this.#isFull(this.#free())) this.#wake?.();
  }

  /** Feeds the partition until the signal fires. Resolves when nothing of it is on its way any more. */
  async feed(partition: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const fed: FedPartition = {
      partition,
      rowsWaiting: 0,
      // An owner before this one may have left some.
      waitingSinceMs: -Infinity,
      ahead: 'nothing',
      servedMs: -Infinity,
      working: undefined,
      failures: 0,
      retryAtMs: -Infinity,
      company: 'others',
    };
    this.#fed.set(partition, fed);
    this.#wake?.();
    await untilAborted(signal);
    this.#fed.delete(partition);
    await fed.working;
  }

  /** Resolves once the signal has fired and the inserts in flight are done. */
  async run(signal: AbortSignal): Promise<void> {
    const { link, policy } = this.#dependencies;
    await Promise.race([link.migrated(), untilAborted(signal)]);
    while (!signal.aborted) {
      const due = this.#working.size < policy.insertsAtOnce ? this.#listDue() : [];
      if (due.length > 0) this.#start(due, signal);
      else await this.#untilSomethingChanges(signal);
    }
    await Promise.all(this.#working);
  }

  #start(partitions: readonly FedPartition[], signal: AbortSignal): void {
    const working = this.#feedOne(partitions, signal).finally(() => {
      this.#working.delete(working);
      this.#wake?.();
    });
    this.#working.add(working);
    for (const fed of partitions) fed.working = working;
  }

  /** Never fails: partitions whose group did not get there are tried again later. */
  async #feedOne(partitions: readonly FedPartition[], signal: AbortSignal): Promise<void> {
    let taken = partitions;
    try {
      const group = await this.#cut(partitions);
      if (group === undefined) return;
      const members = new Set(group.slices.map(({ partition }) => partition));
      taken = partitions.filter(({ partition }) => members.has(partition));
      for (const fed of partitions) {
        if (members.has(fed.partition)) fed.servedMs = performance.now();
        else fed.working = undefined;
      }
      this.#wake?.();
      if (this.#sent.has(group.id)) {
        // Another partition brought it before this one was ours.
        postpone(taken, this.#dependencies.policy.retry.initialMs);
        return;
      }
      await this.#insert(group, this.#inSteps(group, taken, signal));
      for (const fed of taken) {
        fed.failures = 0;
        fed.company = 'others';
      }
    } catch (error) {
      if (!signal.aborted) this.#retryLater(taken, error);
    } finally {
      for (const fed of taken) fed.working = undefined;
    }
  }

  async #cut(partitions: readonly FedPartition[]): Promise<FeedGroup | undefined> {
    const { rowsTarget, bytesMax } = this.#dependencies.policy;
    const waited = new Map(partitions.map(({ partition, waitingSinceMs }) => [partition, waitingSinceMs]));
    // What is committed from here on may be in the group or not.
    for (const fed of partitions) {
      fed.rowsWaiting = 0;
      fed.waitingSinceMs = undefined;
    }
    const group = await this.#reader.nextGroup([...waited.keys()], { rowsTarget, bytesMax });
    for (const fed of partitions) {
      if (group?.left.includes(fed.partition)) fed.waitingSinceMs = waited.get(fed.partition) ?? performance.now();
    }
    return group;
  }

  /** A page at a time, with room for commits in between; at once where there is more to come. */
  async *#inSteps(
    group: FeedGroup,
    partitions: readonly FedPartition[],
    signal: AbortSignal,
  ): AsyncGenerator<readonly FeedRow[]> {
    const { rowsTarget, readMs } = this.#dependencies.policy;
    const isHurried = group.rows >= rowsTarget || partitions.some(({ ahead }) => ahead === 'backlog');
    let pauseMs = 0;
    for await (const page of this.#reader.rows(group, { signal })) {
      if (pauseMs > 0) await pause(pauseMs, signal);
      yield page;
      pauseMs = isHurried ? 0 : (readMs * page.length) / group.rows;
    }
  }

  async #insert(group: FeedGroup, pages: AsyncIterable<readonly FeedRow[]>): Promise<void> {
    const { metrics, tracer } = this.#dependencies;
    const startMs = Date.now();
    const traces = new FeedTraces(tracer);
    this.#sent.add(group.id);
    try {
      const rows = await this.#send(group, traces.watch(pages));
      await this.#reader.complete(group);
      metrics.fed(rows);
    } finally {
      this.#sent.delete(group.id);
    }
    traces.emit(group, startMs);
  }

  async #send(group: FeedGroup, pages: AsyncIterable<readonly FeedRow[]>): Promise<number> {
    try {
      return await this.#dependencies.link.insertGroup(group, pages);
    } catch (error) {
      // All rows are read before the first is sent.
      if (errorCode(error) === 'corrupt_record') await this.#reader.dissolve(group);
      throw error;
    }
  }

  #retryLater(partitions: readonly FedPartition[], error: unknown): void {
    const { metrics, policy, log } = this.#dependencies;
    const code = errorCode(error);
    const fields = { partitions: partitions.map(({ partition }) => partition), code, reason: errorMessage(error) };
    log.debug('group not fed', fields);
    metrics.retried('feed', code);
    // Together, as they are one group still.
    postpone(partitions, backoffMs(policy.retry, Math.max(...partitions.map(({ failures }) => failures))));
    for (const fed of partitions) {
      fed.failures += 1;
      if (code === 'corrupt_record') fed.company = 'alone';
    }
  }

  #free(): readonly FedPartition[] {
    return [...this.#fed.values()].filter(({ working }) => working === undefined);
  }

  /** The partitions of the next group, each in its turn: one with very much does not keep the others out. None while nothing is due. */
  #listDue(): readonly FedPartition[] {
    const nowMs = performance.now();
    const ready = this.#free()
      .filter(({ retryAtMs }) => retryAtMs <= nowMs)
      .sort(byTurn);
    const [first] = ready;
    const isDue = this.#isFull(ready) || ready.some((fed) => this.#dueMs(fed) <= nowMs);
    if (first === undefined || !isDue) return [];
    // Others may have committed into partitions that nothing is known of.
    return first.company === 'alone' ? [first] : ready.filter(({ company }) => company === 'others');
  }

  /** Rows for a group are there: of several partitions together, but commits of a backlog go before what others of it left. */
  #isFull(partitions: readonly FedPartition[]): boolean {
    const { rowsTarget } = this.#dependencies.policy;
    let together = 0;
    for (const { ahead, rowsWaiting } of partitions) {
      if (rowsWaiting >= rowsTarget) return true;
      if (ahead === 'nothing') together += rowsWaiting;
    }
    return together >= rowsTarget;
  }

  /** When its rows have waited long enough to become a large group: longer while a backlog is worked off. */
  #dueMs({ waitingSinceMs, ahead, retryAtMs }: FedPartition): number {
    const { fillMs, backlogFillMs } = this.#dependencies.policy;
    const waitMs = ahead === 'backlog' ? backlogFillMs : fillMs;
    return Math.max(retryAtMs, (waitingSinceMs ?? Infinity) + waitMs);
  }

  /** Until something is due, new rows are worth looking at, a group is done, or the signal fires. */
  async #untilSomethingChanges(signal: AbortSignal): Promise<void> {
    const isFull = this.#working.size >= this.#dependencies.policy.insertsAtOnce;
    const free = isFull ? [] : this.#free();
    const dueMs = free.reduce((least, fed) => Math.min(least, this.#dueMs(fed)), Infinity);
    const controller = new AbortController();
    const wake = (): void => controller.abort();
    signal.addEventListener('abort', wake);
    this.#wake = wake;
    try {
      if (isFull || free.length === 0) await untilAborted(controller.signal);
      else if (dueMs === Infinity) await this.#watch(free, controller.signal);
      else await pause(Math.max(0, dueMs - performance.now()), controller.signal);
    } finally {
      this.#wake = undefined;
      signal.removeEventListener('abort', wake);
    }
  }

  /** For what others commit into these partitions, as long as this process has nothing for them itself. */
  async #watch(free: readonly FedPartition[], signal: AbortSignal): Promise<void> {
    const lookAgain = AbortSignal.timeout(lookAgainMs);
    try {
      const partitions = free.map(({ partition }) => partition);
      await this.#reader.watch(partitions, { signal: AbortSignal.any([signal, lookAgain]) });
      if (signal.aborted) return;
      const nowMs = performance.now();
      for (const fed of free) fed.waitingSinceMs ??= nowMs;
    } catch (error) {
      this.#retryLater(free, error);
    }
  }
}

/** They are looked at again in so many milliseconds. */
function postpone(partitions: readonly FedPartition[], ms: number): void {
  const retryAtMs = performance.now() + ms;
  for (const fed of partitions) {
    fed.waitingSinceMs = -Infinity;
    fed.retryAtMs = retryAtMs;
  }
}

/** Those with rows first, and of these the one whose last group is longest ago. */
function byTurn(a: FedPartition, b: FedPartition): number {
  const isIdle = (fed: FedPartition): number => Number(fed.waitingSinceMs === undefined);
  if (isIdle(a) !== isIdle(b)) return isIdle(a) - isIdle(b);
  return a.servedMs === b.servedMs ? 0 : a.servedMs - b.servedMs;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
