import type { BusMessage } from '@swarmledger/bus';
import type { Lease } from '@swarmledger/ledger';
import type { LanePlace } from '@swarmledger/protocol';
import { errorCode, retry, TransientError, type BackoffPolicy, type Logger } from '@swarmledger/runtime';
import { describe } from './bury.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { OverflowLane } from './overflow-lane.ts';
import { decodeBusMessage, type DecodedMessage, type PlacedMessage } from './transactions.ts';

export interface MoveDependencies {
  readonly lane: OverflowLane;
  readonly lease: Pick<Lease, 'confirm'>;
  readonly metrics: IngestMetrics;
  readonly retryPolicy: BackoffPolicy;
  readonly log: Logger;
}

/** A message that is held stays unacknowledged; the partition is opened anew long before this. */
const heldDelayMs = 600_000;

interface Group {
  readonly place: LanePlace;
  readonly messages: BusMessage[];
}

/**
 * Stores messages in the overflow lane, projects side by side, each in its order; then makes sure that the lease is still ours; then
 * acknowledges them. Whoever takes the partition over after that finds them in the lane; whoever took it over before has them
 * delivered again, unacknowledged. Returns those that no packet can hold.
 *
 * @throws TransientError lease_lost; the signal's reason
 */
export async function moveToLane(
  dependencies: MoveDependencies,
  moved: readonly PlacedMessage[],
  signal: AbortSignal,
): Promise<readonly DecodedMessage[]> {
  if (moved.length === 0) return [];
  const { lane, lease } = dependencies;
  const groups = [...groupByPlace(moved)];
  const outcomes = await Promise.allSettled(groups.map((group) => storeGroup(dependencies, group, signal)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  await keepTrying(dependencies, () => lease.confirm(), signal);
  const tooLarge: BusMessage[] = [];
  groups.forEach(({ place, messages }, index) => {
    const outcome = outcomes[index];
    if (outcome?.status !== 'fulfilled') return;
    if (outcome.value.kind === 'full') holdBack(messages);
    else {
      const refused = new Set(outcome.value.tooLarge);
      for (const message of messages) if (!refused.has(message)) message.ack();
      tooLarge.push(...refused);
    }
    lane.arrived(place, messages.length);
  });
  return tooLarge.map(decodeBusMessage);
}

/** They come back when the partition is opened anew. */
export function holdBack(messages: readonly BusMessage[]): void {
  for (const message of messages) message.retryLater(heldDelayMs);
}

type Stored = { readonly kind: 'stored'; readonly tooLarge: readonly BusMessage[] } | { readonly kind: 'full' };

async function storeGroup(
  dependencies: MoveDependencies,
  { place, messages }: Group,
  signal: AbortSignal,
): Promise<Stored> {
  const { lane } = dependencies;
  const store = (some: readonly BusMessage[]): Promise<'stored' | 'full'> =>
    keepTrying(dependencies, () => lane.store(place, some), signal);
  try {
    return (await store(messages)) === 'full' ? { kind: 'full' } : { kind: 'stored', tooLarge: [] };
  } catch (error) {
    if (errorCode(error) !== 'message_too_large') throw error;
  }
  // One of them does not fit beside a packet's own description. Which, is found out; the others may be stored twice.
  const tooLarge: BusMessage[] = [];
  for (const message of messages) {
    try {
      if ((await store([message])) === 'full') return { kind: 'full' };
    } catch (error) {
      if (errorCode(error) !== 'message_too_large') throw error;
      tooLarge.push(message);
    }
  }
  return { kind: 'stored', tooLarge };
}

async function keepTrying<T>(
  { retryPolicy: policy, metrics, log }: MoveDependencies,
  body: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return retry(body, {
    policy,
    signal,
    isRetryable: (error) => error instanceof TransientError && error.code !== 'lease_lost',
    onRetry: (error, attempt) => {
      metrics.retried('overflow', errorCode(error));
      if (attempt === 0) log.warn('not moved to the overflow lane, trying again', describe(error));
    },
  });
}

function groupByPlace(moved: readonly PlacedMessage[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const { place, message } of moved) {
    const key = `${place.tenant}.${place.project}`;
    const group = groups.get(key) ?? { place, messages: [] };
    groups.set(key, group);
    group.messages.push(message);
  }
  return groups.values();
}
