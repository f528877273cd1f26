import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { mainBranch, parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { PermanentError, sleep, TransientError } from '@swarmledger/runtime';
import type { PipelineCounts } from '@swarmledger/sdk';
import { createReport, type Report } from '../demo/report.ts';
import { runLiveAgent } from '../demo/live-agent.ts';
import { questions } from '../demo/questions.ts';
import { checkRestore, type RestoreCheck } from '../demo/restore-check.ts';
import { withAnalytics, withBus, withHistory } from '../hub/connect.ts';
import type { Hub } from '../hub/start-hub.ts';
import { describeGitHistory, readGitHistory, readTrajectory, type EventGroup } from '../import/index.ts';
import { publishGroups } from '../import/publish.ts';
import { note, styleOf, writeJson, type Io } from '../output/io.ts';
import { renderTable } from '../output/table.ts';
import { describeCounts } from './import.ts';
import { readOptions, type GlobalOptions } from './shared.ts';
import { hubDefaults, openHub } from './up.ts';

interface DemoOptions extends GlobalOptions {
  readonly trajectories?: string;
  readonly repository?: string;
  readonly keep?: true;
  readonly ledger?: string;
}

interface DemoSummary {
  readonly published: number;
  readonly committed: number;
  readonly duplicates: number;
  readonly dead_lettered: number;
  readonly analytics_rows: number;
  readonly restored_files: number;
  readonly restore_matches: boolean;
  readonly seconds: number;
}

const tenant = parseTenantId('demo');
const projects = {
  git: parseProjectId('swarmledger'),
  trajectories: parseProjectId('trajectories'),
  live: parseProjectId('rounding'),
};
/** How long ClickHouse may take to have what is committed. */
const analyticsMs = 60_000;
const checkout = fileURLToPath(new URL('../../../..', import.meta.url));

export function registerDemo(program: Command, io: Io): void {
  program
    .command('demo')
    .description('up + real input + questions + restore, then a summary')
    .option('--repository <folder>', 'Git repository to import', checkout)
    .option('--trajectories <folder>', 'SWE-agent .traj files to import too')
    .option('--ledger <kind>', 'embedded, or fdb for the cluster that FDB_CLUSTER_FILE names')
    .option('--keep', 'leave the hub running until Ctrl-C')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<DemoOptions>(command);
      const isOwnFolder =
        command.getOptionValueSource('data') !== 'cli' && command.parent?.getOptionValueSource('data') !== 'cli';
      // Each demo starts from nothing, unless it was told where.
      const data =
        isOwnFolder && options.keep !== true ? await mkdtemp(join(tmpdir(), 'swarmledger-demo-')) : options.data;
      const isTemporary = data !== options.data;
      try {
        await runDemo({ ...options, data }, io);
      } catch (error) {
        // Its logs are what the error speaks of: they stay.
        if (isTemporary && io.signal.aborted) await rm(data, { recursive: true, force: true });
        throw error;
      }
      if (isTemporary) await rm(data, { recursive: true, force: true });
    });
}

async function runDemo(options: DemoOptions, io: Io): Promise<void> {
  const startedMs = performance.now();
  const report = createReport(io, options.json ? 'json' : 'text');
  report.heading('1. The hub: nats-server, ingestor, ledger, analytics engine');
  const hub = await openHub({ ...hubDefaults, ...options }, io);
  try {
    report.line(`up after ${seconds(startedMs)} s, everything on this machine's loopback`);
    const repository = resolve(options.repository ?? checkout);
    const counts = await bringEventsIn(hub, { ...options, repository }, io, report);
    const analyticsRows = await waitForAnalytics(hub, counts.committed, report);
    await askQuestions(hub, io, report);
    const checks = await restoreCommits(options.data, repository, io, report);
    const summary: DemoSummary = {
      published: counts.published,
      committed: counts.committed,
      duplicates: counts.duplicates,
      dead_lettered: await withBus(hub.file, (bus) => bus.deadLetters.count()),
      analytics_rows: analyticsRows,
      restored_files: checks.reduce((sum, { files }) => sum + files, 0),
      restore_matches: checks.length > 0 && checks.every(({ matches }) => matches),
      seconds: seconds(startedMs),
    };
    finish(summary, options, io, report);
    if (options.keep === true && !io.signal.aborted) {
      report.line('The hub stays up, its data in the folder ' + options.data + '. Ctrl-C stops it.');
      await once(io.signal, 'abort');
    }
  } finally {
    report.done();
    await hub.close();
  }
}

async function bringEventsIn(
  hub: Hub,
  options: DemoOptions & { readonly repository: string },
  io: Io,
  report: Report,
): Promise<Pick<PipelineCounts, 'published' | 'committed' | 'duplicates'>> {
  report.heading('2. Real events: agents -> NATS JetStream -> ledger -> ClickHouse');
  const all: PipelineCounts[] = [];
  const bring = async (
    what: string,
    project: typeof projects.git,
    groups: AsyncIterable<EventGroup>,
  ): Promise<void> => {
    const counts = await publishGroups({ hub: hub.file, tenant, project }, groups, {
      signal: io.signal,
      onProgress: (now) =>
        report.progress(`${what}: ${now.committed + now.duplicates} of ${now.offered} events committed`),
    });
    all.push(counts);
    report.line(`${what}: ${describeCounts(counts)}`);
  };
  const { repository } = options;
  const { head, commits, warnings } = await describeGitHistory({ repository });
  for (const warning of warnings) note(io, `warning: ${warning}`);
  const branch = { tenant, branch: mainBranch };
  await bring(
    `Git history (${commits} commit${commits === 1 ? '' : 's'})`,
    projects.git,
    readGitHistory({ repository, revision: head, ...branch, project: projects.git, signal: io.signal }),
  );
  if (options.trajectories !== undefined) {
    const files = await findTrajectories(options.trajectories);
    await bring(`${files.length} agent trajectories`, projects.trajectories, readAll(files));
  }
  const live = await runLiveAgent(hub.file, { tenant, project: projects.live });
  all.push(live);
  report.line(`A live agent, through the SDK: ${describeCounts(live)}`);
  const sum = (pick: (counts: PipelineCounts) => number): number =>
    all.reduce((total, counts) => total + pick(counts), 0);
  return {
    published: sum((counts) => counts.published),
    committed: sum((counts) => counts.committed),
    duplicates: sum((counts) => counts.duplicates),
  };
}

async function* readAll(files: readonly string[]): AsyncGenerator<EventGroup> {
  for (const file of files) yield* readTrajectory({ file, tenant, project: projects.trajectories, branch: mainBranch });
}

async function findTrajectories(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new PermanentError('no_trajectories', `cannot read the folder ${folder}`, { cause });
  });
  const files = names.filter((name) => name.endsWith('.traj')).sort();
  if (files.length === 0) throw new PermanentError('no_trajectories', `there is no .traj file in ${folder}`);
  return files.map((name) => join(folder, name));
}

async function waitForAnalytics(hub: Hub, committed: number, report: Report): Promise<number> {
  return withAnalytics(hub.file, 'hub', async (analytics) => {
    const deadlineMs = performance.now() + analyticsMs;
    for (;;) {
      const counts = await analytics.countByProject();
      const rows = counts.reduce((sum, count) => sum + count.rows, 0);
      report.progress(`${rows} of ${committed} rows in ClickHouse`);
      if (rows >= committed) {
        report.line(`ClickHouse has all of them: ${rows} rows`);
        return rows;
      }
      if (performance.now() > deadlineMs) {
        throw new TransientError(
          'analytics_behind',
          `ClickHouse has ${rows} of ${committed} rows after ${analyticsMs / 1_000} s: see logs/ingestor.log in the data folder`,
        );
      }
      await sleep(100);
    }
  });
}

async function askQuestions(hub: Hub, io: Io, report: Report): Promise<void> {
  report.heading('3. Questions, in SQL');
  await withAnalytics(hub.file, 'analyst', async (analytics) => {
    for (const { title, sql } of questions) {
      const { columns, rows } = await analytics.query(sql);
      report.line(title);
      report.line(
        renderTable(
          columns.map(({ name }) => name),
          rows,
          styleOf(io),
        ),
      );
      report.line('');
    }
  });
}

/** The last commit, and one from the middle of the history. */
async function restoreCommits(
  dataDir: string,
  repository: string,
  io: Io,
  report: Report,
): Promise<readonly RestoreCheck[]> {
  report.heading('4. Time travel: the project as it was, byte for byte');
  const commits = listCommits(repository);
  const chosen = [...new Set([commits.at(0), commits.at(Math.floor(commits.length / 2))])].filter(
    (commit) => commit !== undefined,
  );
  const folder = await mkdtemp(join(tmpdir(), 'swarmledger-restore-'));
  try {
    return await withHistory({ dataDir, tenant, project: projects.git }, io.environment, async (history) => {
      const checks: RestoreCheck[] = [];
      for (const commit of chosen) {
        const check = await checkRestore(history, { repository, commit }, folder);
        const verdict = check.matches ? 'same as git ls-tree, every path, mode and blob id' : 'NOT the same as Git';
        report.line(`restored git:${commit.slice(0, 12)}: ${check.files} files, ${verdict}`);
        for (const difference of check.differences.slice(0, 5))
          report.line(`  ${difference.kind} ${JSON.stringify(difference.path)}`);
        checks.push(check);
      }
      return checks;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** First-parent commits, newest first. */
function listCommits(repository: string): readonly string[] {
  const result = spawnSync('git', ['-C', repository, 'rev-list', '--first-parent', 'HEAD'], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (result.status !== 0) throw new PermanentError('git_failed', `cannot list the commits of ${repository}`);
  return result.stdout.trim().split('\n');
}

function finish(summary: DemoSummary, options: DemoOptions, io: Io, report: Report): void {
  report.heading('Summary');
  for (const [name, value] of Object.entries(summary)) report.line(`${name.padEnd(16)} ${String(value)}`);
  if (options.json) writeJson(io, summary);
  const agree = summary.committed === summary.published && summary.committed === summary.analytics_rows;
  if (!agree || !summary.restore_matches) {
    throw new PermanentError(
      'demo_failed',
      'the demo did not end as it should: the summary above says where the numbers differ',
    );
  }
}

function seconds(sinceMs: number): number {
  return Math.round((performance.now() - sinceMs) / 100) / 10;
}
