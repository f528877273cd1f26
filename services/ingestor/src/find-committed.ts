import type { Ledger } from '@swarmledger/ledger';
import { answerReceipts } from './receipt-answers.ts';
import type { GoodMessage, PreparedTransaction } from './transactions.ts';

/** Projects asked about side by side. */
const questionsAtOnce = 16;

/**
 * Of messages that are over their tenant's quota, some may be committed already: delivered again, or sent again by an outbox. They are
 * no dead letters, whatever is left of the day.
 *
 * @throws TransientError when the ledger cannot be read
 */
export async function findCommitted(
  ledger: Pick<Ledger, 'project'>,
  transaction: PreparedTransaction,
): Promise<PreparedTransaction> {
  const groups = [...groupByProject(transaction.overQuota)];
  const duplicates = new Set<GoodMessage>();
  for (let at = 0; at < groups.length; at += questionsAtOnce) {
    const found = await Promise.all(
      groups.slice(at, at + questionsAtOnce).map((group) => findOfProject(ledger, group)),
    );
    for (const message of found.flat()) duplicates.add(message);
  }
  return {
    ...transaction,
    duplicates: transaction.overQuota.filter((message) => duplicates.has(message)),
    overQuota: transaction.overQuota.filter((message) => !duplicates.has(message)),
  };
}

async function findOfProject(
  ledger: Pick<Ledger, 'project'>,
  messages: readonly GoodMessage[],
): Promise<readonly GoodMessage[]> {
  const [first] = messages;
  if (first === undefined) return [];
  const ids = messages.flatMap(({ append }) => append.events.map(({ event }) => event.eventId));
  const receipts = await answerReceipts({ ledger, rejections: undefined }, first.append, ids);
  const committed = new Set(receipts.flatMap((receipt) => (receipt.kind === 'committed' ? [receipt.eventId] : [])));
  return messages.filter(({ append }) => append.events.every(({ event }) => committed.has(event.eventId)));
}

function groupByProject(messages: readonly GoodMessage[]): Iterable<readonly GoodMessage[]> {
  const groups = new Map<string, GoodMessage[]>();
  for (const message of messages) {
    const key = `${message.append.tenant}.${message.append.project}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(message);
  }
  return groups.values();
}
