import type { Command } from 'commander';
import type { Outbox, ParkedFilter } from '@swarmledger/outbox';
import { decodeStoredEvent, eventToJson, ProtocolError } from '@swarmledger/protocol';
import { PermanentError, withScope } from '@swarmledger/runtime';
import { readOptions, wholeNumber } from '../commands/shared.ts';
import { styleOf, writeJson, writeLine, type Io } from '../output/io.ts';
import { renderTable } from '../output/table.ts';
import { openOutboxFile, type SyncOptions } from './open.ts';

interface ParkedOptions extends SyncOptions {
  readonly tenant?: string;
  readonly project?: string;
  readonly reason?: string;
  readonly limit: number;
  readonly all?: true;
}

/** `sync parked ls|show|retry|drop`: what the hub refused, and a person decides about. */
export function registerParked(sync: Command, io: Io, withOutbox: (command: Command) => Command): void {
  const group = sync.command('parked').description('entries that the hub refused: look, send again, remove');
  const withFilter = (command: Command): Command =>
    withOutbox(command)
      .option('-t, --tenant <tenant>', 'of this tenant')
      .option('-p, --project <project>', 'of this project')
      .option('--reason <reason>', 'with this reason');

  withFilter(group.command('ls', { isDefault: true }))
    .description('list them')
    .option('-n, --limit <count>', 'at most', wholeNumber(1), 100)
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<ParkedOptions>(command);
      const parked = await withOutboxFile(options, (outbox) => outbox.parked(readFilter(options), options.limit));
      if (options.json) {
        for (const entry of parked) writeJson(io, entry);
        return;
      }
      const rows = parked.map((entry) => [
        entry.entry,
        new Date(entry.parkedMs).toISOString(),
        `${entry.tenant}/${entry.project}`,
        entry.agentId,
        entry.eventIds.length,
        entry.code,
        entry.message,
      ]);
      const columns = ['entry', 'parked', 'project', 'agent', 'events', 'reason', 'why'];
      writeLine(io, parked.length === 0 ? 'Nothing is parked.' : renderTable(columns, rows, styleOf(io)));
    });

  withOutbox(group.command('show'))
    .description('one, with its events')
    .argument('<entry>', 'as "ls" shows it', wholeNumber(1))
    .action(async (entry: number, _options: unknown, command: Command) => {
      const options = readOptions<ParkedOptions>(command);
      await withOutboxFile(options, async (outbox) => {
        const [parked] = await outbox.parked({ entry });
        const events = await outbox.parkedEvents(entry);
        if (parked === undefined || events === undefined) {
          throw new PermanentError('unknown_entry', `there is no parked entry ${entry}`);
        }
        const described = { ...parked, events: events.map(toJson) };
        if (options.json) writeJson(io, described);
        else writeLine(io, JSON.stringify(described, null, 2));
      });
    });

  for (const action of ['retry', 'drop'] as const) {
    withFilter(group.command(action))
      .description(action === 'retry' ? 'put them back in their old place' : 'remove them for good')
      .argument('[entry]', 'one entry; otherwise all that the options choose', wholeNumber(1))
      .option('--all', 'every one')
      .action(async (entry: number | undefined, _options: unknown, command: Command) => {
        const options = readOptions<ParkedOptions>(command);
        const filter = entry === undefined ? readFilter(options) : { entry };
        if (Object.keys(filter).length === 0 && options.all !== true) {
          throw new PermanentError('no_choice', 'say which: an entry, --tenant, --project, --reason or --all');
        }
        const count = await withOutboxFile(options, (outbox) =>
          action === 'retry' ? outbox.retryParked(filter) : outbox.dropParked(filter),
        );
        if (options.json) writeJson(io, { [action === 'retry' ? 'retried' : 'dropped']: count });
        else
          writeLine(
            io,
            `${count} ${count === 1 ? 'entry' : 'entries'} ${action === 'retry' ? 'put back' : 'removed'}.`,
          );
      });
  }
}

async function withOutboxFile<T>(options: SyncOptions, body: (outbox: Outbox) => Promise<T>): Promise<T> {
  return withScope(async (scope) => body(scope.own('outbox', await openOutboxFile(options, 'existing'))));
}

function readFilter({ tenant, project, reason }: ParkedOptions): ParkedFilter {
  return {
    ...(tenant === undefined ? {} : { tenant }),
    ...(project === undefined ? {} : { project }),
    ...(reason === undefined ? {} : { code: reason }),
  };
}

/** What is parked may be what cannot be read. */
function toJson(raw: Uint8Array): unknown {
  try {
    return eventToJson(decodeStoredEvent(raw));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { unreadable: error.code, bytes: raw.length };
  }
}
