import type { Bus, BusMessage, DeadLetterInput } from '@swarmledger/bus';
import { headerNames, type EventScope, type RejectionCode } from '@swarmledger/protocol';
import { errorCode, errorMessage, readTraceparent, retry, type BackoffPolicy, type Logger } from '@swarmledger/runtime';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { RecentRejections } from './recent-rejections.ts';
import { readRejectedIds } from './rejected-ids.ts';

export interface BuryDependencies {
  readonly bus: Pick<Bus, 'deadLetters' | 'receipts'>;
  readonly rejections: RecentRejections;
  readonly metrics: IngestMetrics;
  readonly retryPolicy: BackoffPolicy;
  readonly log: Logger;
}

export interface DeadMessage {
  readonly message: BusMessage;
  readonly scope: EventScope | undefined;
  readonly reason: RejectionCode;
  readonly explanation: string;
}

/** What is kept of a message that cannot be kept whole. */
const cutLetterBytes = 900_000;
/** Stored side by side: one after the other, a burst would hold up everybody behind it. */
const lettersAtOnce = 128;

/** Stores the dead letters, in order; each message is acked once its letter is stored. @throws the signal's reason */
export async function buryAll(
  dependencies: BuryDependencies,
  dead: readonly DeadMessage[],
  signal: AbortSignal,
): Promise<void> {
  for (let at = 0; at < dead.length; at += lettersAtOnce) {
    const burials = dead.slice(at, at + lettersAtOnce).map((message) => bury(dependencies, message, signal));
    const failed = (await Promise.allSettled(burials)).find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

/** Stores the dead letter, then acks, then tells the producer. */
async function bury(dependencies: BuryDependencies, dead: DeadMessage, signal: AbortSignal): Promise<void> {
  const { bus, metrics, log, rejections } = dependencies;
  const { message, scope, reason, explanation } = dead;
  await storeLetter(dependencies, dead, signal);
  message.ack();
  metrics.deadLetter(reason);
  const trace = readTraceparent(message.traceparent);
  log.warn('message moved to the dead letters', {
    reason,
    explanation,
    subject: message.subject,
    ...(trace === undefined ? {} : { trace_id: trace.traceId, span_id: trace.spanId }),
  });
  if (scope === undefined) return;
  const eventIds = readRejectedIds(message);
  if (eventIds.length === 0) return;
  const messageId = message.headers.get(headerNames.messageId);
  const rejection = { reason, ...(messageId === undefined ? {} : { messageId }) };
  rejections.add(scope, eventIds, rejection);
  bus.receipts.announce(
    scope.tenant,
    scope.project,
    eventIds.map((eventId) => ({ kind: 'rejected', eventId, ...rejection })),
  );
}

async function storeLetter(dependencies: BuryDependencies, dead: DeadMessage, signal: AbortSignal): Promise<void> {
  const { bus, metrics, log, retryPolicy: policy } = dependencies;
  const { message: original, reason, explanation } = dead;
  const { subject, data, headers, sequence: originalSequence } = original;
  const put = (letter: Pick<DeadLetterInput, 'message' | 'data' | 'headers'>): Promise<void> =>
    retry(() => bus.deadLetters.put({ subject, originalSequence, reason, ...letter }), {
      policy,
      signal,
      onRetry: (error, attempt) => {
        metrics.retried('dead_letter', errorCode(error));
        if (attempt === 0) log.error('dead letter not stored, trying again', describe(error));
      },
    });
  try {
    await put({ data, headers, message: explanation });
  } catch (error) {
    if (signal.aborted) throw error;
    // Too large beside a dead letter's own headers, or headers that cannot be written again. It must not stop the partition.
    log.error('dead letter cut', { ...describe(error), subject, bytes: data.length, kept_bytes: cutLetterBytes });
    const message = `without headers, first ${cutLetterBytes} of ${data.length} bytes; ${explanation}`;
    await put({ data: data.subarray(0, cutLetterBytes), headers: new Map(), message });
  }
}

export function describe(error: unknown): { readonly code: string; readonly reason: string } {
  return { code: errorCode(error), reason: errorMessage(error) };
}
