import { errorCode, errorMessage, type Logger, toDay } from '@swarmledger/runtime';
import { priorities, type OutgoingBatch, type SentUsage, type SyncLock } from '../contract.ts';
import type { Allowance, Bandwidth } from './bandwidth.ts';
import type { AcceptedBatch, Confirmation, SyncPolicy, Uplink } from './contract.ts';
import { classifyFailure, classifyRejection, type FailureKind } from './failures.ts';
import type { ProjectState } from './project-state.ts';
import type { SyncMeter } from './sync-meter.ts';

export interface SendDependencies {
  readonly lock: SyncLock;
  readonly uplink: Uplink;
  readonly policy: SyncPolicy;
  readonly bandwidth: Bandwidth;
  readonly meter: SyncMeter;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** A message has left for the hub, and waits for its receipt without holding up others. */
  readonly onAccepted: () => void;
  readonly onConfirmed: () => void;
}

export type SendOutcome =
  | { readonly kind: 'committed' }
  /** Nothing was sent, but the queue has changed: go on. */
  | { readonly kind: 'parked' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'throttled'; readonly wait: Extract<Allowance, { kind: 'wait' }>; readonly isCritical: boolean }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'stopped' }
  | {
      readonly kind: 'failed';
      readonly failure: FailureKind;
      readonly code: string;
      readonly message: string;
      readonly error?: unknown;
    };

/**
 * One message's journey: read, publish, wait for the receipt, delete. Whatever ends it, its entries are in the outbox until the ledger has
 * them, or they are parked.
 */
export async function sendBatch(
  dependencies: SendDependencies,
  project: { readonly id: number; readonly state: ProjectState; readonly onlyCritical: boolean },
): Promise<SendOutcome> {
  try {
    return await send(dependencies, project);
  } catch (error) {
    if (dependencies.signal.aborted) return { kind: 'stopped' };
    const failure = classifyFailure(error);
    return { kind: 'failed', failure, code: errorCode(error), message: errorMessage(error), error };
  }
}

async function send(
  dependencies: SendDependencies,
  { id, state, onlyCritical }: { readonly id: number; readonly state: ProjectState; readonly onlyCritical: boolean },
): Promise<SendOutcome> {
  const { lock, uplink, policy, bandwidth, meter, clock, signal } = dependencies;
  const { batch, problems } = await lock.readBatch({
    project: id,
    eventsMax: state.tuner.events,
    bytesMax: policy.batchBytesMax,
    priorityMin: onlyCritical ? priorities.critical : priorities.background,
    compress: policy.compress,
    isSuspect: state.isSuspect,
    ...(meter.clockOffsetUs === undefined ? {} : { clockOffsetUs: meter.clockOffsetUs }),
  });
  if (problems.length > 0) {
    // Before anything behind them is sent, so that a full disk cannot reorder what is parked and put back.
    await lock.park(problems, clock());
    meter.parkedEntries += problems.length;
    dependencies.log.error('entries parked', {
      project: state.name,
      entries: problems.length,
      code: problems[0]?.code,
    });
    return { kind: 'parked' };
  }
  if (batch === undefined) return { kind: 'empty' };
  const bytes = batch.data.length;
  const allowed = bandwidth.check(bytes, batch.lowest, { nowMs: performance.now(), wallMs: clock() });
  if (allowed.kind === 'wait') {
    return { kind: 'throttled', wait: allowed, isCritical: batch.lowest >= priorities.critical };
  }

  bandwidth.spend(bytes);
  meter.sent(bytes, batch.plainBytes);
  const usage: SentUsage = { day: toDay(clock()), bytes, messages: 1, committedEvents: 0 };
  const startMs = performance.now();
  let confirmation: Confirmation;
  try {
    const accepted = await uplink.publish(batch, { signal });
    confirmation = await confirm(dependencies, accepted, state);
  } catch (error) {
    await lock.countSent(usage).catch(() => undefined);
    if (signal.aborted || classifyFailure(error) !== 'poison') throw error;
    return refuse(dependencies, state, batch, { code: errorCode(error), message: errorMessage(error) });
  }
  switch (confirmation.kind) {
    case 'committed': {
      const events = batch.eventIds.length;
      await lock.settle(
        batch.entries.map(({ entry }) => entry),
        { ...usage, committedEvents: events },
      );
      const nowMs = performance.now();
      meter.committed(events, nowMs, clock());
      state.tuner.committed({ isFull: !batch.isLast, latencyMs: nowMs - startMs });
      return { kind: 'committed' };
    }
    case 'rejected': {
      await lock.countSent(usage);
      const { code } = confirmation;
      const message = `the hub refused it: ${code}`;
      const failure = classifyRejection(code);
      if (failure === 'poison') return refuse(dependencies, state, batch, { code, message });
      return { kind: 'failed', failure, code, message };
    }
    case 'unknown':
      await lock.countSent(usage);
      return { kind: 'unknown' };
    default:
      return confirmation satisfies never;
  }
}

async function confirm(
  { signal, onAccepted, onConfirmed }: SendDependencies,
  accepted: AcceptedBatch,
  state: ProjectState,
): Promise<Confirmation> {
  state.acceptedMs = performance.now();
  onAccepted();
  try {
    return await accepted.confirm({ republishAfterMs: state.republishAfterMs, signal });
  } finally {
    state.acceptedMs = undefined;
    onConfirmed();
  }
}

/** A message is refused as a whole: halved until the entry at fault is alone, and that one is parked. */
async function refuse(
  { lock, meter, clock, log }: SendDependencies,
  state: ProjectState,
  batch: OutgoingBatch,
  problem: { readonly code: string; readonly message: string },
): Promise<SendOutcome> {
  const [first] = batch.entries;
  if (batch.entries.length > 1 || first === undefined) {
    log.warn('message refused, looking for the entry at fault', {
      ...problem,
      project: state.name,
      events: batch.eventIds.length,
    });
    state.tuner.refused(batch.eventIds.length);
    return { kind: 'parked' };
  }
  await lock.park([{ entry: first.entry, ...problem }], clock());
  meter.parkedEntries += 1;
  log.error('entry parked', { ...problem, project: state.name, entry: first.entry });
  return { kind: 'parked' };
}
