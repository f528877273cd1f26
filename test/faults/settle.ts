import { connectBus } from '@swarmledger/bus';
import { openLedger, type Ledger } from '@swarmledger/ledger';
import { openOutbox } from '@swarmledger/outbox';
import { errorMessage, sleep, TransientError, withDeadline, withScope } from '@swarmledger/runtime';
import type { Cluster } from './cluster.ts';
import { partitions } from './schedule.ts';

/** What was not acknowledged comes again after 30 s, a receipt is asked for again after a minute at most. */
const settleMs = 150_000;
const lookMs = 250;

/**
 * Waits until nothing is on its way any more: the agents have ended, the outbox and the streams are empty, and so is the feed.
 * Resolves with what is in the way when time is up.
 */
export async function settle(cluster: Cluster): Promise<string | undefined> {
  const deadlineMs = performance.now() + settleMs;
  try {
    await withDeadline(cluster.stopAgents(), settleMs, 'ending the agents');
  } catch (error) {
    return `${errorMessage(error)}; ${JSON.stringify([...cluster.journal.all()])}`;
  }
  let problem: string | undefined = 'nothing was looked at';
  while (performance.now() < deadlineMs) {
    problem = await findWaiting(cluster).catch((error: unknown) => errorMessage(error));
    if (problem === undefined) return undefined;
    await sleep(lookMs);
  }
  return problem;
}

async function findWaiting({ natsUrl, credentials, connection, outboxFile }: Cluster): Promise<string | undefined> {
  return withScope(async (scope) => {
    const outbox = scope.own('outbox', await openOutbox({ file: outboxFile }));
    const { events, parked } = await outbox.stats();
    if (parked.events > 0) throw new TransientError('parked', `${parked.events} events of the outbox are parked`);
    if (events > 0) return `${events} events wait in the outbox`;
    const bus = scope.own('bus', await connectBus({ servers: natsUrl, name: 'settle', credentials }));
    for (let partition = 0; partition < partitions; partition++) {
      const { pending, unacknowledged } = await bus.lag(partition);
      if (pending + unacknowledged > 0) return `partition ${partition}: ${pending} pending, ${unacknowledged} unacked`;
    }
    return findFeeding(scope.own('ledger', await openLedger({ connection })));
  });
}

async function findFeeding(ledger: Ledger): Promise<string | undefined> {
  const { pendingCommits, paused } = await ledger.feed.progress();
  if (paused) return 'the feed is paused';
  return pendingCommits > 0 ? `${pendingCommits} commits are not in ClickHouse` : undefined;
}
