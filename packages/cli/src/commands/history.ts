import { Option, type Command } from 'commander';
import type { ProjectHistory, StoredEvent } from '@swarmledger/ledger';
import { agentRoles, parseEventId, parseProjectPath, parseVersion } from '@swarmledger/protocol';
import {
  followLog,
  listTree,
  parseMomentTimeMs,
  readLog,
  readTags,
  renderEvent,
  renderLogEntry,
  renderTag,
  renderTreeEntry,
  renderWhy,
  resolveMoment,
  showEvent,
  storedEventToJson,
  treeEntryToJson,
  whyPath,
  whyToJson,
  type LogFilter,
} from '@swarmledger/replayer';
import { PermanentError } from '@swarmledger/runtime';
import { withHistory, type HistoryTarget } from '../hub/connect.ts';
import { columnsOf, isTerminal, styleOf, writeJson, writeLine, type Io } from '../output/io.ts';
import {
  addMoment,
  addProject,
  addReading,
  collect,
  readBranch,
  readMoment,
  wholeNumber,
  type MomentOptions,
  type ProjectOptions,
  type ReadingOptions,
  readOptions,
} from './shared.ts';

interface LogOptions extends ReadingOptions {
  readonly branch: string;
  readonly limit: number;
  readonly agent?: readonly string[];
  readonly role?: readonly string[];
  readonly type?: readonly string[];
  readonly path?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly olderThan?: string;
  readonly follow?: true;
}

interface WhyOptions extends ReadingOptions, MomentOptions {
  readonly limit: number;
}

const payloadKinds = ['decision', 'state_change', 'system_signal', 'conflict', 'content_chunk', 'encrypted'] as const;

export function registerHistory(program: Command, io: Io): void {
  registerLog(program, io);
  registerShow(program, io);
  registerTree(program, io);
  registerWhy(program, io);
  addProject(program.command('tags'))
    .description('named moments')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<ProjectOptions>(command);
      await withHistory(target(options), io.environment, async (history) => {
        const tags = await readTags(history, { signal: io.signal });
        for (const tag of tags) {
          if (options.json) writeJson(io, { name: tag.name, branch: tag.branch, version: tag.version });
          else writeLine(io, renderTag(tag, styleOf(io)));
        }
      });
    });
}

function registerLog(program: Command, io: Io): void {
  addReading(program.command('log'))
    .description('what happened, newest first')
    .option('-b, --branch <branch>', 'timeline', 'main')
    .option('-n, --limit <count>', 'events at most', wholeNumber(1), 50)
    .option('--agent <id>', 'of this agent (repeatable)', collect)
    .addOption(new Option('--role <role>', 'of agents in this role (repeatable)').argParser(collect))
    .addOption(new Option('--type <type>', `one of ${payloadKinds.join(', ')} (repeatable)`).argParser(collect))
    .option('--path <glob>', 'changes of these paths (repeatable)', collect)
    .option('--since <time>', "committed at or after: ISO 8601, Unix ms, or '10m ago'")
    .option('--until <time>', 'committed at or before')
    .option('--older-than <version>', 'for the next page: the last version of this one')
    .option('-f, --follow', 'the latest ones oldest first, then each event as it is committed, until Ctrl-C')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<LogOptions>(command);
      await withHistory(target(options), io.environment, async (history) => {
        const write = (stored: StoredEvent): void => {
          if (options.json) writeJson(io, storedEventToJson(stored));
          else writeLine(io, renderLogEntry(stored, styleOf(io), isTerminal(io.stdout) ? columnsOf(io) : Infinity));
        };
        if (options.follow === true) return follow(history, options, io, write);
        const filter = readFilter(options);
        for await (const stored of readLog(history, readBranch(options), filter, { signal: io.signal })) write(stored);
      });
    });
}

async function follow(
  history: ProjectHistory,
  options: LogOptions,
  io: Io,
  write: (stored: StoredEvent) => void,
): Promise<void> {
  if (options.until !== undefined || options.olderThan !== undefined) {
    throw new PermanentError('invalid_option', '--follow has no end: leave --until and --older-than out');
  }
  const { signal } = io;
  const branch = readBranch(options);
  const filter = readFilter(options);
  // Where the past ends is fixed first: nothing falls between it and what is followed.
  const latest = await history.latest(branch, { signal });
  const past: StoredEvent[] = [];
  if (latest !== undefined) {
    for await (const stored of readLog(history, branch, { ...filter, until: latest }, { signal })) past.push(stored);
  }
  for (const stored of past.reverse()) write(stored);
  const after = latest === undefined ? {} : { after: latest };
  for await (const stored of followLog(history, branch, { ...filter, ...after }, { signal })) write(stored);
}

function registerShow(program: Command, io: Io): void {
  addReading(program.command('show'))
    .description('one event, whole')
    .argument('<event>', 'event id')
    .action(async (event: string, _options: unknown, command: Command) => {
      const options = readOptions<ReadingOptions>(command);
      await withHistory(target(options), io.environment, async (history) => {
        const shown = await showEvent(history, parseEventId(event), { signal: io.signal });
        if (options.json) writeJson(io, storedEventToJson(shown.stored));
        else writeLine(io, renderEvent(shown, styleOf(io)));
      });
    });
}

function registerTree(program: Command, io: Io): void {
  addMoment(addProject(program.command('tree')))
    .description('the files at a moment')
    .option('--path <glob>', 'only these paths (repeatable)', collect)
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<ProjectOptions & MomentOptions & { readonly path?: readonly string[] }>(command);
      await withHistory(target(options), io.environment, async (history) => {
        const moment = await resolveMoment(history, readBranch(options), readMoment(options), { signal: io.signal });
        for await (const entry of listTree(history, moment, { signal: io.signal, paths: options.path ?? [] })) {
          if (options.json) writeJson(io, treeEntryToJson(entry));
          else writeLine(io, renderTreeEntry(entry, styleOf(io)));
        }
      });
    });
}

function registerWhy(program: Command, io: Io): void {
  addMoment(addReading(program.command('why')))
    .description('each change of a path with the decision that led to it, newest first')
    .argument('<path>', 'path in the project')
    .option(
      '-n, --limit <count>',
      'changes at most; for older ones, --before the event of the last',
      wholeNumber(1),
      50,
    )
    .action(async (path: string, _options: unknown, command: Command) => {
      const options = readOptions<WhyOptions>(command);
      await withHistory(target(options), io.environment, async (history) => {
        const moment = await resolveMoment(history, readBranch(options), readMoment(options), { signal: io.signal });
        let left = options.limit;
        for await (const reason of whyPath(history, moment, parseProjectPath(path), { signal: io.signal })) {
          if (options.json) writeJson(io, whyToJson(reason));
          else writeLine(io, renderWhy(reason, styleOf(io)));
          left -= 1;
          if (left === 0) break;
        }
      });
    });
}

function readFilter(options: LogOptions): LogFilter {
  const { agent, path, since, until, olderThan, limit } = options;
  const roles = options.role?.map((role) => oneOf(agentRoles, role.toUpperCase(), '--role'));
  const types = options.type?.map((type) => oneOf(payloadKinds, type, '--type'));
  return {
    limit,
    ...(agent === undefined ? {} : { agents: agent }),
    ...(roles === undefined ? {} : { roles }),
    ...(types === undefined ? {} : { types }),
    ...(path === undefined ? {} : { paths: path }),
    ...(since === undefined ? {} : { sinceMs: parseMomentTimeMs(since) }),
    ...(until === undefined ? {} : { untilMs: parseMomentTimeMs(until) }),
    ...(olderThan === undefined ? {} : { before: parseVersion(olderThan) }),
  };
}

function oneOf<const Name extends string>(names: readonly Name[], value: string, option: string): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new PermanentError('invalid_option', `${option} is none of ${names.join(', ')}`);
  return found;
}

export function target({ data, tenant, project, dataKeys }: ReadingOptions): HistoryTarget {
  return { dataDir: data, tenant, project, ...(dataKeys === undefined ? {} : { dataKeys }) };
}
