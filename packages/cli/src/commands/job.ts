import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, type Command } from 'commander';
import { createJob, parseEventId, parseTenantId, type JobReport } from '@swarmledger/protocol';
import { safeText } from '@swarmledger/replayer';
import { PermanentError } from '@swarmledger/runtime';
import { withBus } from '../hub/connect.ts';
import { requireHub } from '../hub/hub-file.ts';
import { styleOf, writeJson, writeLine, type Io } from '../output/io.ts';
import { renderTable } from '../output/table.ts';
import { addProject, readOptions, type GlobalOptions, type ProjectOptions } from './shared.ts';

interface SubmitOptions extends ProjectOptions {
  readonly task?: string;
  readonly branch?: string;
  readonly deadline?: number;
}

interface TenantOptions extends GlobalOptions {
  readonly tenant: string;
}

interface WorkOptions extends GlobalOptions {
  readonly sandbox: string;
  readonly passEnv?: string;
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

export function registerJob(program: Command, io: Io): void {
  const group = program.command('job').description('work for agents: swarm.{tenant}.jobs, one worker per job');
  registerSubmit(group, io);
  const ofTenant = (command: Command): Command =>
    command.requiredOption('-t, --tenant <tenant>', 'tenant that the jobs belong to');
  ofTenant(group.command('ls'))
    .description("the tenant's jobs of the last week and how they are doing")
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<TenantOptions>(command);
      const reports: JobReport[] = [];
      await withBus(await requireHub(options.data), async (bus) => {
        for await (const report of bus.jobs.list(parseTenantId(options.tenant))) reports.push(report);
      });
      if (options.json) for (const report of reports) writeJson(io, toJson(report));
      else writeLine(io, reports.length === 0 ? 'No jobs.' : renderReports(reports, io));
    });
  ofTenant(group.command('logs'))
    .description('what the agent of a job printed')
    .argument('<job>', 'as "ls" shows it')
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = readOptions<TenantOptions>(command);
      await withBus(await requireHub(options.data), async (bus) => {
        for await (const piece of bus.jobs.readLog(parseTenantId(options.tenant), parseEventId(id))) {
          // An agent's output must not talk to the terminal.
          for (const line of piece.replace(/\n$/, '').split('\n')) writeLine(io, safeText(line, styleOf(io)));
        }
      });
    });
  ofTenant(group.command('cancel'))
    .description('stop a job, whether it runs or waits')
    .argument('<job>', 'as "ls" shows it')
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = readOptions<TenantOptions>(command);
      const tenant = parseTenantId(options.tenant);
      await withBus(await requireHub(options.data), async (bus) => {
        for await (const report of bus.jobs.list(tenant)) {
          if (report.id !== id) continue;
          if (['done', 'failed', 'cancelled'].includes(report.state)) {
            throw new PermanentError('job_over', `job ${id} is ${report.state} already`);
          }
          await bus.jobs.cancel(tenant, report.id);
          if (options.json) writeJson(io, { cancelled: id });
          else writeLine(io, `Job ${id} will be stopped.`);
          return;
        }
        throw new PermanentError('unknown_job', `there is no job ${id} of tenant ${tenant}`);
      });
    });
  registerWork(group, io);
}

function registerSubmit(group: Command, io: Io): void {
  addProject(group.command('submit'))
    .description('give an agent something to do; the task is --task, or standard input')
    .option('--task <text>', 'what the agent is asked to do')
    .option('--branch <branch>', 'branch that it works on (main by default)')
    .option('--deadline <time>', 'such as 90s, 10m or 1h: how long one attempt may take', parseDuration)
    .action(async (_options: unknown, command: Command) => {
      const { tenant, project, task, branch, deadline, data, json } = readOptions<SubmitOptions>(command);
      const job = createJob({
        project,
        task: task ?? (await readText(io.stdin)),
        ...(branch === undefined ? {} : { branch }),
        ...(deadline === undefined ? {} : { deadlineMs: deadline }),
      });
      await withBus(await requireHub(data), (bus) => bus.jobs.submit(parseTenantId(tenant), job));
      if (json) writeJson(io, { id: job.id });
      else writeLine(io, job.id);
    });
}

function registerWork(group: Command, io: Io): void {
  group
    .command('work')
    .description('take one job of this hub and have it done here by a program: job work -- node agent.mjs')
    .argument('<command...>', 'the agent: its task comes on standard input, its folder is the project')
    .option('--sandbox <kind>', 'auto, bubblewrap or none', 'auto')
    .option('--pass-env <names>', 'variables that the agent gets, separated by commas')
    .action(async (words: readonly string[], _options: unknown, command: Command) => {
      const { data, sandbox, passEnv } = readOptions<WorkOptions>(command);
      const hub = await requireHub(data);
      const worker = join(dirname(fileURLToPath(import.meta.resolve('@swarmledger/worker'))), 'main.js');
      const child = spawn(process.execPath, [worker], {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: {
          ...io.environment,
          SWARMLEDGER_NATS_URL: hub.nats.url,
          ...(hub.nats.credentialsFile === undefined
            ? { SWARMLEDGER_NATS_USER: hub.nats.user, SWARMLEDGER_NATS_PASSWORD: hub.nats.password }
            : { SWARMLEDGER_NATS_CREDENTIALS: hub.nats.credentialsFile }),
          SWARMLEDGER_DATA: data,
          ...(hub.ledger.kind === 'cluster'
            ? { SWARMLEDGER_LEDGER: 'fdb', FDB_CLUSTER_FILE: hub.ledger.clusterFile }
            : { SWARMLEDGER_LEDGER: 'embedded' }),
          SWARMLEDGER_WORKER_RESTORE: 'true',
          SWARMLEDGER_WORKER_COMMAND: JSON.stringify(words),
          SWARMLEDGER_WORKER_SANDBOX: sandbox,
          SWARMLEDGER_WORKER_PASS_ENV: passEnv ?? '',
          SWARMLEDGER_HEALTH_PORT: '0',
        },
      });
      const onStop = (): void => void child.kill('SIGTERM');
      io.signal.addEventListener('abort', onStop, { once: true });
      const [code] = (await once(child, 'exit')) as [number | null];
      io.signal.removeEventListener('abort', onStop);
      if (code !== 0) throw new PermanentError('worker_failed', `the worker ended with exit code ${code ?? 'none'}`);
    });
}

/** For commander: milliseconds. */
function parseDuration(text: string): number {
  const [, number, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  if (number === undefined || unit === undefined) throw new InvalidArgumentError('Give a time such as 90s, 10m or 1h.');
  return Number(number) * unitMs[unit as keyof typeof unitMs];
}

function renderReports(reports: readonly JobReport[], io: Io): string {
  const rows = reports.map(({ id, project, state, attempt, atMs, reason }) => [
    id,
    project,
    state,
    attempt,
    new Date(atMs).toISOString(),
    reason,
  ]);
  return renderTable(['job', 'project', 'state', 'attempt', 'since', 'why'], rows, styleOf(io));
}

function toJson({ id, project, state, attempt, reason, atMs }: JobReport): Readonly<Record<string, unknown>> {
  return { id, project, state, attempt, reason, at: new Date(atMs).toISOString() };
}
