import type { Command } from 'commander';
import type { DeadLetter, DeadLetterFilter } from '@swarmledger/bus';
import { PermanentError } from '@swarmledger/runtime';
import { withBus } from '../hub/connect.ts';
import { requireHub } from '../hub/hub-file.ts';
import { styleOf, writeJson, writeLine, type Io } from '../output/io.ts';
import { renderTable } from '../output/table.ts';
import { wholeNumber, type GlobalOptions, readOptions } from './shared.ts';

interface FilterOptions extends GlobalOptions {
  readonly tenant?: string;
  readonly reason?: string;
  readonly limit: number;
  readonly all?: true;
}

/** Of a letter's bytes, in `show`. */
const previewBytes = 512;

export function registerDlq(program: Command, io: Io): void {
  const group = program
    .command('dlq')
    .description('dead letters: what could not be committed, with its bytes and the reason');
  const withFilter = (command: Command): Command =>
    command.option('-t, --tenant <tenant>', 'of this tenant').option('--reason <reason>', 'with this reason');
  withFilter(group.command('ls'))
    .description('list them')
    .option('-n, --limit <count>', 'at most', wholeNumber(1), 100)
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<FilterOptions>(command);
      const letters: DeadLetter[] = [];
      await withBus(await requireHub(options.data), async (bus) => {
        for await (const letter of bus.deadLetters.list(readFilter(options))) {
          if (letters.push(letter) >= options.limit) break;
        }
      });
      if (options.json) {
        for (const letter of letters) writeJson(io, toJson(letter));
        return;
      }
      const rows = letters.map((letter) => [
        letter.sequence,
        letter.time.toISOString(),
        letter.reason,
        letter.subject,
        letter.message,
      ]);
      writeLine(
        io,
        letters.length === 0
          ? 'No dead letters.'
          : renderTable(['number', 'time', 'reason', 'subject', 'why'], rows, styleOf(io)),
      );
    });
  group
    .command('show')
    .description('one, whole')
    .argument('<number>', 'as "ls" shows it', wholeNumber(1))
    .action(async (sequence: number, _options: unknown, command: Command) => {
      const options = readOptions<GlobalOptions>(command);
      await withBus(await requireHub(options.data), async (bus) => {
        for await (const letter of bus.deadLetters.list({ sequence })) {
          if (options.json)
            writeJson(io, { ...toJson(letter), data_base64: Buffer.from(letter.data).toString('base64') });
          else writeLine(io, describe(letter));
          return;
        }
        throw new PermanentError('unknown_letter', `there is no dead letter ${sequence}`);
      });
    });
  for (const action of ['replay', 'drop'] as const) {
    withFilter(group.command(action))
      .description(action === 'replay' ? 'put them back where they came from' : 'remove them for good')
      .argument('[number]', 'one letter; otherwise all that the options choose', wholeNumber(1))
      .option('--all', 'every letter of every tenant')
      .action(async (sequence: number | undefined, _options: unknown, command: Command) => {
        const options = readOptions<FilterOptions>(command);
        const filter = sequence === undefined ? readFilter(options) : { sequence };
        if (Object.keys(filter).length === 0 && options.all !== true) {
          throw new PermanentError('no_choice', `say which: a number, --tenant, --reason or --all`);
        }
        const count = await withBus(await requireHub(options.data), (bus) => bus.deadLetters[action](filter));
        if (options.json) writeJson(io, { [action === 'replay' ? 'replayed' : 'dropped']: count });
        else
          writeLine(
            io,
            `${count} dead letter${count === 1 ? '' : 's'} ${action === 'replay' ? 'put back' : 'removed'}.`,
          );
      });
  }
}

function readFilter({ tenant, reason }: FilterOptions): DeadLetterFilter {
  return { ...(tenant === undefined ? {} : { tenant }), ...(reason === undefined ? {} : { reason }) };
}

function toJson(letter: DeadLetter): Readonly<Record<string, unknown>> {
  const { sequence, time, tenant, reason, subject, message, data } = letter;
  return { number: sequence, time: time.toISOString(), tenant, reason, subject, message, bytes: data.length };
}

function describe(letter: DeadLetter): string {
  const data = Buffer.from(letter.data);
  const headers = [...letter.headers].map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
  return [
    `number   ${letter.sequence}`,
    `time     ${letter.time.toISOString()}`,
    `subject  ${letter.subject}`,
    `reason   ${letter.reason}`,
    `why      ${JSON.stringify(letter.message)}`,
    ...(headers.length === 0 ? [] : ['headers', ...headers]),
    `bytes    ${data.length}`,
    `  ${data
      .subarray(0, previewBytes)
      .toString('hex')
      .replace(/(.{64})/g, '$1\n  ')}`,
  ].join('\n');
}
