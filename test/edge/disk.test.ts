import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { startIngestor, uniqueScope, withHub } from '../ingest/hub.ts';
import { upTo } from '../ingest/events.ts';
import { ended, orderFor, readLedgerNumbers, startChild } from './edge.ts';

/** A small disk of the child's own needs a mount namespace. */
const canMount = spawnSync('unshare', ['-Urm', 'true']).status === 0;

test(
  'on a full disk an append fails loudly, what was durable stays, and sending it makes room without anybody’s help',
  { skip: canMount ? false : 'no unshare here: a small disk cannot be made' },
  async () => {
    await withHub(async (hub) => {
      await startIngestor(hub);
      const names = uniqueScope();
      const disk = join(hub.dataDir, 'disk');
      await mkdir(disk);
      const order = orderFor(hub, names, { role: 'filler', outbox: join(disk, 'outbox.sqlite') });
      const script = `mount -t tmpfs -o size=18m none ${disk} && exec "$@"`;
      const child = startChild(hub, order, ['unshare', '-Urm', 'sh', '-c', script, 'sh']);
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
