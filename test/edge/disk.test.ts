import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { startIngestor, uniqueScope, withHub } from '../ingest/hub.ts';
import { upTo } from '../ingest/events.ts';
import { ended, orderFor, readLedgerNumbers, startChild } from './edge.ts';

/** A small disk of the child's own needs a mount namespace. */
const canMount = spawnSync('unshare', ['-Urm', 'true']).status === 0;

test(
  'on a full disk an append fails loudly, what was durable stays, and all of it arrives once there is room',
  { skip: canMount ? false : 'no unshare here: a small disk cannot be made' },
  async () => {
    await withHub(async (hub) => {
      await startIngestor(hub);
      const names = uniqueScope();
      const disk = join(hub.dataDir, 'disk');
      await mkdir(disk);
      // 6 MB, 2 of which are somebody else's until a line on stdin says otherwise.
      const script = `mount -t tmpfs -o size=6m none ${disk} && head -c 2000000 /dev/zero > ${disk}/filler && exec "$@"`;
      const order = orderFor(hub, names, { role: 'filler', outbox: join(disk, 'outbox.sqlite') });
      const child = startChild(hub, order, ['unshare', '-Urm', 'sh', '-c', script, 'sh']);
      const lines = createInterface({ input: child.stdout ?? assert.fail() })[Symbol.asyncIterator]();
      const full = JSON.parse(String((await lines.next()).value)) as { recorded: number; code: string };
      assert.equal(full.code, 'disk_full');
      assert.ok(full.recorded > 100, `${full.recorded}`);
      // The mount is the child's: only through it can its files be reached.
      await writeFile(`/proc/${child.pid}/root${disk}/filler`, '');
      child.stdin?.write('go on\n');
      assert.equal(await ended(child), 0);
      assert.deepEqual(await readLedgerNumbers(hub, names), upTo(full.recorded + 2));
      assert.deepEqual(await readdir(disk), []);
    });
  },
);
