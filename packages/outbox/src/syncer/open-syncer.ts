import {
  backoffMs,
  Changes,
  errorCode,
  errorMessage,
  pause,
  Scope,
  silentLogger,
  TransientError,
  withDeadline,
  type Logger,
  toDay,
} from '@swarmledger/runtime';
import { priorities, type Outbox, type PendingProject, type SyncLock } from '../contract.ts';
import { Bandwidth } from './bandwidth.ts';
import { ClockOffset } from './clock-offset.ts';
import type { DrainOutcome, Syncer, SyncerOptions, SyncPolicy, SyncState, SyncStatus, Uplink } from './contract.ts';
import { resolveSyncPolicy } from './policy.ts';
import { holdMs, type ProjectState } from './project-state.ts';
import { lateReceiptMs, ProjectTable, type Turn } from './project-table.ts';
import { sendBatch, type SendDependencies, type SendOutcome } from './send-batch.ts';
import { StatusFile } from './status-file.ts';
import { SyncMeter } from './sync-meter.ts';
import { Throttle } from './throttle.ts';

/** Between two attempts to become the one syncer. */
const lockLookMs = 500;
/** Status is written this often at most, and at least. */
const statusMs = { min: 200, max: 2_000 } as const;
/** Messages of one project before another one, that waits, has its turn. */
const turnMessages = 4;
const closeMs = 3_000;

/**
 * Starts draining an outbox. Retries are driven by timers, by new writes of any process, and by the uplink's connection.
 *
 * @throws PermanentError invalid_config; TransientError syncer_running with `whenLocked: 'fail'`
 */
export async function openSyncer(options: SyncerOptions): Promise<Syncer> {
  const syncer = new RunningSyncer(options);
  await syncer.open();
  return syncer;
}

class RunningSyncer implements Syncer {
  readonly finished: Promise<void>;
  readonly #outbox: Outbox;
  readonly #uplink: Uplink;
  readonly #policy: SyncPolicy;
  readonly #whenLocked: 'wait' | 'fail';
  readonly #wallClock: () => number;
  readonly #log: Logger;
  readonly #meter: SyncMeter;
  readonly #bandwidth: Bandwidth;
  readonly #throttle = new Throttle();
  readonly #offset: ClockOffset;
  readonly #projects: ProjectTable;
  readonly #changes = new Changes();
  readonly #scope = new Scope();
  readonly #stop = new AbortController();
  readonly #abort = new AbortController();
  readonly #turns = new Set<Promise<void>>();
  #lock: SyncLock | undefined;
  #publishing = 0;
  #confirming = 0;
  #turn = 0;
  #link = { attempts: 0, untilMs: 0 };
  #wasConnected: boolean;
  /** Those who wait for `drain`, how often it was called, and what came of it. */
  #drain: { waiting: number; asked: number; outcome: DrainOutcome | undefined } = {
    waiting: 0,
    asked: 0,
    outcome: undefined,
  };
  #state: SyncState = 'waiting_for_lock';
  #nextMs = Infinity;
  #status: StatusFile | undefined;
  #statusDueMs = 0;
  #finish: (outcome: Promise<void>) => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(options: SyncerOptions) {
    this.#outbox = options.outbox;
    this.#uplink = options.uplink;
    this.#wasConnected = options.uplink.state === 'connected';
    this.#policy = resolveSyncPolicy(options.policy);
    this.#whenLocked = options.whenLocked ?? 'wait';
    this.#wallClock = options.clock ?? Date.now;
    this.#log = options.log ?? silentLogger;
    this.#meter = new SyncMeter(this.#wallClock());
    this.#bandwidth = new Bandwidth(this.#policy, performance.now());
    this.#projects = new ProjectTable(this.#policy);
    this.#offset = new ClockOffset(this.#uplink, { intervalMs: this.#policy.clockIntervalMs, log: this.#log });
    this.finished = new Promise<void>((resolve) => (this.#finish = resolve));
    // Whoever only calls close() has not asked to hear of a failure.
    this.finished.catch(() => undefined);
  }

  async open(): Promise<void> {
    if (this.#whenLocked === 'fail') this.#takeLock(await this.#outbox.lock());
    this.#scope.defer(
      'outbox',
      this.#outbox.onChange(() => this.#changes.notify()),
    );
    this.#scope.defer(
      'uplink',
      this.#uplink.onState((state) => {
        if (state === 'connected') this.#tryAgainNow();
        this.#changes.notify();
      }),
    );
    const heartbeat = setInterval(() => this.#report(), statusMs.max).unref();
    this.#scope.defer('heartbeat', () => clearInterval(heartbeat));
    this.#running = this.#run().then(
      () => this.#finish(Promise.resolve()),
      (error: unknown) => this.#give(error),
    );
  }

  status(): SyncStatus {
    const nowMs = performance.now();
    const wallMs = this.#wallClock();
    const { dailyBytesMax } = this.#policy;
    const throttledBy = this.#throttle.reason(nowMs);
    return {
      ...this.#meter.describe(nowMs),
      ...this.#projects.tuning,
      state: this.#state,
      link: this.#uplink.state,
      updatedMs: wallMs,
      held: this.#projects.held(nowMs, wallMs),
      ...(throttledBy === undefined ? {} : { throttledBy }),
      ...(this.#nextMs === Infinity ? {} : { nextAttemptMs: Math.round(wallMs + Math.max(0, this.#nextMs - nowMs)) }),
      ...(dailyBytesMax === Infinity ? {} : { dailyBytesMax }),
    };
  }

  async drain(options: { readonly signal?: AbortSignal } = {}): Promise<DrainOutcome> {
    await this.#outbox.flush();
    this.#drain = { waiting: this.#drain.waiting + 1, asked: this.#drain.asked + 1, outcome: undefined };
    this.#changes.notify();
    try {
      for (;;) {
        options.signal?.throwIfAborted();
        if (this.#drain.outcome !== undefined) return this.#drain.outcome;
        if (this.#stop.signal.aborted) return { kind: 'stuck', problem: this.#meter.lastError };
        await Promise.race([this.#changes.next(Infinity, options.signal), this.finished]);
      }
    } finally {
      this.#drain.waiting -= 1;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#stop.abort();
    this.#changes.notify();
    const cut = setTimeout(() => this.#abort.abort(), closeMs);
    await this.#running;
    await Promise.all(this.#turns);
    clearTimeout(cut);
    this.#state = 'stopped';
    this.#report();
    this.#status?.close();
    this.#status = undefined;
    await this.#scope.close();
    const released = this.#lock?.release() ?? Promise.resolve();
    await withDeadline(released, closeMs, 'giving the outbox back').catch((error: unknown) => {
      this.#log.warn('outbox not given back', { code: errorCode(error), reason: errorMessage(error) });
    });
  }

  /** It cannot go on. */
  #give(error: unknown): void {
    this.#log.error('syncing ended', { code: errorCode(error), reason: errorMessage(error) });
    this.#finish(Promise.reject(error instanceof Error ? error : new Error(String(error))));
    this.#stop.abort();
    this.#changes.notify();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      // What changes from here on is not missed.
      const waiting = new AbortController();
      const changed = this.#changes.next(Infinity, waiting.signal);
      const waitMs = await this.#step();
      this.#nextMs = waitMs === Infinity ? Infinity : performance.now() + waitMs;
      this.#reportSoon();
      await (waitMs === Infinity ? changed : Promise.race([changed, pause(Math.max(1, waitMs), waiting.signal)]));
      waiting.abort();
    }
  }

  /** Does what can be done now. Returns after how many milliseconds to look again; Infinity: when something changes. */
  async #step(): Promise<number> {
    const { asked } = this.#drain;
    try {
      const lock = this.#lock ?? this.#takeLock(await this.#outbox.lock());
      return await this.#startTurns(lock, asked);
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      // Somebody else is the syncer, or the outbox's disk does not answer.
      if (error.code !== 'syncer_running') this.#note(error);
      return lockLookMs;
    }
  }

  #takeLock(lock: SyncLock): SyncLock {
    this.#lock = lock;
    // The status file is the lock's holder's.
    this.#status = new StatusFile(this.#outbox.file, this.#log);
    this.#state = 'idle';
    this.#report();
    return lock;
  }

  async #startTurns(lock: SyncLock, asked: number): Promise<number> {
    const { state: link } = this.#uplink;
    if (link !== 'connected') {
      if (this.#uplink.problem !== undefined) this.#note(this.#uplink.problem);
      this.#setState(link === 'unauthorized' ? 'unauthorized' : 'offline');
      if (link !== 'connecting') this.#settleDrain('stuck', asked);
      return Infinity;
    }
    const nowMs = performance.now();
    const { attempts, untilMs } = this.#link;
    // A connection that has just come back was not tried yet.
    if (untilMs > nowMs) return attempts === 0 ? untilMs - nowMs : this.#wait(untilMs - nowMs, 'retrying', asked);
    const pending = await lock.pending();
    const [first] = pending;
    if (first !== undefined) await this.#prepare(first);
    const nextMs = this.#startEach(lock, this.#projects.inTurn(pending), nowMs);
    if (this.#turns.size > 0) {
      this.#setState(this.#projects.isReceiptLate(nowMs) ? 'waiting_for_receipts' : 'sending');
      return Math.min(nextMs - nowMs, lateReceiptMs);
    }
    if (first === undefined) {
      this.#setState('idle');
      this.#settleDrain('empty', asked);
      return Infinity;
    }
    return this.#wait(nextMs - nowMs, this.#throttle.reason(nowMs) === undefined ? 'retrying' : 'throttled', asked);
  }

  /** Starts the turns of all that may have one now. Returns when the next one may, on the clock that only goes forward. */
  #startEach(lock: SyncLock, turns: readonly Turn[], nowMs: number): number {
    let nextMs = Infinity;
    for (const turn of turns) {
      const { project, state } = turn;
      const isCritical = project.highest >= priorities.critical;
      const fromMs = Math.max(state.hold?.untilMs ?? 0, this.#throttle.untilMs(isCritical));
      if (fromMs > nowMs) {
        nextMs = Math.min(nextMs, fromMs);
        continue;
      }
      const { projectsAtOnce, unconfirmedProjectsMax } = this.#policy;
      if (this.#publishing >= projectsAtOnce || this.#confirming >= unconfirmedProjectsMax) break;
      this.#startTurn(lock, turn, { onlyCritical: this.#throttle.untilMs(false) > nowMs });
    }
    return nextMs;
  }

  #wait(ms: number, state: SyncState, asked: number): number {
    this.#setState(state);
    if (this.#turns.size === 0) this.#settleDrain('stuck', asked);
    return ms;
  }

  #startTurn(lock: SyncLock, turn: Turn, options: { readonly onlyCritical: boolean }): void {
    const { state } = turn;
    state.isActive = true;
    state.servedAt = ++this.#turn;
    this.#publishing += 1;
    const taken = this.#takeTurn(lock, turn, options)
      .catch((error: unknown) => this.#give(error))
      .finally(() => {
        state.isActive = false;
        this.#publishing -= 1;
        this.#turns.delete(taken);
        this.#changes.notify();
      });
    this.#turns.add(taken);
  }

  async #takeTurn(
    lock: SyncLock,
    { project, state }: Turn,
    options: { readonly onlyCritical: boolean },
  ): Promise<void> {
    await this.#linger(project, state);
    const dependencies: SendDependencies = {
      lock,
      uplink: this.#uplink,
      policy: this.#policy,
      bandwidth: this.#bandwidth,
      meter: this.#meter,
      clock: this.#wallClock,
      log: this.#log,
      signal: this.#abort.signal,
      onAccepted: () => {
        this.#publishing -= 1;
        this.#confirming += 1;
        this.#changes.notify();
      },
      onConfirmed: () => {
        this.#publishing += 1;
        this.#confirming -= 1;
      },
    };
    for (let messages = 0; messages < turnMessages && !this.#stop.signal.aborted; messages++) {
      const outcome = await sendBatch(dependencies, { id: project.id, state, ...options });
      this.#reportSoon();
      if (!this.#goesOn(outcome, state)) return;
    }
  }

  /** A few events wait a moment for company, unless somebody waits for them. */
  async #linger(project: PendingProject, state: ProjectState): Promise<void> {
    const isUrgent = project.highest >= priorities.high || this.#drain.waiting > 0;
    if (isUrgent || project.entries >= state.tuner.events || state.tuner.lingerMs < 1) return;
    await pause(state.tuner.lingerMs, this.#stop.signal);
  }

  /** Books what came of a message. False: the turn is over. @throws what ends the syncer */
  #goesOn(outcome: SendOutcome, state: ProjectState): boolean {
    const nowMs = performance.now();
    switch (outcome.kind) {
      case 'committed':
        if (this.#link.attempts > 0) this.#log.info('syncing again', { attempts: this.#link.attempts });
        this.#link = { attempts: 0, untilMs: 0 };
        state.succeed();
        return true;
      case 'parked':
        return true;
      case 'unknown':
        state.unknown();
        this.#note({ code: 'receipt_missing', message: 'the hub took it, and does not know it: sent again' }, state);
        return true;
      case 'empty':
      case 'stopped':
        return false;
      case 'throttled':
        this.#throttle.set(outcome.isCritical, { untilMs: nowMs + outcome.wait.ms, why: outcome.wait.why });
        return false;
      case 'failed':
        this.#bookFailure(outcome, state, nowMs);
        return false;
      default:
        return outcome satisfies never;
    }
  }

  #bookFailure(outcome: Extract<SendOutcome, { kind: 'failed' }>, state: ProjectState, nowMs: number): void {
    const { retry, refusedRetry } = this.#policy;
    switch (outcome.failure) {
      case 'outbox':
        throw outcome.error;
      case 'link':
        this.#note(outcome);
        // Many projects meet the same outage at once: it is one.
        if (this.#link.untilMs > nowMs) return;
        this.#link = { attempts: this.#link.attempts + 1, untilMs: nowMs + holdMs(retry, this.#link.attempts) };
        return;
      case 'project':
      case 'poison':
        this.#note(outcome, state);
        return state.fail(outcome, retry, nowMs);
      case 'refused':
        this.#note(outcome, state);
        return state.fail(outcome, refusedRetry, nowMs);
      default:
        return outcome.failure satisfies never;
    }
  }

  #note({ code, message }: { readonly code: string; readonly message: string }, state?: ProjectState): void {
    const before = this.#meter.lastError;
    const project = state === undefined ? {} : { project: state.name };
    this.#meter.lastError = { code, message, atMs: this.#wallClock(), ...project };
    // Said once, not at every attempt.
    if (before?.code === code && before.project === state?.name) return;
    this.#log.warn('not synced, trying on', { code, reason: message, ...project });
  }

  /** The connection is back: what was held because of its absence goes now, a little apart from other edges. */
  #tryAgainNow(): void {
    const apartMs = this.#wasConnected ? backoffMs(this.#policy.retry, 0) : 0;
    this.#wasConnected = true;
    this.#link = { attempts: 0, untilMs: performance.now() + apartMs };
    this.#projects.releaseHolds();
    this.#offset.renew();
  }

  /** Before the first message of a step: how much was sent today, and how wrong the clock is. */
  async #prepare(first: PendingProject): Promise<void> {
    const wallMs = this.#wallClock();
    if (this.#bandwidth.day !== toDay(wallMs)) {
      const { today } = await this.#outbox.stats(wallMs);
      this.#bandwidth.startDay(today.day, today.bytes);
      this.#throttle.clear();
    }
    const { signal } = this.#stop;
    this.#meter.clockOffsetUs = await this.#offset.measure(this.#meter.clockOffsetUs, { scope: first, wallMs, signal });
  }

  /** @param asked what the step that found this out began with: a later question needs a later step */
  #settleDrain(kind: DrainOutcome['kind'], asked: number): void {
    if (this.#drain.waiting === 0 || this.#drain.asked !== asked) return;
    this.#drain.outcome = kind === 'empty' ? { kind } : { kind, problem: this.#meter.lastError };
    this.#changes.notify();
  }

  #setState(state: SyncState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#report();
  }

  #reportSoon(): void {
    if (performance.now() >= this.#statusDueMs) this.#report();
  }

  #report(): void {
    this.#statusDueMs = performance.now() + statusMs.min;
    this.#status?.write(this.status());
  }
}
