import { errorMessage, sleep, withDeadline } from '@swarmledger/runtime';
import type { Cluster } from './cluster.ts';
import { readWaiting } from './waiting.ts';

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

async function findWaiting(cluster: Cluster): Promise<string | undefined> {
  const { outbox, streams, feed } = await readWaiting(cluster);
  if (outbox.parkedEvents > 0) return `${outbox.parkedEvents} events of the outbox are parked`;
  if (outbox.events > 0) return `${outbox.events} events wait in the outbox`;
  for (const [partition, { pending, unacknowledged }] of streams.entries()) {
    if (pending + unacknowledged > 0) return `partition ${partition}: ${pending} pending, ${unacknowledged} unacked`;
  }
  if (feed.paused) return 'the feed is paused';
  return feed.pendingCommits > 0 ? `${feed.pendingCommits} commits are not in ClickHouse` : undefined;
}
