import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mainBranch, parseProjectId, type ProjectId, type Version } from '@swarmledger/protocol';
import { sleep, TransientError } from '@swarmledger/runtime';
import { verifyLedger } from './index.ts';
import type { AppendMessage, Lease } from './partitions.ts';
import { collect, readFiles, testLedger, type TestLedger } from './testing/backends.ts';
import { decision, message, remove, tenant, write } from './testing/events.ts';

const projects = ['one', 'two', 'three'].map(parseProjectId);
const paths = ['a', 'b', 'dir/c'] as const;
const clients = 3;
const backoffMs = 10;

/** What a client does next: which message of the pool it appends, through which partition. */
interface Action {
  readonly message: number;
  readonly partition: number;
}

interface Run {
  readonly pool: readonly (readonly { readonly project: number; readonly path: number; readonly kind: number }[])[];
  readonly actions: readonly (readonly Action[])[];
}

const messageCount = 24;
const run: fc.Arbitrary<Run> = fc.record({
  pool: fc.array(
    fc.array(fc.record({ project: fc.nat(2), path: fc.nat(2), kind: fc.nat(2) }), { minLength: 1, maxLength: 4 }),
    { minLength: messageCount, maxLength: messageCount },
  ),
  actions: fc.array(
    fc.array(fc.record({ message: fc.nat(messageCount - 1), partition: fc.nat(1) }), { minLength: 5, maxLength: 25 }),
    { minLength: clients, maxLength: clients },
  ),
});

/** A message has one project, its first event's. */
function createMessages({ pool }: Run): readonly AppendMessage[] {
  return pool.map((events, number) => {
    const project = projects[events[0]?.project ?? 0] as ProjectId;
    return message(
      ...events.map(({ path, kind }, index) => {
        const name = paths[path] ?? 'a';
        if (kind === 0) return decision(`${number}.${index}`, { project });
        return kind === 1 ? write(name, `${number}.${index}`, { project }) : remove(name, { project });
      }),
    );
  });
}

/** Appends one message after the other; whoever loses a lease to another client takes it back. */
async function act(test: TestLedger, messages: readonly AppendMessage[], actions: readonly Action[]): Promise<void> {
  const ledger = await test.reopen({});
  const leases = new Map<number, Lease>();
  for (const action of actions) {
    const one = messages[action.message] as AppendMessage;
    for (let attempt = 0, done = false; !done; attempt++) {
      const lease = leases.get(action.partition) ?? (await ledger.partitions.acquire(action.partition, 'client'));
      leases.set(action.partition, lease);
      try {
        const [result] = await lease.append([one]);
        assert.equal(result?.kind, 'committed');
        done = true;
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        leases.delete(action.partition);
        // Clients that take each other's lease away at once would go on so for ever.
        await sleep(Math.random() * backoffMs * 2 ** Math.min(attempt, 5));
      }
    }
  }
}

/** The files of a project by its events alone. */
function replay(events: readonly { readonly event: AppendMessage['events'][0]['event'] }[], written: Written): Files {
  const files: Files = {};
  for (const { event } of events) {
    if (event.payload.kind !== 'state_change') continue;
    if (event.payload.action === 'DELETE') delete files[event.payload.path];
    else files[event.payload.path] = written.get(event.eventId) ?? 'unknown';
  }
  return files;
}

type Files = Record<string, string>;
type Written = ReadonlyMap<string, string>;

function contents(messages: readonly AppendMessage[]): Written {
  const written = new Map<string, string>();
  for (const { events } of messages) {
    for (const { event } of events) {
      if (event.payload.kind === 'state_change' && event.payload.body.kind === 'content')
        written.set(event.eventId, Buffer.from(event.payload.body.content).toString());
    }
  }
  return written;
}

testLedger(
  'clients that race leave each event once, each message whole, and files as a simple model has them',
  async (open) => {
    await fc.assert(
      fc.asyncProperty(run, async (input) => {
        const test = await open();
        const messages = createMessages(input);
        const pins = new Map<string, Files>();
        let racing = true;
        const reader = (async (): Promise<void> => {
          while (racing) {
            for (const project of projects) await pin(test, project, pins);
          }
        })();
        await Promise.all(input.actions.map((actions) => act(test, messages, actions)));
        racing = false;
        await reader;

        const appended = [...new Set(input.actions.flat().map(({ message: number }) => number))];
        const expected = appended.flatMap((number) => messages[number]?.events.map(({ event }) => event.eventId) ?? []);
        const found: string[] = [];
        for (const project of projects) {
          const history = await test.ledger.project(tenant, project).catch(() => undefined);
          if (history === undefined) continue;
          const events = await collect(history.events({ branch: mainBranch }));
          found.push(...events.map(({ event }) => event.eventId));
          assertWhole(
            events.map(({ event }) => event.eventId),
            messages,
          );
          const latest = await history.latest(mainBranch);
          if (latest === undefined) continue;
          assert.deepEqual(await readFiles(history, latest), replay(events, contents(messages)));
          for (const [key, files] of pins) {
            const [name, version] = key.split(' ');
            if (name === project)
              assert.deepEqual(await readFiles(history, version as Version), files, 'a pinned read changed');
          }
        }
        assert.deepEqual(found.sort(), expected.sort());
        assert.deepEqual((await verifyLedger({ connection: test.connection, root: test.root })).described, []);
      }),
      { numRuns: 8 },
    );
  },
);

/** What a reader sees while others write: it must never change. */
async function pin(test: TestLedger, project: ProjectId, pins: Map<string, Files>): Promise<void> {
  const history = await test.ledger.project(tenant, project).catch(() => undefined);
  const version = await history?.latest(mainBranch);
  if (history === undefined || version === undefined) {
    await new Promise((resolve) => setImmediate(resolve));
    return;
  }
  pins.set(`${project} ${version}`, await readFiles(history, version));
}

/** The events of a message stand side by side, in its order. */
function assertWhole(ids: readonly string[], messages: readonly AppendMessage[]): void {
  for (const { events } of messages) {
    const wanted = events.map(({ event }) => event.eventId);
    const at = ids.indexOf(wanted[0] ?? '');
    if (at >= 0) assert.deepEqual(ids.slice(at, at + wanted.length), wanted);
  }
}
