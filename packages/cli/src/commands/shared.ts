import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  mainBranch,
  parseBranchName,
  parseEventId,
  parseTagName,
  parseVersion,
  type BranchName,
} from '@swarmledger/protocol';
import { parseMomentTime, parseMomentTimeMs, type MomentQuery } from '@swarmledger/replayer';
import { PermanentError, type Environment } from '@swarmledger/runtime';

/** Options that every command has. */
export interface GlobalOptions {
  readonly data: string;
  readonly json?: true;
  readonly debug?: true;
}

export interface ProjectOptions extends GlobalOptions {
  readonly tenant: string;
  readonly project: string;
}

/** Of commands that read events. */
export interface ReadingOptions extends ProjectOptions {
  readonly dataKeys?: string;
}

export interface MomentOptions {
  readonly branch?: string;
  readonly at?: string;
  readonly version?: string;
  readonly tag?: string;
  readonly before?: string;
  readonly after?: string;
  readonly eventTime?: string;
}

export function addProject(command: Command): Command {
  const option = (flags: string, what: string, variable: string): Option =>
    new Option(flags, what).env(variable).makeOptionMandatory();
  return command
    .addOption(option('-t, --tenant <tenant>', 'tenant that the project belongs to', 'SWARMLEDGER_TENANT'))
    .addOption(option('-p, --project <project>', 'project of that tenant', 'SWARMLEDGER_PROJECT'));
}

/** For commands that show events: who has the tenant's keys reads them decrypted. */
export function addReading(command: Command): Command {
  return addProject(command).addOption(
    new Option('--data-keys <file>', "the tenant's data keys, as GET …/data-keys answers them").env(
      'SWARMLEDGER_DATA_KEYS',
    ),
  );
}

export function addMoment(command: Command): Command {
  return command
    .option('-b, --branch <branch>', 'timeline', 'main')
    .option('--at <time>', "as the hub knew it at a time: ISO 8601, Unix ms, or '10m ago'")
    .option('--version <version>', 'right after a version, as "log" shows it')
    .option('--tag <name>', 'where a tag points, such as git:<sha> (its first digits will do)')
    .option('--before <event>', 'right before an event')
    .option('--after <event>', 'right after an event')
    .option('--event-time <time>', 'as the agents had done it by their own clocks at a time');
}

/** @throws PermanentError two_moments; what the parsers throw */
export function readMoment(options: MomentOptions): MomentQuery {
  const { at, version, tag, before, after, eventTime } = options;
  const given = Object.entries({ at, version, tag, before, after, 'event-time': eventTime }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length > 1) {
    throw new PermanentError(
      'two_moments',
      `give one of ${given.map(([name]) => `--${name}`).join(', ')}, not several`,
    );
  }
  if (at !== undefined) return { kind: 'commit_time', timeMs: parseMomentTimeMs(at) };
  if (version !== undefined) return { kind: 'version', version: parseVersion(version) };
  if (tag !== undefined) return { kind: 'tag', name: parseTagName(tag) };
  if (before !== undefined) return { kind: 'before_event', eventId: parseEventId(before) };
  if (after !== undefined) return { kind: 'after_event', eventId: parseEventId(after) };
  if (eventTime !== undefined) return { kind: 'event_time', timeUs: parseMomentTime(eventTime) };
  return { kind: 'head' };
}

export function readBranch(options: { readonly branch?: string }): BranchName {
  return options.branch === undefined ? mainBranch : parseBranchName(options.branch);
}

/** Who works here, for records of what a person did. */
export function personOf(environment: Environment): string {
  return environment['USER'] || environment['LOGNAME'] || environment['USERNAME'] || 'somebody';
}

/** A command's options over those of the commands above it: `--data` and `--json` may stand before or behind the command. */
export function readOptions<T extends GlobalOptions>(command: Command): T {
  const inherited: object = command.parent === null ? {} : readOptions(command.parent);
  const own = Object.entries(command.opts()).filter(([, value]) => value !== undefined);
  // Commander has parsed and defaulted what the command declared: the caller's type says what that was.
  return { ...inherited, ...Object.fromEntries(own) } as T;
}

/** For commander: a whole number of at least `min`. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
      throw new InvalidArgumentError(`It is not a whole number from ${min} on.`);
    }
    return value;
  };
}

/** For commander: an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
