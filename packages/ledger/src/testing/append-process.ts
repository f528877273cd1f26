/*
 * A process of its own that appends to an embedded ledger until it is killed: `node append-process.js FILE ROOT PARTITION COUNT`.
 * The events are the same in every run; it prints the number of each batch that was committed, once it knows.
 */
import { deriveEventId, parseProjectId } from '@swarmledger/protocol';
import { openLedger } from '../index.ts';
import type { AppendMessage } from '../partitions.ts';
import { message, tenant, write } from './events.ts';

export const batchMessages = 20;

/** The messages of one batch, the same every time. */
export function createBatch(partition: number, batch: number): readonly AppendMessage[] {
  return Array.from({ length: batchMessages }, (_, index) => {
    const name = `${partition}-${batch}-${index}`;
    const event = { eventId: deriveEventId(1, name), project: parseProjectId(`p${partition}`) };
    return message(write(`file ${index}`, name, event));
  });
}

async function main(): Promise<void> {
  const [, , file = '', root = '', partitionText = '', countText = ''] = process.argv;
  const partition = Number(partitionText);
  const ledger = await openLedger({ connection: { kind: 'embedded', file }, root: [root] });
  await ledger.tenants.ensure(tenant);
  const lease = await ledger.partitions.acquire(partition, `process ${process.pid}`);
  for (let batch = 0; batch < Number(countText); batch++) {
    await lease.append(createBatch(partition, batch));
    process.stdout.write(`${batch}\n`);
  }
  await ledger.close();
}

if (process.argv[1]?.endsWith('append-process.js') === true) await main();
