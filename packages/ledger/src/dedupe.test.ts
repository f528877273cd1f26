import assert from 'node:assert/strict';
import { deriveEventId, type ReceivedEvent } from '@swarmledger/protocol';
import type { AppendResult } from './partitions.ts';
import { appendOne, commit, readEvents, testLedger } from './testing/backends.ts';
import { decision, message } from './testing/events.ts';
import { ReadCounter } from './testing/read-counter.ts';

/** Events whose ids were made at a time, in order; UUIDv7 starts with its milliseconds. */
function eventsAt(timeMs: number, count: number): readonly ReceivedEvent[] {
  return Array.from({ length: count }, (_, index) =>
    decision('x', { eventId: deriveEventId(timeMs + index, 'an event') }),
  );
}

function duplicates(result: AppendResult): readonly boolean[] {
  return result.kind === 'committed' ? result.events.map(({ duplicate }) => duplicate) : [];
}

const someTime = Date.UTC(2026, 0, 1);

testLedger('a message of a thousand events is looked up with a few reads, and again with as few', async (open) => {
  const counter = new ReadCounter();
  const { lease } = await open({ wrap: counter.wrap });
  await commit(lease, message(decision('makes the project')));
  const batch = message(...eventsAt(someTime, 1_000));
  assert.ok((await counter.count(() => commit(lease, batch))) < 10);
  const reads = await counter.count(async () => {
    assert.deepEqual(duplicates(await appendOne(lease, batch)), new Array(1_000).fill(true));
  });
  assert.ok(reads < 10);
});

testLedger('finds committed events among those of producers that write at the same time', async (open) => {
  const { lease, history } = await open();
  const all = eventsAt(someTime, 90);
  const [mine, theirs] = [all.filter((_, index) => index % 3 === 0), all.filter((_, index) => index % 3 !== 0)];
  // Twice as many of theirs as of mine, and then far more: whichever way they are looked up, the answer is the same.
  await commit(lease, message(...theirs));
  assert.deepEqual(duplicates(await appendOne(lease, message(...mine))), new Array(mine.length).fill(false));
  const result = await appendOne(
    lease,
    message(...all.slice(0, 2), ...eventsAt(someTime + 1_000, 1), ...all.slice(88)),
  );
  assert.deepEqual(duplicates(result), [true, true, false, true, true]);
  assert.equal((await readEvents(await history())).length, 91);
});

testLedger('ids that lie months apart, with others between them, are each committed once', async (open) => {
  const { lease, history } = await open();
  const months = Array.from({ length: 6 }, (_, month) => Date.UTC(2026, month, 1));
  for (const month of months) await commit(lease, message(...eventsAt(month + 60_000, 40)));
  const offline = months.flatMap((month) => eventsAt(month, 2));
  await commit(lease, message(...offline.slice(0, 7)));
  const [result] = await lease.append([message(...offline.toReversed())]);
  assert.deepEqual(result === undefined ? [] : duplicates(result), offline.map((_, index) => index < 7).toReversed());
  assert.deepEqual(duplicates(await appendOne(lease, message(...offline))), new Array(offline.length).fill(true));
  assert.equal((await readEvents(await history())).length, 6 * 40 + offline.length);
});
