import type { Bus } from '@swarmledger/bus';
import type { AppendResult, Lease } from '@swarmledger/ledger';
import { readLanePlace, type EventScope, type Receipt, type TenantId } from '@swarmledger/protocol';
import { errorCode, errorMessage, retry, TransientError, type Tracer } from '@swarmledger/runtime';
import type { ProjectRates } from './admission.ts';
import { buryAll, describe, type BuryDependencies, type DeadMessage } from './bury.ts';
import type { KnownTenants } from './known-tenants.ts';
import { isMisdirectedAck } from './misdirected-acks.ts';
import { holdBack, moveToLane, type MoveDependencies } from './move-to-lane.ts';
import { traceCommit } from './traces.ts';
import type { BadMessage, DecodedMessage, GoodMessage, PreparedTransaction } from './transactions.ts';

export interface CommitDependencies extends BuryDependencies, MoveDependencies {
  readonly bus: Pick<Bus, 'deadLetters' | 'receipts'>;
  readonly lease: Lease;
  /** Undefined: tenants are registered, an unknown one's events are rejected by the ledger. */
  readonly tenants: KnownTenants | undefined;
  readonly rates: ProjectRates;
  readonly tracer: Tracer;
}

/** What became of one tenant's messages. */
export interface TenantOutcome {
  /** Messages. */
  committed: number;
  /** Messages; without those over their quota, which are nobody's mistake. */
  deadLettered: number;
  /** Events that are new: what is charged. */
  events: number;
}

export interface CommitOutcome {
  /** By the tenant's name as it stands in the subject, as far as it is a legal one. */
  readonly tenants: ReadonlyMap<string, TenantOutcome>;
  /** New events, conflicts included, and with them rows for ClickHouse. */
  readonly rows: number;
  /** For the dead letters. */
  readonly dead: readonly DeadMessage[];
}

interface Appended {
  readonly message: GoodMessage;
  readonly result: AppendResult | { readonly kind: 'failed'; readonly error: unknown };
}

/**
 * Commits the good messages of a transaction and acknowledges them: first the ledger, then the ack, then the receipts. Tries again for
 * ever while the world is at fault.
 *
 * @throws TransientError lease_lost; the signal's reason. What was not acknowledged then will be delivered again.
 */
export async function commitTransaction(
  dependencies: CommitDependencies,
  transaction: PreparedTransaction,
  options: { readonly signal: AbortSignal },
): Promise<CommitOutcome> {
  const appended = await commitGood(dependencies, transaction, options.signal);
  discardMisdirected(dependencies, transaction.bad);
  const bad = transaction.bad.filter(({ message }) => !isMisdirectedAck(message));
  const dead = [...bad.map(toDeadMessage), ...appended.flatMap(toRejected)];
  return { ...summarize(appended, dead), dead };
}

/**
 * The rest of a transaction: for what has to wait first the overflow lane, then the ack; for what cannot be committed first the dead
 * letter, then the ack. What is moved is behind what was committed with it, and comes back in a later transaction.
 *
 * @throws as `commitTransaction`
 */
export async function commitAside(
  dependencies: CommitDependencies,
  transaction: PreparedTransaction,
  options: { readonly dead: readonly DeadMessage[]; readonly signal: AbortSignal },
): Promise<void> {
  const { dead, signal } = options;
  holdBack(transaction.held.map(({ message }) => message));
  const tooLarge = await moveToLane(dependencies, transaction.moved, signal);
  discardMisdirected(dependencies, tooLarge);
  const refused = tooLarge.filter(({ message }) => !isMisdirectedAck(message)).map(toDeadMessage);
  await buryAll(dependencies, [...dead, ...refused, ...transaction.overQuota.map(toOverQuota)], signal);
}

async function commitGood(
  dependencies: CommitDependencies,
  { good, duplicates, events }: PreparedTransaction,
  signal: AbortSignal,
): Promise<readonly Appended[]> {
  const messages = [...duplicates, ...good];
  if (messages.length === 0) return [];
  const { lease, metrics, tracer } = dependencies;
  const startMs = performance.now();
  const startUnixMs = Date.now();
  const appended = await append(dependencies, messages, signal);
  metrics.transaction(lease.partition, (performance.now() - startMs) / 1_000, events);
  traceCommit(tracer, messages, { partition: lease.partition, startMs: startUnixMs });
  acknowledge(dependencies, appended);
  return appended;
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

/** Acks what is committed, then tells its producers. */
function acknowledge(dependencies: CommitDependencies, appended: readonly Appended[]): void {
  const { bus, lease, metrics, rates } = dependencies;
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
    const added = countNew(result);
    events += added;
    duplicates += result.events.length - added;
    // A resend costs a look-up: it must not slow down what is new.
    if (added < result.events.length) rates.giveBack({ tenant, project }, result.events.length - added);
    for (const event of result.events) announcement.receipts.push({ kind: 'committed', ...event });
  }
  for (const { scope, receipts } of announcements.values()) {
    bus.receipts.announce(scope.tenant, scope.project, receipts);
  }
  metrics.committed(lease.partition, { events, duplicates });
  metrics.conflicts(lease.partition, conflicts);
}

function discardMisdirected({ metrics, log }: CommitDependencies, bad: readonly DecodedMessage[]): void {
  for (const { message } of bad) {
    if (!isMisdirectedAck(message)) continue;
    message.ack();
    metrics.misdirectedAck();
    log.warn('somebody’s publish acknowledgement discarded', { subject: message.subject });
  }
}

function toDeadMessage(decoded: DecodedMessage | BadMessage): DeadMessage {
  const { message } = decoded;
  if (decoded.kind === 'bad') {
    const { scope, error } = decoded;
    return { message, scope, reason: error.code, explanation: error.message };
  }
  const explanation = 'the message does not fit into the overflow lane beside its own headers';
  return { message, scope: decoded.append, reason: 'message_too_large', explanation };
}

function toRejected({ message, result }: Appended): readonly DeadMessage[] {
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

function toOverQuota({ message, append }: GoodMessage): DeadMessage {
  const explanation = `tenant ${append.tenant} has used up its events of this day (UTC); put it back when there is room`;
  return { message, scope: append, reason: 'over_quota', explanation };
}

function summarize(
  appended: readonly Appended[],
  dead: readonly DeadMessage[],
): Pick<CommitOutcome, 'tenants' | 'rows'> {
  const tenants = new Map<string, TenantOutcome>();
  const of = (tenant: string): TenantOutcome => {
    const outcome = tenants.get(tenant) ?? { committed: 0, deadLettered: 0, events: 0 };
    tenants.set(tenant, outcome);
    return outcome;
  };
  let rows = 0;
  for (const { message, result } of appended) {
    if (result.kind !== 'committed') continue;
    const outcome = of(message.append.tenant);
    outcome.committed += 1;
    outcome.events += countNew(result);
    rows += countNew(result) + result.conflicts;
  }
  for (const { message } of dead) of(readLanePlace(message.subject).tenant).deadLettered += 1;
  return { tenants, rows };
}

function countNew({ events }: Extract<AppendResult, { kind: 'committed' }>): number {
  return events.reduce((count, { duplicate }) => count + (duplicate ? 0 : 1), 0);
}

/** Events of each tenant that were let through for this transaction. */
export function countReserved({ good }: PreparedTransaction): ReadonlyMap<TenantId, number> {
  const reserved = new Map<TenantId, number>();
  for (const { append } of good) reserved.set(append.tenant, (reserved.get(append.tenant) ?? 0) + append.events.length);
  return reserved;
}
