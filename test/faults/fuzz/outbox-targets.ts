import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { openOutbox, priorities, type Outbox } from '@swarmledger/outbox';
import { encodeEvent } from '@swarmledger/protocol';
import { createSignal, toScope } from '../../ingest/events.ts';
import { onCopies, openFolder } from './files.ts';
import type { OpenTarget } from './target.ts';

const web = toScope({ tenant: 'acme', project: 'web' });
const other = toScope({ tenant: 'acme', project: 'other' });
const request = { eventsMax: 50, bytesMax: 900_000, priorityMin: priorities.background, compress: false };

async function append(outbox: Outbox, scope: typeof web, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) {
    const event = createSignal(scope, number);
    const events = [{ eventId: event.eventId, raw: encodeEvent(event) }];
    await outbox.append({ ...scope, agentId: 'agent', priority: priorities.normal, sequence: 'by_producer', events });
  }
}

/** One row is damaged: it is told apart, and the rows of the other project are given out as they are. */
export const openOutboxRowTarget: OpenTarget = async (scope) => {
  const file = join(await openFolder(scope), 'outbox.sqlite');
  const outbox = scope.own('outbox', await openOutbox({ file }));
  await append(outbox, web, 3);
  await append(outbox, other, 3);
  const damage = new Sqlite(file);
  scope.defer('damage', () => void damage.close());
  const [row] = damage.prepare('SELECT id, body, event_ids FROM entries ORDER BY id').all() as [
    { id: number; body: Buffer; event_ids: Buffer },
  ];
  const write = damage.prepare('UPDATE entries SET body = ?, event_ids = ? WHERE id = ?');
  const lock = await outbox.lock();
  scope.defer('lock', () => lock.release());
  return {
    name: 'outbox rows',
    samples: [row.body, row.event_ids],
    run: async (input) => {
      const isBody = input.length > 40;
      write.run(isBody ? input : row.body, isBody ? row.event_ids : input, row.id);
      for (const isSuspect of [true, false]) await lock.readBatch({ ...request, project: 1, isSuspect });
      const { batch } = await lock.readBatch({ ...request, project: 2, isSuspect: true });
      assert.equal(batch?.eventIds.length, 3);
    },
  };
};

/** The whole file is damaged somewhere: a clear error, or what can be read; another outbox goes on. */
export const openOutboxFileTarget: OpenTarget = async (scope) => {
  const folder = await openFolder(scope);
  const good = join(folder, 'good.sqlite');
  const outbox = await openOutbox({ file: good });
  await append(outbox, web, 40);
  await outbox.close();
  return { name: 'outbox files', samples: [await readFile(good)], run: onCopies(folder, openAndRead) };
};

async function openAndRead(file: string): Promise<void> {
  const outbox = await openOutbox({ file });
  try {
    await readAll(outbox);
  } finally {
    await outbox.close();
  }
}

async function readAll(outbox: Outbox): Promise<void> {
  await outbox.stats();
  await outbox.parked();
  const lock = await outbox.lock();
  try {
    for (const { id } of await lock.pending()) await lock.readBatch({ ...request, project: id, isSuspect: true });
  } finally {
    await lock.release();
  }
}
