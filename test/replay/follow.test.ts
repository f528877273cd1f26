import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredEvent } from '@swarmledger/ledger';
import { mainBranch, parseBranchName, parseVersion } from '@swarmledger/protocol';
import { followLog, forkAt, resolveMoment } from '@swarmledger/replayer';
import { decide, onBranch, openProject, signal } from './project.ts';

function nameOf({ event }: StoredEvent): string {
  return event.payload.kind === 'system_signal' ? event.payload.message : event.payload.kind;
}

test('each event comes once, in order, as it is committed, until the signal fires', async (context) => {
  const project = await openProject(context);
  const [first] = await project.append(signal('0'), signal('1'));
  const stop = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const stored of followLog(await project.history(), mainBranch, { after: first!.version }, stop)) {
      if (seen.push(nameOf(stored)) === 61) stop.abort();
    }
  })();
  for (let round = 0; round < 20; round++) {
    await project.append(...Array.from({ length: 3 }, (_, index) => signal(String(2 + 3 * round + index))));
  }
  await following;
  assert.deepEqual(
    seen,
    Array.from({ length: 61 }, (_, index) => String(index + 1)),
  );
});

/** The first event that comes; whoever follows has to be told when to stop. */
async function first(events: AsyncIterable<StoredEvent>): Promise<StoredEvent> {
  for await (const stored of events) return stored;
  throw new Error('nothing came');
}

test('a fork without events of its own is followed from where it began, and filters hold', async (context) => {
  const project = await openProject(context);
  await project.append(signal('before'));
  const history = await project.history();
  const branch = parseBranchName('fork');
  const moment = await resolveMoment(history, mainBranch, { kind: 'head' });
  await forkAt(history, branch, moment, { by: '', reason: '' });
  const filter = { types: ['system_signal'], after: moment.version } as const;
  const next = first(followLog(history, branch, filter, { signal: AbortSignal.timeout(30_000) }));
  await project.append(
    signal('on main'),
    decide('no signal', onBranch('fork')),
    signal('on the fork', onBranch('fork')),
  );
  assert.equal(nameOf(await next), 'on the fork');
});

test('following what is not there is refused, and a version to come is no reason to spin', async (context) => {
  const project = await openProject(context);
  await project.append(signal('1'));
  const history = await project.history();
  const options = { signal: AbortSignal.timeout(30_000) };
  await assert.rejects(first(followLog(history, parseBranchName('nowhere'), {}, options)), { code: 'unknown_branch' });
  let found: StoredEvent | undefined;
  const next = first(followLog(history, mainBranch, { after: parseVersion('f'.repeat(28)) }, options)).then(
    (stored) => (found = stored),
  );
  // It may begin to look at any moment: one that is committed after that is seen.
  for (let round = 2; found === undefined && round < 1_000; round++) await project.append(signal(String(round)));
  assert.notEqual(nameOf(await next), '1');
});
