import type { Bus, BusConnectionState } from '@swarmledger/bus';
import type { AcceptedBatch, Confirmation, OutgoingBatch, Uplink, UplinkState } from '@swarmledger/outbox';
import { batchContent, eventsSubject, headerNames, type EventScope } from '@swarmledger/protocol';
import {
  backoffMs,
  errorCode,
  errorMessage,
  pause,
  silentLogger,
  TransientError,
  type BackoffPolicy,
  type Logger,
} from '@swarmledger/runtime';
import { ReceiptWatch } from './receipt-watch.ts';
import { TrackedBatch } from './tracked-batch.ts';

export interface BusUplinkOptions {
  /** Called again for every new connection: it may read renewed credentials, or another address. */
  readonly connect: () => Promise<Bus>;
  readonly log?: Logger;
}

const reconnect: BackoffPolicy = { initialMs: 250, maxMs: 4_000, attemptsMax: Infinity };
/** A connection that was lost this long is made anew: addresses and credentials may have changed. */
const renewAfterMs = 15_000;
/** An announcement usually comes within milliseconds; after this its receipt is asked for, more rarely each time. */
const askAfterMs = { min: 1_000, max: 5_000 } as const;
const queryTimeoutMs = 5_000;
const clockTimeoutMs = 1_000;

/** The way to the ledger through the hub's bus. Connects in the background, for ever: a hub that is not there yet is no error. */
export function openBusUplink(options: BusUplinkOptions): Uplink {
  const uplink = new BusUplink(options);
  uplink.open();
  return uplink;
}

interface Link {
  readonly bus: Bus;
  readonly receipts: ReceiptWatch;
}

class BusUplink implements Uplink {
  readonly #connect: () => Promise<Bus>;
  readonly #log: Logger;
  readonly #listeners = new Set<(state: UplinkState) => void>();
  readonly #stop = new AbortController();
  #problem: { readonly code: string; readonly message: string } | undefined;
  #link: Link | undefined;
  #state: UplinkState = 'connecting';
  #running: Promise<void> = Promise.resolve();

  constructor(options: BusUplinkOptions) {
    this.#connect = options.connect;
    this.#log = options.log ?? silentLogger;
  }

  get state(): UplinkState {
    return this.#state;
  }

  get problem(): { readonly code: string; readonly message: string } | undefined {
    return this.#problem;
  }

  open(): void {
    this.#running = this.#run();
  }

  onState(listener: (state: UplinkState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async publish(batch: OutgoingBatch): Promise<AcceptedBatch> {
    const { bus, receipts } = this.#require();
    const { tenant, project, batchId, data, eventIds, traceparent } = batch;
    const tracked = new TrackedBatch(batchId, eventIds);
    const forget = await receipts.add(batch, tracked);
    const headers = new Map<string, string>([
      [headerNames.messageId, batchId],
      [headerNames.content, batchContent],
    ]);
    if (traceparent !== undefined) headers.set(headerNames.traceparent, traceparent);
    try {
      await bus.publisher.publishRaw(eventsSubject(tenant, project), data, headers);
    } catch (error) {
      forget();
      throw error;
    }
    const scope: EventScope = { tenant, project };
    return { confirm: (options) => this.#confirm(scope, tracked, options).finally(forget) };
  }

  async measureClock(
    { tenant, project }: EventScope,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<number | undefined> {
    const { bus } = this.#require();
    const reading = await bus.receipts.measureClock(tenant, project, { timeoutMs: clockTimeoutMs, signal });
    return reading?.offsetUs;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#setState('closed');
  }

  #require(): Link {
    if (this.#link !== undefined) return this.#link;
    throw new TransientError('disconnected', 'there is no connection to the hub');
  }

  /** Until the hub says committed or rejected, or has said for long enough that it does not know. */
  async #confirm(
    scope: EventScope,
    tracked: TrackedBatch,
    { republishAfterMs, signal }: { readonly republishAfterMs: number; readonly signal: AbortSignal },
  ): Promise<Confirmation> {
    const acceptedMs = performance.now();
    let unknownSinceMs: number | undefined;
    let askMs: number = askAfterMs.min;
    for (let askedMs = acceptedMs; ;) {
      signal.throwIfAborted();
      const { verdict } = tracked;
      if (verdict !== undefined) return verdict;
      const waitMs = Math.min(askMs, republishAfterMs) - (performance.now() - askedMs);
      if (waitMs > 0) {
        await tracked.changes.next(waitMs, signal);
        continue;
      }
      const answered = await this.#ask(scope, tracked, signal);
      askedMs = performance.now();
      askMs = Math.min(askMs * 2, askAfterMs.max);
      // Nobody answers: the hub is away with the message in its stream.
      if (answered === 'no_answer') unknownSinceMs = undefined;
      else unknownSinceMs ??= askedMs;
      const isUnknown = unknownSinceMs !== undefined && askedMs - acceptedMs >= republishAfterMs;
      if (isUnknown && tracked.verdict === undefined) return { kind: 'unknown' };
    }
  }

  async #ask(scope: EventScope, tracked: TrackedBatch, signal: AbortSignal): Promise<'answered' | 'no_answer'> {
    try {
      const { bus } = this.#require();
      const options = { timeoutMs: queryTimeoutMs, signal };
      tracked.settle(await bus.receipts.query(scope.tenant, scope.project, tracked.pending, options));
      return 'answered';
    } catch (error) {
      if (signal.aborted || !(error instanceof TransientError)) throw error;
      this.#log.debug('receipt query failed', { code: error.code });
      return 'no_answer';
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const bus = await this.#connect();
        if (signal.aborted) {
          await bus.close();
          return;
        }
        failures = 0;
        await this.#use(bus);
      } catch (error) {
        const state = errorCode(error) === 'unauthorized' ? 'unauthorized' : 'disconnected';
        this.#problem = { code: errorCode(error), message: errorMessage(error) };
        if (failures === 0) {
          const { code, message: reason } = this.#problem;
          this.#log.warn('hub not reached, trying on', { code, reason });
        }
        this.#setState(state);
      }
      await pause(
        backoffMs(reconnect, failures, () => 0.5 + Math.random() / 2),
        signal,
      );
    }
  }

  /** Until the connection is of no use any more. */
  async #use(bus: Bus): Promise<void> {
    const { signal } = this.#stop;
    let onEnd: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (onEnd = resolve));
    let renewal: NodeJS.Timeout | undefined;
    const stopListening = bus.onConnection((state: BusConnectionState) => {
      clearTimeout(renewal);
      if (state === 'lost') renewal = setTimeout(onEnd, renewAfterMs);
      const linkState = toUplinkState(state);
      this.#problem = problems[linkState];
      this.#setState(linkState);
      if (state === 'refused' || state === 'closed') onEnd();
    });
    signal.addEventListener('abort', onEnd, { once: true });
    this.#link = { bus, receipts: new ReceiptWatch(bus, this.#log) };
    this.#problem = undefined;
    this.#setState('connected');
    await ended;
    clearTimeout(renewal);
    signal.removeEventListener('abort', onEnd);
    stopListening();
    this.#link = undefined;
    await bus.close();
  }

  #setState(state: UplinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#log.info('uplink changed', { state });
    for (const listener of [...this.#listeners]) listener(state);
  }
}

/** Of a connection that the server ended; one that was not made has its own. */
const problems: Partial<Record<UplinkState, { readonly code: string; readonly message: string }>> = {
  disconnected: { code: 'disconnected', message: 'the connection to the hub was lost' },
  unauthorized: { code: 'unauthorized', message: 'the hub does not take the credentials any more: renew them' },
};

function toUplinkState(state: BusConnectionState): UplinkState {
  switch (state) {
    case 'connected':
      return 'connected';
    case 'refused':
      return 'unauthorized';
    case 'lost':
    case 'closed':
      return 'disconnected';
    default:
      return state satisfies never;
  }
}
