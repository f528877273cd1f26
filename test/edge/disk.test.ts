import assert from 'node:assert/strict';
import { spawnSync, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { startIngestor, uniqueScope, withHub, type Hub } from '../ingest/hub.ts';
import { upTo } from '../ingest/events.ts';
import { ended, orderFor, readLedgerNumbers, startChild, type ChildOrder } from './edge.ts';

/** A small disk of the child's own needs a mount namespace. */
const canMount = spawnSync('unshare', ['-Urm', 'true']).status === 0;
const skip = canMount ? false : 'no unshare here: a small disk cannot be made';

function startOnSmallDisk(hub: Hub, order: ChildOrder): ChildProcess {
  const script = `mount -t tmpfs -o size=18m none ${dirname(order.outbox)} && exec "$@"`;
  return startChild(hub, order, ['unshare', '-Urm', 'sh', '-c', script, 'sh']);
}

test(
  'on a full disk an append fails loudly, what was durable stays, and sending it makes room without anybody’s help',
  { skip },
  async () => {
    await withHub(async (hub) => {
      await startIngestor(hub);
      const names = uniqueScope();
      const disk = join(hub.dataDir, 'disk');
      await mkdir(disk);
      const order = orderFor(hub, names, { role: 'filler', outbox: join(disk, 'outbox.sqlite') });
      const child = startOnSmallDisk(hub, order);
      const lines = createInterface({ input: child.stdout ?? assert.fail() })[Symbol.asyncIterator]();
      const full = JSON.parse(String((await lines.next()).value)) as { recorded: number; code: string; events: number };
      assert.equal(full.code, 'disk_full');
      assert.ok(full.recorded > 500, `${full.recorded}`);
      // Whoever looks at it now sees all that was recorded.
      assert.equal(full.events, full.recorded);
      assert.equal(await ended(child), 0);
      assert.deepEqual(await readLedgerNumbers(hub, names), upTo(full.recorded + 1));
    });
  },
);

test(
  'what was recorded is sent when the sender starts on a disk without a free byte',
  { skip, timeout: 120_000 },
  async () => {
    await withHub(async (hub) => {
      await startIngestor(hub);
      const names = uniqueScope();
      const disk = join(hub.dataDir, 'disk');
      await mkdir(disk);
      const order = orderFor(hub, names, { role: 'late_sender', outbox: join(disk, 'outbox.sqlite'), count: 300 });
      const child = startOnSmallDisk(hub, order);
      child.stdout?.resume();
      assert.equal(await ended(child), 0);
      assert.deepEqual(await readLedgerNumbers(hub, names), upTo(300));
    });
  },
);
