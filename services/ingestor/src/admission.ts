import type { BusMessage } from '@swarmledger/bus';
import { illegalName, type LanePlace, type TenantId } from '@swarmledger/protocol';
import type { Quota } from '@swarmledger/ledger';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { OverflowLane } from './overflow-lane.ts';
import type { QuotaBook } from './quota-book.ts';
import { TokenBucket } from './token-bucket.ts';

/** Where a message goes: to the ledger, to the overflow lane, or nowhere for now, because the lane is full. */
export type Route = 'ledger' | 'lane' | 'hold';

/** What decides about the messages of one partition, before they are decoded and after. Asked in publish order. */
export interface Gate {
  /** Of a message that was pulled. `lane`: it is expected there from now on. */
  route(place: LanePlace): Route;
  /** The next message of the overflow lane that may go. */
  takeReturning(): BusMessage | undefined;
  /** Takes events off the place's rate. */
  charge(place: LanePlace, events: number): void;
  /** Takes events off the tenant's day; false when too few are left. */
  reserve(tenant: TenantId, events: number): boolean;
}

/** Projects whose rate is remembered, of one partition: a forgotten one has its burst again. */
const bucketsMax = 20_000;

export interface AdmissionDependencies {
  readonly partition: number;
  readonly lane: OverflowLane;
  readonly quotas: QuotaBook;
  readonly rates: ProjectRates;
  /** Until something of the place may go: its rate, or its tenant's breaker. */
  readonly waitMs: (place: LanePlace) => number;
  readonly metrics: IngestMetrics;
}

export class Admission implements Gate {
  readonly #dependencies: AdmissionDependencies;

  constructor(dependencies: AdmissionDependencies) {
    this.#dependencies = dependencies;
  }

  route(place: LanePlace): Route {
    const { lane, waitMs, metrics, partition } = this.#dependencies;
    if (lane.isHeld(place)) return 'hold';
    if (!lane.has(place)) {
      if (waitMs(place) === 0) return 'ledger';
      if (lane.isCrowded) {
        metrics.overflowCrowded(partition);
        return 'ledger';
      }
    }
    lane.expect(place);
    return 'lane';
  }

  takeReturning(): BusMessage | undefined {
    const { lane, waitMs } = this.#dependencies;
    return lane.take((place) => waitMs(place) === 0);
  }

  charge(place: LanePlace, events: number): void {
    this.#dependencies.rates.charge(place, events);
  }

  reserve(tenant: TenantId, events: number): boolean {
    return this.#dependencies.quotas.reserve(tenant, events);
  }
}

/** The token buckets of a partition's projects. In this process's memory: the next owner begins with full ones. */
export class ProjectRates {
  readonly #quotas: Pick<QuotaBook, 'quota' | 'ofNobody'>;
  // A Map iterates in the order of insertion: the first one was made first.
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(quotas: Pick<QuotaBook, 'quota' | 'ofNobody'>) {
    this.#quotas = quotas;
  }

  /** Until something of the place may go. */
  waitMs(place: LanePlace): number {
    return this.#bucket(place)?.waitMs(performance.now()) ?? 0;
  }

  charge(place: LanePlace, events: number): void {
    this.#bucket(place)?.take(events);
  }

  giveBack(place: LanePlace, events: number): void {
    this.#bucket(place)?.giveBack(events);
  }

  /** Undefined: without a limit. */
  #bucket(place: LanePlace): TokenBucket | undefined {
    const quota = place.tenant === illegalName ? this.#quotas.ofNobody : this.#quotas.quota(place.tenant);
    if (!Number.isFinite(quota.eventsPerSecond)) return undefined;
    const rate = { eventsPerSecond: quota.eventsPerSecond, burstEvents: Math.max(1, burstOf(quota)) };
    const key = `${place.tenant}.${place.project}`;
    const known = this.#buckets.get(key);
    if (known !== undefined) {
      known.configure(rate, performance.now());
      return known;
    }
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size < bucketsMax) break;
      this.#buckets.delete(oldest);
    }
    const bucket = new TokenBucket(rate, performance.now());
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

/** A rate without a burst of its own has one second of it. */
function burstOf({ burstEvents, eventsPerSecond }: Quota): number {
  return Number.isFinite(burstEvents) ? burstEvents : eventsPerSecond;
}
