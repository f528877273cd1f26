import { createInterface } from 'node:readline';
import { errorCode, Secret, sleep, TransientError } from '@swarmledger/runtime';
import { connectSwarmLedger, type SwarmLedger } from '@swarmledger/sdk';
import { eventIdOf, factOf, numberAttribute, type Session } from './facts.ts';
import { formatLine, type Word } from './journal.ts';
import { createRandom } from './random.ts';

/*
 * One process of agents: it records the numbered events of its sessions, one session beside the other, and says on its standard
 * output what it is about to do and what it was told. It may be killed at any moment; the next one goes on behind what was acked.
 */
export interface AgentOrder {
  /** Part of every event id. */
  readonly run: string;
  readonly seed: number;
  readonly sessions: readonly { readonly index: number; readonly session: Session; readonly next: number }[];
  readonly servers: string;
  readonly user: string;
  readonly password: string;
  /** An outbox: what is recorded goes there, and a syncer of another process sends it. */
  readonly outbox?: string;
  /** Between two groups of a session. */
  readonly pauseMs: number;
}

const order = JSON.parse(process.argv[2] ?? '') as AgentOrder;
const groupEventsMax = 12;
/** Every so many groups a session waits until what it recorded is committed. */
const groupsUntilCommitted = 4;
const waitMs = 4_000;
const retryMs = 100;
let isStopping = false;

function say(word: Word, session: number, number: number): void {
  process.stdout.write(formatLine(word, session, number));
}

/** Until it works: what fails for a while is why there are retries. */
async function insist<T>(body: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await body();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      process.stderr.write(`${errorCode(error)}\n`);
      await sleep(retryMs);
    }
  }
}

function open(session: Session): Promise<SwarmLedger> {
  const { servers, user, password, outbox } = order;
  const { tenant, project, agent } = session;
  const place = { tenant, project, agentId: agent };
  return insist(() =>
    outbox === undefined
      ? connectSwarmLedger({ ...place, servers, credentials: { user, password: new Secret(password) } })
      : connectSwarmLedger({ ...place, durable: true, outbox }),
  );
}

async function record(agent: SwarmLedger, session: Session, number: number): Promise<void> {
  const fact = factOf(session, number);
  const eventId = eventIdOf(order.run, session, number);
  const known = { eventId, attributes: { [numberAttribute]: String(number) } };
  switch (fact.kind) {
    case 'decision':
      return void (await agent.recordDecision({ ...known, title: `${number}`, rationale: fact.text }));
    case 'signal':
      return void (await agent.recordSignal({ ...known, kind: 'test', message: fact.text }));
    case 'put':
      return void (await agent.recordChange({ ...known, path: fact.path, action: 'UPDATE', content: fact.content }));
    case 'remove':
      return void (await agent.recordChange({ ...known, path: fact.path, action: 'DELETE' }));
    default:
      return fact satisfies never;
  }
}

async function runSession(index: number, session: Session, first: number): Promise<void> {
  const agent = await open(session);
  const random = createRandom(order.seed * 31 + index);
  let next = first;
  for (let group = 1; !isStopping; group++) {
    const last = next + random.below(groupEventsMax);
    for (; next <= last; next++) {
      const number = next;
      say('offered', index, number);
      await insist(() => record(agent, session, number));
    }
    await insist(() => agent.flush({ until: order.outbox === undefined ? 'accepted' : 'durable', timeoutMs: waitMs }));
    say('acked', index, last);
    if (group % groupsUntilCommitted === 0) {
      await agent
        .flush({ timeoutMs: waitMs })
        .then(() => say('committed', index, last))
        .catch(rethrowPermanent);
    }
    await sleep(random.below(2 * order.pauseMs));
  }
  await insist(() => agent.flush({ timeoutMs: waitMs }));
  // A flush answers for what this process recorded, not for those before it.
  if (next > first) say('committed', index, next - 1);
  await insist(() => agent.close());
}

function rethrowPermanent(error: unknown): void {
  if (!(error instanceof TransientError)) throw error;
}

createInterface({ input: process.stdin }).on('line', () => (isStopping = true));
await Promise.all(order.sessions.map(({ index, session, next }) => runSession(index, session, next)));
process.exit(0);
