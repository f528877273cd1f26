import type { Bus, BusMessage, DeadLetterInput } from '@swarmledger/bus';
import type { AppendResult, Lease } from '@swarmledger/ledger';
import { headerNames, type EventScope, type Receipt, type RejectionCode } from '@swarmledger/protocol';
import {
  errorCode,
  errorMessage,
  readTraceparent,
  retry,
  TransientError,
  type BackoffPolicy,
  type Logger,
  type Tracer,
} from '@swarmledger/runtime';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { KnownTenants } from './known-tenants.ts';
import type { RecentRejections } from './recent-rejections.ts';
import { isMisdirectedAck } from './misdirected-acks.ts';
import { readRejectedIds } from './rejected-ids.ts';
import { traceCommit } from './traces.ts';
import type { GoodMessage, PreparedTransaction } from './transactions.ts';

export interface CommitDependencies {
  readonly bus: Pick<Bus, 'deadLetters' | 'receipts'>;
  readonly lease: Lease;
  /** Undefined: tenants are registered, an unknown one's events are rejected by the ledger. */
  readonly tenants: KnownTenants | undefined;
  readonly rejections: RecentRejections;
  readonly metrics: IngestMetrics;
  readonly tracer: Tracer;
  readonly retryPolicy: BackoffPolicy;
  readonly log: Logger;
}

export interface CommitOutcome {
  /** Messages. */
  readonly committed: number;
  readonly deadLettered: number;
  /** New events, and with them rows for ClickHouse. */
  readonly events: number;
}

/** What is kept of a message that cannot be kept whole. */
const cutLetterBytes = 900_000;

interface DeadMessage {
  readonly message: BusMessage;
  readonly scope: EventScope | undefined;
  readonly reason: RejectionCode;
  readonly explanation: string;
}

interface Appended {
  readonly message: GoodMessage;
  readonly result: AppendResult | { readonly kind: 'failed'; readonly error: unknown };
}

/**
 * Commits one transaction and acknowledges its messages: first the ledger, then the ack, then the receipts; for what cannot be
 * committed first the dead letter, then the ack. Tries again for ever while the world is at fault.
 *
 * @throws TransientError lease_lost; the signal's reason. What was not acknowledged then will be delivered again.
 */
export async function commitTransaction(
  dependencies: CommitDependencies,
  transaction: PreparedTransaction,
  options: { readonly signal: AbortSignal },
): Promise<CommitOutcome> {
  const { lease, metrics, log } = dependencies;
  const startMs = performance.now();
  const startUnixMs = Date.now();
  const appended = transaction.good.length === 0 ? [] : await append(dependencies, transaction.good, options.signal);
  if (appended.length > 0) {
    metrics.transaction(lease.partition, (performance.now() - startMs) / 1_000, transaction.events);
    traceCommit(dependencies.tracer, transaction.good, { partition: lease.partition, startMs: startUnixMs });
  }
  const events = acknowledge(dependencies, appended);
  const misdirected = transaction.bad.filter(({ message }) => isMisdirectedAck(message));
  for (const { message } of misdirected) {
    message.ack();
    metrics.misdirectedAck();
    log.warn('somebody’s publish acknowledgement discarded', { subject: message.subject });
  }
  const dead = [
    ...transaction.bad
      .filter((bad) => !misdirected.includes(bad))
      .map(({ message, scope, error }): DeadMessage => ({
        message,
        scope,
        reason: error.code,
        explanation: error.message,
      })),
    ...appended.flatMap(toDeadMessage),
  ];
  for (const message of dead) await bury(dependencies, message, options.signal);
  return {
    committed: appended.filter(({ result }) => result.kind === 'committed').length,
    deadLettered: dead.length,
    events,
  };
}

/** One result per message. @throws TransientError lease_lost; the signal's reason */
async function append(
  dependencies: CommitDependencies,
  messages: readonly GoodMessage[],
  signal: AbortSignal,
): Promise<readonly Appended[]> {
  const { lease, tenants, metrics, log, retryPolicy: policy } = dependencies;
  let results: readonly AppendResult[];
  try {
    results = await retry(
      async () => {
        await tenants?.ensure(new Set(messages.map(({ append: { tenant } }) => tenant)));
        return lease.append(
          messages.map((message) => message.append),
          { signal },
        );
      },
      {
        policy,
        signal,
        isRetryable: (error) => error instanceof TransientError && error.code !== 'lease_lost',
        onRetry: (error, attempt) => {
          metrics.retried('append', errorCode(error));
          if (attempt === 0) log.warn('append failed, trying again', describe(error));
        },
      },
    );
  } catch (error) {
    if (signal.aborted || error instanceof TransientError) throw error;
    return await appendOneByOne(dependencies, messages, error, signal);
  }
  return messages.flatMap((message, index) => {
    const result = results[index];
    return result === undefined ? [] : [{ message, result }];
  });
}

// One message that the ledger cannot take must not hold up the others for ever.
async function appendOneByOne(
  dependencies: CommitDependencies,
  messages: readonly GoodMessage[],
  error: unknown,
  signal: AbortSignal,
): Promise<readonly Appended[]> {
  const [first] = messages;
  dependencies.log.error('append failed', { ...describe(error), messages: messages.length });
  if (messages.length === 1 && first !== undefined) return [{ message: first, result: { kind: 'failed', error } }];
  const appended: Appended[] = [];
  for (const message of messages) appended.push(...(await append(dependencies, [message], signal)));
  return appended;
}

/** Acks what is committed, then tells its producers. Returns how many events are new. */
function acknowledge(dependencies: CommitDependencies, appended: readonly Appended[]): number {
  const { bus, lease, metrics } = dependencies;
  const announcements = new Map<string, { readonly scope: EventScope; readonly receipts: Receipt[] }>();
  let duplicates = 0;
  let events = 0;
  let conflicts = 0;
  for (const { message, result } of appended) {
    if (result.kind !== 'committed') continue;
    message.message.ack();
    conflicts += result.conflicts;
    const { tenant, project } = message.append;
    const key = `${tenant}/${project}`;
    const announcement = announcements.get(key) ?? { scope: { tenant, project }, receipts: [] };
    announcements.set(key, announcement);
    for (const event of result.events) {
      if (event.duplicate) duplicates += 1;
      else events += 1;
      announcement.receipts.push({ kind: 'committed', ...event });
    }
  }
  for (const { scope, receipts } of announcements.values()) {
    bus.receipts.announce(scope.tenant, scope.project, receipts);
  }
  metrics.committed(lease.partition, { events, duplicates });
  metrics.conflicts(lease.partition, conflicts);
  return events + conflicts;
}

function toDeadMessage({ message, result }: Appended): readonly DeadMessage[] {
  const { message: original, append: scope } = message;
  switch (result.kind) {
    case 'committed':
      return [];
    case 'rejected':
      return [{ message: original, scope, reason: result.code, explanation: result.message }];
    case 'failed':
      return [{ message: original, scope, reason: 'internal_error', explanation: errorMessage(result.error) }];
    default:
      return result satisfies never;
  }
}

/** Stores the dead letter, then acks, then tells the producer. */
async function bury(dependencies: CommitDependencies, dead: DeadMessage, signal: AbortSignal): Promise<void> {
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

async function storeLetter(dependencies: CommitDependencies, dead: DeadMessage, signal: AbortSignal): Promise<void> {
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

function describe(error: unknown): { readonly code: string; readonly reason: string } {
  return { code: errorCode(error), reason: errorMessage(error) };
}
