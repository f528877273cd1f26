import { connectBus } from '@swarmledger/bus';
import { openLedger } from '@swarmledger/ledger';
import { openOutbox } from '@swarmledger/outbox';
import { withScope } from '@swarmledger/runtime';
import type { Cluster } from './cluster.ts';
import { partitions } from './schedule.ts';

/** What is on its way at one moment. */
export interface Waiting {
  /** Events in the outbox of the edge. */
  readonly outbox: { readonly events: number; readonly parkedEvents: number };
  /** Messages in the streams, by partition. */
  readonly streams: readonly { readonly pending: number; readonly unacknowledged: number }[];
  /** Commits that are not in ClickHouse. */
  readonly feed: { readonly pendingCommits: number; readonly paused: boolean };
}

/** @throws when a server is away at that moment */
export async function readWaiting({ natsUrl, credentials, connection, outboxFile }: Cluster): Promise<Waiting> {
  return withScope(async (scope) => {
    const outbox = scope.own('outbox', await openOutbox({ file: outboxFile }));
    const { events, parked } = await outbox.stats();
    const bus = scope.own('bus', await connectBus({ servers: natsUrl, name: 'waiting', credentials }));
    const numbers = Array.from({ length: partitions }, (_, partition) => partition);
    const streams = await Promise.all(numbers.map((partition) => bus.lag(partition)));
    const ledger = scope.own('ledger', await openLedger({ connection }));
    return { outbox: { events, parkedEvents: parked.events }, streams, feed: await ledger.feed.progress() };
  });
}
