import { limits, ProtocolError, type EventId, type EventScope } from '@swarmledger/protocol';
import {
  backoffMs,
  errorCode,
  errorMessage,
  pause,
  PermanentError,
  TransientError,
  type BackoffPolicy,
  type Changes,
  type Logger,
  type Span,
  type Tracer,
} from '@swarmledger/runtime';
import type { Confirmations } from './confirmations.ts';
import type { MessageQueue, OutgoingMessage } from './message-queue.ts';
import type { PipelineBus } from './pipeline-contract.ts';

/** What the loops of one pipeline share. */
export interface PipelineState {
  readonly bus: PipelineBus;
  readonly eventScope: EventScope;
  readonly queue: MessageQueue;
  readonly confirmations: Confirmations;
  /** Notified on everything that something may wait for. */
  readonly changes: Changes;
  readonly tracer: Tracer;
  readonly log: Logger;
  /** The hub has settled events, or the queue has become shorter. */
  onProgress(publishedEvents: number): void;
}

/** No limit on attempts: an agent outlives its hub's restarts, and its `close` has a deadline. */
const publishBackoff: BackoffPolicy = { initialMs: 50, maxMs: 5_000, attemptsMax: Infinity };
/** Of one question about receipts. */
export const queryTimeoutMs = 5_000;

/** Publishes what is queued, one message at a time, until the signal fires. */
export async function publishQueued(
  state: PipelineState,
  options: { readonly asksFirst: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = options;
  while (!signal.aborted) {
    const next = state.queue.next(performance.now());
    if (next.kind !== 'ready') {
      await state.changes.next(next.kind === 'wait' ? next.ms : Infinity, signal);
      continue;
    }
    if (options.asksFirst) await askFirst(state, next.message, signal);
    if (signal.aborted) return;
    await settleOrPublish(state, next.message, signal);
  }
}

async function settleOrPublish(state: PipelineState, message: OutgoingMessage, signal: AbortSignal): Promise<void> {
  let published = 0;
  if (state.confirmations.isKnown(message)) {
    state.confirmations.settleKnown(message);
  } else {
    const outcome = await publishUntilAccepted(state, message, signal);
    if (outcome === 'stopped') return;
    if (outcome === 'accepted') published = message.ids.length;
  }
  message.acceptedAtMs = performance.now();
  state.queue.shift();
  state.onProgress(published);
}

async function publishUntilAccepted(
  state: PipelineState,
  message: OutgoingMessage,
  signal: AbortSignal,
): Promise<'accepted' | 'refused' | 'stopped'> {
  if (!state.tracer.isOn) return tryUntilAccepted(state, message, { signal });
  const { project } = state.eventScope;
  const span = state.tracer.start(`publish ${project}`, {
    kind: 'producer',
    parent: message.traceparent,
    attributes: {
      'messaging.system': 'nats',
      'messaging.message.id': message.batchId,
      'messaging.batch.message_count': message.ids.length,
      'swarmledger.tenant': state.eventScope.tenant,
      'swarmledger.project': project,
    },
  });
  try {
    return await tryUntilAccepted(state, message, { span, signal });
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}

async function tryUntilAccepted(
  state: PipelineState,
  message: OutgoingMessage,
  { span, signal }: { readonly span?: Span; readonly signal: AbortSignal },
): Promise<'accepted' | 'refused' | 'stopped'> {
  const traceparent = span?.traceparent ?? message.traceparent;
  const context = traceparent === undefined ? {} : { traceparent };
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await state.bus.publisher.publishBatch(message.batchId, message.events, state.eventScope, context);
      if (attempt > 0) state.log.info('publishing again', { attempts: attempt + 1 });
      return 'accepted';
    } catch (error) {
      const reason = errorMessage(error);
      if (error instanceof PermanentError || error instanceof ProtocolError) {
        state.log.error('publish refused', { code: error.code, reason, events: message.ids.length });
        span?.fail(error);
        state.confirmations.rejectMessage(message, error.code);
        return 'refused';
      }
      if (!(error instanceof TransientError)) throw error;
      if (attempt === 0) state.log.warn('publish failed, trying again', { code: error.code, reason });
      await pause(backoffMs(publishBackoff, attempt), signal);
    }
  }
  return 'stopped';
}

/** Asks for the message and, in the same question, for as many of those behind it as the hub answers at once. */
async function askFirst(state: PipelineState, message: OutgoingMessage, signal: AbortSignal): Promise<void> {
  if (message.asked) return;
  const ids: EventId[] = [];
  const asked: OutgoingMessage[] = [];
  for (const queued of state.queue.list()) {
    const isOpen = queued.joinableUntilMs !== undefined;
    if (isOpen || ids.length + queued.ids.length > limits.receiptQueryEventsMax) break;
    ids.push(...queued.ids);
    asked.push(queued);
  }
  const { tenant, project } = state.eventScope;
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      const receipts = await state.bus.receipts.query(tenant, project, ids, { timeoutMs: queryTimeoutMs, signal });
      state.confirmations.markKnown(receipts);
      for (const queued of asked) queued.asked = true;
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof TransientError)) throw error;
      if (attempt === 0) {
        state.log.warn('receipt query failed, trying again', { code: errorCode(error), reason: error.message });
      }
      await pause(backoffMs(publishBackoff, attempt), signal);
    }
  }
}
