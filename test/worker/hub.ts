import { spawn } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createJob, parseTenantId, type Job, type JobReport, type TenantId } from '@swarmledger/protocol';
import { stopChild } from '@swarmledger/runtime';
import { eventually, isReady, startIngestor, type Hub } from '../ingest/hub.ts';

const workerMain = fileURLToPath(new URL('../../../services/worker/dist/main.js', import.meta.url));

export interface WorkerProcess {
  readonly pid: number;
  readonly logLines: readonly string[];
  /** Exit code, or the signal that ended it. */
  readonly exited: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
}

/** A hub that commits, with short waits for jobs that come back. */
export async function startHubForJobs(hub: Hub, ackWaitMs = 1_500): Promise<void> {
  const ingestor = await startIngestor(hub);
  await eventually(() => isReady(`http://127.0.0.1:${ingestor.healthPort}`));
  await hub.bus.jobs.ensure({ ackWaitMs });
}

/** A worker as in production, whose agent is a program of the test. */
export async function spawnWorker(
  hub: Hub,
  agent: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<WorkerProcess> {
  const file = join(hub.dataDir, `agent-${Math.random().toString(36).slice(2)}.mjs`);
  await writeFile(file, agent);
  await chmod(file, 0o755);
  const child = spawn(process.execPath, [workerMain], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      SWARMLEDGER_NATS_URL: hub.address.servers,
      SWARMLEDGER_NATS_USER: hub.address.credentials.user,
      SWARMLEDGER_NATS_PASSWORD: hub.password.reveal(),
      SWARMLEDGER_DATA: hub.dataDir,
      SWARMLEDGER_LEDGER: 'embedded',
      SWARMLEDGER_HEALTH_PORT: '0',
      SWARMLEDGER_WORKER_COMMAND: JSON.stringify([process.execPath, file]),
      SWARMLEDGER_WORKER_SANDBOX: 'none',
      SWARMLEDGER_WORKER_RESTORE: 'true',
      SWARMLEDGER_WORKER_RETRY_MS: '50',
      SWARMLEDGER_WORKER_FOLDER: hub.dataDir,
      ...environment,
    },
  });
  hub.scope.defer('worker', () => stopChild(child, 5_000));
  const logLines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => logLines.push(line));
  const exited = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'gone'));
  });
  return { pid: child.pid ?? 0, logLines, exited, kill: (signal) => void child.kill(signal) };
}

export async function submit(
  hub: Hub,
  names: { readonly tenant: string; readonly project: string },
  task: string,
  deadlineMs?: number,
): Promise<{ readonly tenant: TenantId; readonly job: Job }> {
  const tenant = parseTenantId(names.tenant);
  const job = createJob({ project: names.project, task, ...(deadlineMs === undefined ? {} : { deadlineMs }) });
  await hub.bus.jobs.submit(tenant, job);
  return { tenant, job };
}

export async function readReport(hub: Hub, tenant: TenantId, job: Job): Promise<JobReport | undefined> {
  for await (const report of hub.bus.jobs.list(tenant)) if (report.id === job.id) return report;
  return undefined;
}

export async function readJobLog(hub: Hub, tenant: TenantId, job: Job): Promise<string> {
  let log = '';
  for await (const piece of hub.bus.jobs.readLog(tenant, job.id)) log += piece;
  return log;
}

/** Lines that the agents of a test wrote to a file that they share. */
export async function readLines(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}
