import type { LanePacket, OverflowStream, WaitingMessage } from '@swarmledger/bus';
import type { LanePlace } from '@swarmledger/protocol';
import { backoffMs, errorCode, errorMessage, type BackoffPolicy, type Logger } from '@swarmledger/runtime';
import type { IngestMetrics } from './ingest-metrics.ts';
import { ReturningMessage } from './returning-message.ts';

export interface LanePolicy {
  /** Places with something in the lane, of one partition: what a project beyond them sends is not slowed down. */
  readonly placesMax: number;
  /** Packets in memory, one of a place at most; each is about 128 kB, or one message. */
  readonly packetsMax: number;
  readonly fetchesAtOnce: number;
  /** Between two looks for what another owner may have left behind. */
  readonly lookAgainMs: number;
  /** Before a place that found the lane full tries again, once there is room. */
  readonly heldRetryMs: number;
}

export interface LaneDependencies {
  readonly partition: number;
  readonly overflow: OverflowStream;
  readonly policy: LanePolicy;
  readonly retryPolicy: BackoffPolicy;
  readonly metrics: IngestMetrics;
  readonly log: Logger;
  /** Until something of the place may go: only what is due soon is fetched. */
  readonly waitMs: (place: LanePlace) => number;
  /** Something was fetched. */
  readonly onFetched: () => void;
}

/** What is due within this time is fetched. */
const fetchAheadMs = 1_000;
/** Between two looks at what has become due. */
const dueLookMs = 100;

/** One project's part of the lane. */
interface Lane {
  readonly place: LanePlace;
  /** Everything before it in the stream was fetched. */
  cursor: number;
  /** Nothing is known to be behind it. */
  tail: number;
  /** Decided for the lane and not stored yet. */
  moving: number;
  /** The packet that was fetched last, and how many of its messages were taken. */
  packet: { readonly sequence: number; taken: number } | undefined;
  /** Fetched and not taken, in order. */
  queue: ReturningMessage[];
  /** Fetched and not settled: `queue`, and what was taken. */
  unsettled: number;
  isFetching: boolean;
}

/**
 * What of one partition waits in the overflow lane, as its owner sees it. A project's messages go through these states, in their order:
 *
 *   moving   its rate is used up, or something of the project is in the lane: it is on its way there, still unacknowledged in its partition.
 *   waiting  stored in the lane, acknowledged in its partition.
 *   fetched  a copy is in memory, its packet is still stored.
 *   taken    part of a ledger transaction.
 *   settled  committed, or a dead letter. When all of a packet is, the packet is removed.
 *
 * While any message of a project is in one of the first four, the next ones are moved behind it. Only when all are settled the project
 * goes to the ledger directly again. Nothing of this is remembered: an owner begins with what it finds in the stream, and takes
 * what was not removed for the second time; the ledger finds what it has.
 */
export class OverflowLane {
  readonly #dependencies: LaneDependencies;
  readonly #lanes = new Map<string, Lane>();
  /** Those with something fetched, in the order of their turns: never more than `packetsMax`. */
  readonly #ready = new Map<string, Lane>();
  /** Places that found the lane full: their messages stay in the partition, unacknowledged. */
  readonly #held = new Set<string>();
  #heldSinceMs: number | undefined;
  #hasRoom = false;
  /** Packets that are settled and still stored. */
  readonly #removals = new Set<number>();
  readonly #abort = new AbortController();
  #lookedMs = -Infinity;
  #wake: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();

  private constructor(dependencies: LaneDependencies) {
    this.#dependencies = dependencies;
  }

  /** Finds what is in the lane. The partition's lease must be held: after this nobody else may add to it. @throws TransientError */
  static async open(dependencies: LaneDependencies): Promise<OverflowLane> {
    const lane = new OverflowLane(dependencies);
    await lane.#look();
    lane.#running = lane.#run();
    return lane;
  }

  /** Messages of the place have to wait behind others. */
  has(place: LanePlace): boolean {
    return this.#lanes.has(toKey(place));
  }

  isHeld(place: LanePlace): boolean {
    return this.#held.size > 0 && this.#held.has(toKey(place));
  }

  /** No further place can be taken up. */
  get isCrowded(): boolean {
    return this.#lanes.size >= this.#dependencies.policy.placesMax;
  }

  /** The messages that were held should be delivered again: it is time, and there is room. */
  get isHeldDue(): boolean {
    if (this.#heldSinceMs === undefined || !this.#hasRoom) return false;
    return performance.now() - this.#heldSinceMs > this.#dependencies.policy.heldRetryMs;
  }

  /** One more message of the place will be stored: from now on the next ones have to wait. */
  expect(place: LanePlace): void {
    this.#enter(place, 0).moving += 1;
  }

  /**
   * Stores messages that were expected, behind what is there. `full`: the lane takes no more, and nothing of the place may be
   * acknowledged until the partition was opened again.
   *
   * @throws TransientError; PermanentError message_too_large
   */
  async store(place: LanePlace, messages: readonly WaitingMessage[]): Promise<'stored' | 'full'> {
    const { overflow, partition, metrics, log } = this.#dependencies;
    if (this.isHeld(place)) return 'full';
    const lane = this.#enter(place, 0);
    try {
      lane.tail = Math.max(lane.tail, await overflow.put(partition, place, messages));
    } catch (error) {
      if (errorCode(error) !== 'stream_full') throw error;
      log.error('overflow lane full, holding back a project', { ...place, reason: errorMessage(error) });
      this.#held.add(toKey(place));
      this.#heldSinceMs = performance.now();
      this.#hasRoom = false;
      metrics.overflowHeld(partition, this.#held.size);
      return 'full';
    }
    metrics.overflowMoved(partition, messages.length);
    return 'stored';
  }

  /** Messages that were expected are stored and acknowledged, or will not be. */
  arrived(place: LanePlace, count: number): void {
    const lane = this.#enter(place, 0);
    lane.moving -= count;
    this.#leaveIfDone(lane);
    this.#wake?.();
  }

  /** What was held is about to be delivered again. */
  releaseHeld(): void {
    this.#held.clear();
    this.#heldSinceMs = undefined;
    this.#dependencies.metrics.overflowHeld(this.#dependencies.partition, 0);
  }

  /** The next message of a place that `mayGo`, places in turn. */
  take(mayGo: (place: LanePlace) => boolean): ReturningMessage | undefined {
    for (const [key, lane] of this.#ready) {
      if (!mayGo(lane.place)) continue;
      const message = lane.queue.shift();
      if (lane.packet !== undefined) lane.packet.taken += 1;
      // To the end: the next one is another's turn.
      this.#ready.delete(key);
      if (lane.queue.length > 0) this.#ready.set(key, lane);
      else this.#wake?.();
      return message;
    }
    return undefined;
  }

  /** Places with something fetched. */
  get ready(): Iterable<LanePlace> {
    return [...this.#ready.values()].map(({ place }) => place);
  }

  /** Until one of the fetched messages may go; Infinity: none is fetched. */
  nextDueMs(): number {
    let dueMs = Infinity;
    for (const { place } of this.#ready.values()) dueMs = Math.min(dueMs, this.#dependencies.waitMs(place));
    return dueMs;
  }

  /** Leaves the lane to the partition's next owner. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { policy, retryPolicy, log, metrics } = this.#dependencies;
    for (let failures = 0; !this.#isClosed;) {
      try {
        const isLookDue = performance.now() - this.#lookedMs > policy.lookAgainMs;
        if (isLookDue && this.#removals.size === 0) await this.#look();
        const wanted = this.#listWanted();
        const removals = [...this.#removals].slice(0, policy.fetchesAtOnce);
        if (wanted.length + removals.length > 0)
          await Promise.all([
            ...wanted.map((lane) => this.#fetch(lane)),
            ...removals.map((each) => this.#remove(each)),
          ]);
        else await this.#pause(this.#lanes.size > 0 ? dueLookMs : policy.lookAgainMs);
        failures = 0;
      } catch (error) {
        if (this.#isClosed) return;
        metrics.retried('overflow', errorCode(error));
        if (failures === 0)
          log.warn('overflow lane not read, trying again', { code: errorCode(error), reason: errorMessage(error) });
        await this.#pause(backoffMs(retryPolicy, failures));
        failures += 1;
      }
    }
  }

  /** Read through this, as it changes while others are awaited. */
  get #isClosed(): boolean {
    return this.#abort.signal.aborted;
  }

  /** An owner that was overtaken may have stored something after its successor looked: copies of what that one has in its hands itself. */
  async #look(): Promise<void> {
    const { overflow, partition } = this.#dependencies;
    for (const { place, sequence } of await overflow.places(partition)) this.#enter(place, sequence);
    this.#lookedMs = performance.now();
  }

  #listWanted(): readonly Lane[] {
    const { policy, waitMs } = this.#dependencies;
    if (this.#ready.size >= policy.packetsMax) this.#putBackWaiting();
    const room = Math.min(policy.fetchesAtOnce, policy.packetsMax - this.#ready.size);
    const wanted: Lane[] = [];
    for (const lane of this.#lanes.values()) {
      if (wanted.length >= room) break;
      if (lane.queue.length > 0 || lane.isFetching || lane.tail < lane.cursor) continue;
      if (waitMs(lane.place) <= fetchAheadMs) wanted.push(lane);
    }
    return wanted;
  }

  /** Forgets copies of what may not go soon, so that others can be fetched. */
  #putBackWaiting(): void {
    for (const [key, lane] of this.#ready) {
      if (lane.packet === undefined || this.#dependencies.waitMs(lane.place) <= fetchAheadMs) continue;
      lane.unsettled -= lane.queue.length;
      lane.queue = [];
      lane.cursor = lane.packet.sequence;
      this.#ready.delete(key);
    }
  }

  async #fetch(lane: Lane): Promise<void> {
    const { overflow, partition } = this.#dependencies;
    const { tail } = lane;
    lane.isFetching = true;
    try {
      const packet = await overflow.next(partition, lane.place, lane.cursor);
      if (packet !== undefined) this.#receive(lane, packet);
      // What was stored before the question was asked has been fetched.
      else lane.cursor = Math.max(lane.cursor, tail + 1);
    } finally {
      lane.isFetching = false;
    }
    this.#leaveIfDone(lane);
  }

  #receive(lane: Lane, packet: LanePacket): void {
    const { metrics, partition, log, onFetched } = this.#dependencies;
    lane.cursor = packet.sequence + 1;
    if (packet.messages.length === 0) {
      log.warn('something that is no packet removed from the overflow lane', { ...lane.place });
      this.#removals.add(packet.sequence);
      return;
    }
    const taken = lane.packet?.sequence === packet.sequence ? lane.packet.taken : 0;
    lane.packet = { sequence: packet.sequence, taken };
    const messages = packet.messages.slice(taken);
    // Those that were taken before are settled before these: transactions are committed one after the other.
    let left = messages.length;
    const settled = (): void => {
      lane.unsettled -= 1;
      left -= 1;
      metrics.overflowReturned(partition, 1);
      if (left === 0) this.#removals.add(packet.sequence);
      this.#leaveIfDone(lane);
      if (left === 0) this.#wake?.();
    };
    lane.unsettled += left;
    lane.queue.push(...messages.map((message) => new ReturningMessage(message, settled)));
    this.#ready.set(toKey(lane.place), lane);
    metrics.overflowOldest(partition, (Date.now() - packet.time.getTime()) / 1_000);
    onFetched();
  }

  async #remove(sequence: number): Promise<void> {
    await this.#dependencies.overflow.remove(sequence);
    this.#removals.delete(sequence);
    this.#hasRoom = true;
  }

  #enter(place: LanePlace, tail: number): Lane {
    const key = toKey(place);
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane: Lane = {
      place,
      cursor: 1,
      tail,
      moving: 0,
      packet: undefined,
      queue: [],
      unsettled: 0,
      isFetching: false,
    };
    this.#lanes.set(key, lane);
    this.#count();
    return lane;
  }

  #leaveIfDone(lane: Lane): void {
    if (lane.moving > 0 || lane.unsettled > 0 || lane.isFetching || lane.tail >= lane.cursor) return;
    this.#lanes.delete(toKey(lane.place));
    this.#count();
  }

  #count(): void {
    const { metrics, partition } = this.#dependencies;
    metrics.overflowPlaces(partition, this.#lanes.size);
    if (this.#lanes.size === 0) metrics.overflowOldest(partition, 0);
  }

  async #pause(ms: number): Promise<void> {
    if (this.#isClosed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}

// Neither name can hold a dot.
function toKey({ tenant, project }: LanePlace): string {
  return `${tenant}.${project}`;
}
