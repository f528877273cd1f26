import type { Command } from 'commander';
import type { Analytics } from '@swarmledger/analytics';
import { feedLimits, type FeedRow, type Ledger } from '@swarmledger/ledger';
import { PermanentError } from '@swarmledger/runtime';
import { withAnalytics, withLedger } from '../hub/connect.ts';
import { requireHub } from '../hub/hub-file.ts';
import { styleOf, writeJson, writeLine, type Io } from '../output/io.ts';
import { ProgressLine } from '../output/progress.ts';
import { renderTable } from '../output/table.ts';
import { readOptions, type GlobalOptions } from './shared.ts';

/** Rows of one insert of a rebuild: the feed's own bound. */
const rebuildRows = 20_000;
const rebuildBytesMax = feedLimits.groupBytesMax;

export function registerFeed(program: Command, io: Io): void {
  const group = program.command('feed').description('the copy from the ledger into ClickHouse');
  group
    .command('status')
    .description('what is committed and not in ClickHouse yet')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<GlobalOptions>(command);
      const progress = await withLedger(options.data, io.environment, (ledger) => ledger.feed.progress());
      if (options.json) {
        writeJson(io, progress);
        return;
      }
      const more = progress.more ? ' or more' : '';
      writeLine(
        io,
        `${progress.pendingRows} events in ${progress.pendingCommits}${more} commits wait${progress.paused ? '; the feed is paused by a rebuild' : ''}`,
      );
    });
  group
    .command('verify')
    .description('count both sides, branch by branch; fails when they differ')
    .action(async (_options: unknown, command: Command) => {
      await verify(readOptions<GlobalOptions>(command), io);
    });
  group
    .command('rebuild')
    .description('empty the analytics copy and fill it again from the ledger')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<GlobalOptions>(command);
      const hub = await requireHub(options.data);
      const progress = new ProgressLine(io);
      const rows = await withLedger(options.data, io.environment, (ledger) =>
        withAnalytics(hub, 'hub', (analytics) => rebuild(ledger, analytics, (count) => progress.show(`${count} rows`))),
      );
      progress.clear();
      if (options.json) writeJson(io, { rows });
      else writeLine(io, `Rebuilt: ${rows} rows.`);
    });
}

async function verify(options: GlobalOptions, io: Io): Promise<void> {
  const hub = await requireHub(options.data);
  const counts = new Map<string, { ledger: number; analytics: number }>();
  const at = (key: string): { ledger: number; analytics: number } => {
    const count = counts.get(key) ?? { ledger: 0, analytics: 0 };
    counts.set(key, count);
    return count;
  };
  await withLedger(options.data, io.environment, async (ledger) => {
    for await (const { tenant, project, branch, events } of ledger.feed.counts())
      at(`${tenant} ${project} ${branch}`).ledger = events;
  });
  await withAnalytics(hub, 'hub', async (analytics) => {
    for (const { tenant, project, branch, rows } of await analytics.countByProject())
      at(`${tenant} ${project} ${branch}`).analytics = rows;
  });
  const rows = [...counts].map(([key, count]) => [...key.split(' '), count.ledger, count.analytics]);
  const different = [...counts.values()].filter((count) => count.ledger !== count.analytics).length;
  if (options.json) {
    for (const [tenant, project, branch, ledger, analytics] of rows)
      writeJson(io, { tenant, project, branch, ledger, analytics });
  } else {
    writeLine(io, renderTable(['tenant', 'project', 'branch', 'ledger', 'analytics'], rows, styleOf(io)));
  }
  if (different > 0) {
    throw new PermanentError(
      'feed_differs',
      `${different} branches differ: if "feed status" shows nothing waiting, run "feed rebuild"`,
    );
  }
}

/** Returns how many rows were copied. A run that was cut off is done again from the start. */
export async function rebuild(
  ledger: Ledger,
  analytics: Analytics,
  onProgress: (rows: number) => void,
): Promise<number> {
  const { upTo } = await ledger.feed.pause();
  await analytics.truncate();
  const run = `rebuild-${upTo}-${Date.now()}`;
  let copied = 0;
  let group: FeedRow[] = [];
  let bytes = 0;
  let month = '';
  const flush = async (): Promise<void> => {
    if (group.length === 0) return;
    await analytics.insertGroup({ id: `${run}-${copied}`, recovered: false }, [group]);
    copied += group.length;
    group = [];
    bytes = 0;
    onProgress(copied);
  };
  for await (const row of ledger.feed.allHistory(upTo)) {
    // One calendar month an insert: one block, which is there whole or not at all.
    const rowMonth = new Date(row.commitTimeMs).toISOString().slice(0, 7);
    if (rowMonth !== month || group.length >= rebuildRows || bytes >= rebuildBytesMax) await flush();
    month = rowMonth;
    group.push(row);
    bytes += row.raw.length;
  }
  await flush();
  await ledger.feed.resume();
  return copied;
}
