import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { mainBranch, parseProjectId } from '@swarmledger/protocol';
import { openLedger } from './index.ts';
import { batchMessages, createBatch } from './testing/append-process.ts';
import { collect, collectPages, readLatestFiles, readPartitions } from './testing/backends.ts';
import { tenant } from './testing/events.ts';

const script = fileURLToPath(new URL('./testing/append-process.js', import.meta.url));
const root = 'processes';

/** Runs an appending process until it has confirmed so many batches, then kills it with `signal`, or lets it end. */
async function runUntil(
  run: { readonly file: string; readonly partition: number; readonly batches: number },
  kill?: { readonly afterBatches: number },
): Promise<number> {
  const args = [script, run.file, root, String(run.partition), String(run.batches)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let confirmed = 0;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    confirmed += text.split('\n').length - 1;
    if (kill !== undefined && confirmed >= kill.afterBatches) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return confirmed;
}

test('what a killed process was told is committed, and the next one completes it exactly', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'swarmledger-processes-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'ledger.sqlite');
  const batches = 60;
  // Two processes at once on one file, each killed three times at different moments.
  const runs = [0, 1].map(async (partition) => {
    for (const afterBatches of [1, 7, 30]) {
      const confirmed = await runUntil({ file, partition, batches }, { afterBatches });
      await using ledger = await openLedger({ connection: { kind: 'embedded', file }, root: [root] });
      const history = await ledger.project(tenant, parseProjectId(`p${partition}`));
      const ids = Array.from({ length: confirmed }, (_, batch) => createBatch(partition, batch))
        .flat()
        .flatMap(({ events }) => events.map(({ event }) => event.eventId));
      const receipts = await history.receipts(ids);
      assert.ok(receipts.every(({ kind }) => kind === 'committed'));
    }
    assert.equal(await runUntil({ file, partition, batches }), batches);
  });
  await Promise.all(runs);
  await using ledger = await openLedger({ connection: { kind: 'embedded', file }, root: [root] });
  for (const partition of [0, 1]) {
    const history = await ledger.project(tenant, parseProjectId(`p${partition}`));
    const stored = await collect(history.events({ branch: mainBranch }));
    const expected = Array.from({ length: batches }, (_, batch) => createBatch(partition, batch)).flat();
    assert.deepEqual(
      stored.map(({ event }) => event.eventId),
      expected.flatMap(({ events }) => events.map(({ event }) => event.eventId)),
    );
    assert.equal(Object.keys(await readLatestFiles(history)).length, batchMessages);
    const feed = readPartitions(ledger.feed, partition);
    const group = await feed.nextGroup({ rowsTarget: 50_000, bytesMax: 10_000_000 });
    assert.equal(group?.rows, batches * batchMessages);
    assert.deepEqual(
      (await collectPages(feed.rows(group))).map(({ version }) => version),
      stored.map(({ version }) => version),
    );
  }
});
