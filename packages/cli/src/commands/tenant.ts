import { Option, type Command } from 'commander';
import { parseTenantId } from '@swarmledger/protocol';
import { plans, type Plan, type TenantRecord } from '@swarmledger/ledger';
import { withLedger } from '../hub/connect.ts';
import { writeJson, writeLine, type Io } from '../output/io.ts';
import { readOptions, type GlobalOptions } from './shared.ts';

export function registerTenant(program: Command, io: Io): void {
  const group = program.command('tenant').description('organisations whose swarms are recorded');
  group
    .command('create')
    .description('register one')
    .argument('<tenant>', 'a-z, 0-9, "-" and "_"')
    .option('--name <name>', 'for people')
    .addOption(new Option('--plan <plan>', 'decides its quota, on a hub with --auth').choices(plans).default('free'))
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = readOptions<GlobalOptions & { readonly name?: string; readonly plan: Plan }>(command);
      const profile = { plan: options.plan, ...(options.name === undefined ? {} : { displayName: options.name }) };
      const tenant = await withLedger(options.data, io.environment, (ledger) =>
        ledger.tenants.create(parseTenantId(id), profile),
      );
      print(tenant, [], options, io);
    });
  group
    .command('show')
    .description('one with its projects, or all')
    .argument('[tenant]')
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const options = readOptions<GlobalOptions>(command);
      await withLedger(options.data, io.environment, async (ledger) => {
        const tenants = id === undefined ? await ledger.tenants.list() : [await ledger.tenants.show(parseTenantId(id))];
        for (const tenant of tenants) print(tenant, await ledger.tenants.projects(tenant.id), options, io);
      });
    });
}

function print(tenant: TenantRecord, projects: readonly string[], options: GlobalOptions, io: Io): void {
  if (options.json) {
    writeJson(io, { ...tenant, projects });
    return;
  }
  const created = new Date(tenant.createdAtMs).toISOString();
  writeLine(io, `${tenant.id}  plan ${tenant.plan}, since ${created}, projects: ${projects.join(', ') || 'none yet'}`);
}
