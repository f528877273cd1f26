import type { Command } from 'commander';
import { createLogger, type Environment } from '@swarmledger/runtime';
import { once } from 'node:events';
import { startHub, type Hub } from '../hub/start-hub.ts';
import { writeJson, writeLine, type Io } from '../output/io.ts';
import { wholeNumber, type GlobalOptions, readOptions } from './shared.ts';

interface UpOptions extends GlobalOptions {
  readonly natsPort: number;
  readonly httpPort: number;
  readonly partitions: number;
  readonly ledger?: string;
  readonly auth?: true;
  readonly authPort?: number;
}

const partitionsDefault = 8;

export function registerUp(program: Command, io: Io): void {
  program
    .command('up')
    .description('run the whole hub here: nats-server, ingestor, analytics endpoint; Ctrl-C stops it cleanly')
    .option('--nats-port <port>', "nats-server's port (0: a free one)", wholeNumber(0), 0)
    .option('--http-port <port>', "port of ClickHouse's HTTP interface (0: a free one)", wholeNumber(0), 0)
    .option('--partitions <count>', 'streams; keep it once chosen', wholeNumber(1), partitionsDefault)
    .option('--auth', 'tenants register and sign in: the auth service, and NATS users of their own')
    .option(
      '--auth-port <port>',
      "the auth service's port (0: a free one); part of its tokens' issuer",
      wholeNumber(0),
      0,
    )
    .option('--ledger <kind>', 'embedded, or fdb for the cluster that FDB_CLUSTER_FILE names')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<UpOptions>(command);
      const hub = await openHub(options, io);
      try {
        if (options.json) writeJson(io, describeAddresses(hub));
        else describeForPeople(hub, io);
        if (!io.signal.aborted) await once(io.signal, 'abort');
      } finally {
        await hub.close();
      }
      if (!options.json) writeLine(io, 'Stopped.');
    });
}

export async function openHub(options: UpOptions, io: Io): Promise<Hub> {
  return startHub({
    dataDir: options.data,
    environment: chooseLedger(io.environment, options.ledger),
    natsPort: options.natsPort,
    httpPort: options.httpPort,
    partitions: options.partitions,
    ...(options.auth === undefined ? {} : { auth: { port: options.authPort ?? 0 } }),
    log: createLogger({ level: 'warn', service: 'hub', write: (line) => void io.stderr.write(line) }),
  });
}

export const hubDefaults = { natsPort: 0, httpPort: 0, partitions: partitionsDefault } as const;

/** `--ledger` wins over SWARMLEDGER_LEDGER. */
export function chooseLedger(environment: Environment, ledger: string | undefined): Environment {
  return ledger === undefined ? environment : { ...environment, SWARMLEDGER_LEDGER: ledger };
}

/** Addresses without passwords: those are in hub.json, for its owner. */
function describeAddresses(hub: Hub): Readonly<Record<string, unknown>> {
  const { nats, analytics, ledger, ingestor, auth, pid } = hub.file;
  return {
    pid,
    nats_url: nats.url,
    nats_monitoring_url: nats.monitoringUrl,
    analytics_url: analytics.url,
    ingestor_health_url: ingestor.healthUrl,
    ...(auth === undefined ? {} : { auth_url: auth.url }),
    ledger: ledger.kind === 'embedded' ? ledger.file : ledger.clusterFile,
  };
}

function describeForPeople(hub: Hub, io: Io): void {
  const { nats, analytics, ledger, ingestor, auth } = hub.file;
  writeLine(io, 'SwarmLedger is up.');
  writeLine(io, `  events     ${nats.url}`);
  writeLine(io, `  SQL        ${analytics.url}   (ClickHouse HTTP; try: npx swarmledger sql "SELECT 1")`);
  if (auth !== undefined) writeLine(io, `  tenants    ${auth.url}   (its document: /openapi.json)`);
  writeLine(io, `  health     ${ingestor.healthUrl}/readyz`);
  writeLine(io, `  ledger     ${ledger.kind === 'embedded' ? ledger.file : ledger.clusterFile}`);
  writeLine(io, 'Users and passwords are in hub.json of the data folder. Ctrl-C stops everything.');
}
