import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import {
  copyLedger,
  parseLedgerConnection,
  promoteLedger,
  readLedgerStats,
  unsealLedger,
  verifyLedger,
  type LedgerConnection,
  type LedgerState,
  type LedgerStats,
  type ProjectStats,
} from '@swarmledger/ledger';
import { PermanentError } from '@swarmledger/runtime';
import { findLedger } from '../hub/connect.ts';
import { styleOf, writeJson, writeLine, type Io } from '../output/io.ts';
import { ProgressLine } from '../output/progress.ts';
import { renderTable } from '../output/table.ts';
import { readOptions, wholeNumber, type GlobalOptions } from './shared.ts';

/** Problems that are printed; `--json` has up to a thousand. */
const problemsShown = 50;
const ledgerHelp = 'fdb, fdb:<cluster file>, a data folder, or a ledger file';

interface OneLedger extends GlobalOptions {
  readonly ledger?: string;
}

export function registerLedger(program: Command, io: Io): void {
  const group = program.command('ledger').description('the truth itself: copy it, verify it, count it');
  group
    .command('copy')
    .description('move a ledger to another place, a cluster or a file; the source is sealed, a cut-off copy is resumed')
    .requiredOption('--from <ledger>', ledgerHelp)
    .requiredOption('--to <ledger>', ledgerHelp)
    .action(async (_options: unknown, command: Command) => {
      await copy(readOptions<GlobalOptions & { readonly from: string; readonly to: string }>(command), io);
    });
  group
    .command('verify')
    .description('read everything: do all indexes agree with history, does all content have its hash? Fails when not')
    .option('--ledger <ledger>', `${ledgerHelp}; the hub's by default`)
    .action(async (_options: unknown, command: Command) => {
      await verify(readOptions<OneLedger>(command), io);
    });
  group
    .command('stats')
    .description('what there is, project by project')
    .option('--ledger <ledger>', `${ledgerHelp}; the hub's by default`)
    .option('--top <projects>', 'the projects with most events', wholeNumber(0), 20)
    .action(async (_options: unknown, command: Command) => {
      await stats(readOptions<OneLedger & { readonly top: number }>(command), io);
    });
  group
    .command('unseal')
    .description('write to a sealed ledger again, as a ledger of its own: do not use the copy of it any more')
    .option('--ledger <ledger>', `${ledgerHelp}; the hub's by default`)
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<OneLedger>(command);
      const identity = await unsealLedger({ connection: await chooseLedger(options, io) });
      if (options.json) writeJson(io, identity);
      else writeLine(io, `The ledger is open again, as ledger ${identity.id}.`);
    });
  group
    .command('promote')
    .description('after restoring a backup, once: go on with it under the next incarnation, as a ledger of its own')
    .requiredOption('--ledger <ledger>', ledgerHelp)
    .action(async (_options: unknown, command: Command) => {
      const { ledger, json } = readOptions<GlobalOptions & { readonly ledger: string }>(command);
      const identity = await promoteLedger({ connection: requireLedger(ledger, io) });
      if (json) writeJson(io, identity);
      else writeLine(io, `${ledger} goes on as ledger ${identity.id}, incarnation ${identity.incarnation}.`);
    });
}

async function copy(options: GlobalOptions & { readonly from: string; readonly to: string }, io: Io): Promise<void> {
  const from = requireLedger(options.from, io);
  const to = parseLedgerConnection(options.to, io.environment);
  if (to.kind === 'embedded') await mkdir(dirname(to.file), { recursive: true, mode: 0o700 });
  const progress = new ProgressLine(io);
  const report = await copyLedger(
    { connection: from },
    { connection: to },
    {
      signal: io.signal,
      onProgress: ({ keys, bytes }) => progress.show(`${keys} records, ${megabytes(bytes)} MB`),
    },
  ).finally(() => progress.clear());
  if (options.json) {
    writeJson(io, report);
    return;
  }
  const { keys, bytes, tenants, projects, resumed, identity } = report;
  writeLine(
    io,
    `${resumed ? 'Finished an earlier copy: ' : 'Copied '}${keys} records, ${megabytes(bytes)} MB, of ${tenants} tenants and ${projects} projects.`,
  );
  writeLine(
    io,
    `${options.to} is the ledger now (incarnation ${identity.incarnation}); ${options.from} is sealed and can only be read.`,
  );
  writeLine(io, `Check it with "swarmledger ledger verify --ledger ${options.to}".`);
}

async function verify(options: OneLedger, io: Io): Promise<void> {
  const connection = await chooseLedger(options, io);
  const progress = new ProgressLine(io);
  const report = await verifyLedger(
    { connection },
    {
      signal: io.signal,
      onProgress: ({ projects, events }) => progress.show(`${projects} projects, ${events} events`),
    },
  ).finally(() => progress.clear());
  const { counts, problems, described } = report;
  if (options.json) {
    writeJson(io, report);
  } else {
    for (const { where, what } of described.slice(0, problemsShown)) writeLine(io, `${where}: ${what}`);
    if (problems > problemsShown) writeLine(io, `... and ${problems - Math.min(problems, problemsShown)} more`);
    writeLine(
      io,
      `${counts.events} events of ${counts.projects} projects, ${counts.pathChanges} changes of paths, ${counts.contents} contents (${megabytes(counts.contentBytes)} MB): ${problems === 0 ? 'all of it agrees' : `${problems} problems`}`,
    );
  }
  if (problems > 0) throw new PermanentError('ledger_damaged', `the ledger has ${problems} problems`);
}

async function stats(options: OneLedger & { readonly top: number }, io: Io): Promise<void> {
  const connection = await chooseLedger(options, io);
  const projects: ProjectStats[] = [];
  const found = await readLedgerStats(
    { connection },
    {
      signal: io.signal,
      onProject: (project) => keepLargest(projects, project, options.top),
    },
  );
  if (options.json) {
    writeJson(io, { ...found, largest: projects });
    return;
  }
  printStats(found, io);
  if (projects.length === 0) return;
  const rows = projects.map(({ tenant, project, branches, events, bytes, lastCommitTimeMs }) => [
    tenant,
    project,
    branches,
    events,
    megabytes(bytes),
    lastCommitTimeMs === undefined ? '' : new Date(lastCommitTimeMs).toISOString(),
  ]);
  writeLine(io);
  writeLine(io, renderTable(['tenant', 'project', 'branches', 'events', 'MB', 'last commit'], rows, styleOf(io)));
}

function printStats({ identity, tenants, projects, branches, events, bytes, feed }: LedgerStats, io: Io): void {
  writeLine(io, `ledger ${identity.id}, incarnation ${identity.incarnation}, ${describeState(identity.state)}`);
  writeLine(
    io,
    `${tenants} tenants, ${projects} projects, ${branches} branches, ${events} events, about ${megabytes(bytes)} MB`,
  );
  writeLine(io, `${feed.pendingRows}${feed.more ? ' or more' : ''} events wait for ClickHouse`);
}

function describeState(state: LedgerState): string {
  switch (state.kind) {
    case 'open':
      return 'open';
    case 'sealed':
      return `sealed since ${new Date(state.sinceMs).toISOString()}: ${state.reason}`;
    case 'receiving':
      return `an unfinished copy, begun at ${new Date(state.sinceMs).toISOString()}: run "ledger copy" again`;
    default:
      return state satisfies never;
  }
}

/** Keeps `count` of them, most events first. */
function keepLargest(projects: ProjectStats[], project: ProjectStats, count: number): void {
  const at = projects.findIndex(({ events }) => events < project.events);
  projects.splice(at < 0 ? projects.length : at, 0, project);
  projects.length = Math.min(projects.length, count);
}

function chooseLedger(options: OneLedger, io: Io): Promise<LedgerConnection> {
  if (options.ledger === undefined) return findLedger(options.data, io.environment);
  return Promise.resolve(requireLedger(options.ledger, io));
}

/** Opening a file that does not exist would make an empty ledger. @throws PermanentError no_ledger */
function requireLedger(name: string, io: Io): LedgerConnection {
  const connection = parseLedgerConnection(name, io.environment);
  if (connection.kind === 'embedded' && !existsSync(connection.file))
    throw new PermanentError('no_ledger', `there is no ledger at ${connection.file}`);
  return connection;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
