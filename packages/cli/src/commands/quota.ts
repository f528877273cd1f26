import { InvalidArgumentError, type Command } from 'commander';
import { quotaOf, type Ledger, type Quota, type QuotaRule, type TenantRecord } from '@swarmledger/ledger';
import { parseTenantId } from '@swarmledger/protocol';
import { PermanentError, toDay } from '@swarmledger/runtime';
import { withLedger } from '../hub/connect.ts';
import { findHub, isHubRunning } from '../hub/hub-file.ts';
import { note, writeJson, writeLine, type Io } from '../output/io.ts';
import { readOptions, type GlobalOptions } from './shared.ts';

interface SetOptions extends GlobalOptions {
  readonly eventsPerDay?: number;
  readonly eventsPerSecond?: number;
  readonly burst?: number;
  readonly plan?: true;
}

export function registerQuota(program: Command, io: Io): void {
  const group = program
    .command('quota')
    .description('what a tenant may send: events a day, rate and burst of its projects');
  group
    .command('show')
    .description('the quota of a tenant, and what it has used of it today (UTC)')
    .argument('<tenant>')
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = readOptions<GlobalOptions>(command);
      await withLedger(options.data, io.environment, async (ledger) => {
        const record = await ledger.tenants.show(parseTenantId(id));
        await print(ledger, record, options, io);
      });
    });
  group
    .command('set')
    .description('give a tenant a quota of its own; what is not named stays as it is')
    .argument('<tenant>')
    .option('--events-per-day <count>', 'of the whole tenant; or "unlimited"', parseLimit)
    .option('--events-per-second <count>', 'of each project; or "unlimited"', parseLimit)
    .option('--burst <count>', 'of each project, at once after a rest; or "unlimited"', parseLimit)
    .option('--plan', "take everything back: the plan's quota holds, on a hub without --auth none")
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = readOptions<SetOptions>(command);
      const named = readNamed(options);
      if (options.plan !== true && Object.keys(named).length === 0)
        throw new PermanentError('no_choice', 'say what: --events-per-day, --events-per-second, --burst or --plan');
      await withLedger(options.data, io.environment, async (ledger) => {
        const tenant = parseTenantId(id);
        const { quota } = await ledger.tenants.show(tenant);
        const record = await ledger.tenants.change(tenant, {
          quota: options.plan === true ? named : { ...quota, ...named },
        });
        await print(ledger, record, options, io);
      });
    });
}

function parseLimit(text: string): number {
  if (text === 'unlimited') return Infinity;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('Not a whole number from 1 on, and not "unlimited".');
  return number;
}

function readNamed({ eventsPerDay, eventsPerSecond, burst }: SetOptions): Partial<Quota> {
  return {
    ...(eventsPerDay === undefined ? {} : { eventsPerDay }),
    ...(eventsPerSecond === undefined ? {} : { eventsPerSecond }),
    ...(burst === undefined ? {} : { burstEvents: burst }),
  };
}

async function print(ledger: Ledger, record: TenantRecord, options: GlobalOptions, io: Io): Promise<void> {
  const day = toDay(Date.now());
  const events = await ledger.tenants.usage(record.id, day);
  const rule = await readRule(options.data);
  const { eventsPerDay, eventsPerSecond, burstEvents } = quotaOf(record, rule ?? 'plans');
  if (rule === undefined) note(io, 'no hub runs: on one without --auth no plan holds, only what "quota set" gives');
  if (options.json) {
    writeJson(io, {
      tenant: record.id,
      plan: record.plan,
      in_force: rule ?? 'unknown',
      day,
      events,
      events_per_day: describe(eventsPerDay),
      events_per_second: describe(eventsPerSecond),
      burst_events: describe(burstEvents),
      own: Object.keys(record.quota ?? {}),
    });
    return;
  }
  writeLine(
    io,
    `${record.id}  ${rule === 'own' ? 'no plan holds on this hub' : `plan ${record.plan}`}: ${events} of ${describe(eventsPerDay)} events on ${day} (UTC); ` +
      `each project ${describe(eventsPerSecond)} a second, ${describe(burstEvents)} at once`,
  );
}

/** Undefined where no hub runs: how the next one is started decides it. */
async function readRule(dataDir: string): Promise<QuotaRule | undefined> {
  const hub = await findHub(dataDir);
  if (hub === undefined || !isHubRunning(hub)) return undefined;
  return hub.auth === undefined ? 'own' : 'plans';
}

function describe(limit: number): number | 'unlimited' {
  return Number.isFinite(limit) ? limit : 'unlimited';
}
