import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { findNatsServer } from '@swarmledger/bus';
import { errorMessage, PermanentError } from '@swarmledger/runtime';
import { withAnalytics, withBus, withLedger } from '../hub/connect.ts';
import { findHub, isHubRunning } from '../hub/hub-file.ts';
import { writeJson, writeLine, type Io } from '../output/io.ts';
import { readOptions, type GlobalOptions } from './shared.ts';

interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'info' | 'problem';
  readonly detail: string;
}

export function registerDoctor(program: Command, io: Io): void {
  program
    .command('doctor')
    .description('look at everything that SwarmLedger needs here, and say what is wrong')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<GlobalOptions>(command);
      const findings = [...(await examineMachine(io)), ...(await examineHub(options.data, io))];
      if (options.json) for (const finding of findings) writeJson(io, finding);
      else
        for (const { check, status, detail } of findings)
          writeLine(io, `${status.padEnd(8)} ${check.padEnd(16)} ${detail}`);
      const problems = findings.filter(({ status }) => status === 'problem').length;
      if (problems > 0)
        throw new PermanentError('problems_found', `${problems} problem${problems === 1 ? '' : 's'} found`);
    });
}

async function examineMachine(io: Io): Promise<readonly Finding[]> {
  const git = spawnSync('git', ['--version'], { encoding: 'utf8' });
  const server = await findNatsServer(io.environment);
  return [
    { check: 'node', status: 'ok', detail: process.version },
    git.status === 0
      ? { check: 'git', status: 'ok', detail: git.stdout.trim() }
      : { check: 'git', status: 'problem', detail: 'not found; "import git" and the demo need it' },
    server === undefined
      ? { check: 'nats-server', status: 'problem', detail: 'not found; "npm run setup" fetches one' }
      : { check: 'nats-server', status: 'ok', detail: server },
  ];
}

async function examineHub(dataDir: string, io: Io): Promise<readonly Finding[]> {
  const hub = await findHub(dataDir);
  if (hub === undefined || !isHubRunning(hub)) {
    return [{ check: 'hub', status: 'info', detail: `none is running with its data in ${dataDir}` }];
  }
  const probe = async (check: string, body: () => Promise<string>): Promise<Finding> => {
    try {
      return { check, status: 'ok', detail: await body() };
    } catch (error) {
      return { check, status: 'problem', detail: errorMessage(error) };
    }
  };
  return [
    { check: 'hub', status: 'ok', detail: `process ${hub.pid}` },
    await probe('events', () =>
      withBus(hub, async (bus) => {
        let waiting = 0;
        for (let partition = 0; partition < hub.partitions; partition++) waiting += (await bus.lag(partition)).pending;
        return `${hub.nats.url}, ${waiting} messages wait, ${await bus.deadLetters.count()} dead letters`;
      }),
    ),
    await probe('ingestor', async () => {
      const response = await fetch(`${hub.ingestor.healthUrl}/readyz`, { signal: AbortSignal.timeout(5_000) });
      const text = (await response.text()).trim();
      if (!response.ok) throw new PermanentError('not_ready', text);
      return text;
    }),
    await probe('analytics', () =>
      withAnalytics(hub, 'analyst', async (analytics) => {
        const { rows } = await analytics.query(`SELECT count() FROM ${hub.analytics.database}.swarm_events`);
        return `${hub.analytics.url}, ${String(rows[0]?.[0])} rows`;
      }),
    ),
    await probe('ledger', () =>
      withLedger(dataDir, io.environment, async (ledger) => {
        const { pendingRows } = await ledger.feed.progress();
        return `${hub.ledger.kind}, ${(await ledger.tenants.list()).length} tenants, ${pendingRows} events on their way to analytics`;
      }),
    ),
  ];
}
