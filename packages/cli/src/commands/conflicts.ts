import { readFile, writeFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { Option, type Command } from 'commander';
import type { ProjectHistory } from '@swarmledger/ledger';
import {
  agentRoles,
  limits,
  parseBranchName,
  parseEventId,
  type AgentRole,
  type SwarmEvent,
  type Version,
} from '@swarmledger/protocol';
import {
  conflictToJson,
  createSettlement,
  diffSides,
  findConflict,
  listConflicts,
  parseMomentTimeMs,
  renderConflict,
  renderConflictEntry,
  safeLine,
  safePath,
  showConflict,
  type ConflictDetails,
  type Settlement,
} from '@swarmledger/replayer';
import { errorCode, errorMessage, PermanentError } from '@swarmledger/runtime';
import { withHistory } from '../hub/connect.ts';
import { requireHub } from '../hub/hub-file.ts';
import { GroupPacker, type EventGroup } from '../import/event-group.ts';
import { publishGroups } from '../import/publish.ts';
import { note, styleOf, writeJson, writeLine, type Io } from '../output/io.ts';
import { target } from './history.ts';
import { addProject, collect, personOf, readBranch, readOptions, wholeNumber, type ProjectOptions } from './shared.ts';

/** A page that people read, or a program in one go: each conflict costs look-ups of its own. */
const conflictsMax = 1_000;

interface ListOptions extends ProjectOptions {
  readonly branch: string;
  readonly limit: number;
  readonly all?: true;
  readonly path?: readonly string[];
  readonly since?: string;
  readonly olderThan?: string;
}

interface ShowOptions extends ProjectOptions {
  readonly branch?: string;
}

interface ResolveOptions extends ShowOptions {
  readonly use?: string;
  readonly take?: 'first' | 'second' | 'current';
  readonly out?: string;
  readonly dryRun?: true;
  readonly by?: string;
  readonly role: string;
  readonly reason?: string;
}

export function registerConflicts(program: Command, io: Io): void {
  const group = program.command('conflicts').description('changes that did not see each other: look, merge, settle');
  addProject(group.command('ls'))
    .description('open ones, newest first')
    .option('-b, --branch <branch>', 'timeline', 'main')
    .option('-n, --limit <count>', `at most, up to ${conflictsMax}`, wholeNumber(1), 50)
    .option('--all', 'settled ones too')
    .option('--path <glob>', 'over these paths (repeatable)', collect)
    .option('--since <time>', 'committed at or after: shortens the search in a long history')
    .option('--older-than <conflict>', 'for the next page: the last conflict of this one')
    .action(async (_options: unknown, command: Command) => list(readOptions<ListOptions>(command), io));
  const branchHelp = "timeline to look at and settle it on; the conflict's own by default";
  addProject(group.command('show'))
    .description('one with both sides, their decisions, and whether they merge')
    .argument('<event>', 'of the conflict, or of the change that came second')
    .option('-b, --branch <branch>', branchHelp)
    .action(async (event: string, _options: unknown, command: Command) => {
      const options = readOptions<ShowOptions>(command);
      await withHistory(target(options), io.environment, async (history) => {
        const details = await load(history, event, options, io);
        if (options.json) {
          const { conflict, settledBy, proposal } = details;
          const entry = settledBy === undefined ? { conflict } : { conflict, settledBy };
          writeJson(io, { ...conflictToJson(entry), merge: proposal.kind });
        } else writeLine(io, renderConflict(details, await diffSides(details), styleOf(io)));
      });
    });
  addProject(group.command('resolve'))
    .description('settle one: commits a clean merge; otherwise writes a file with conflict markers for you to edit')
    .argument('<event>', 'of the conflict, or of the change that came second')
    .option('-b, --branch <branch>', branchHelp)
    .option('--use <file>', 'commit this file as the outcome')
    .addOption(
      new Option('--take <side>', 'commit one side whole; current leaves the path as it is now').choices([
        'first',
        'second',
        'current',
      ]),
    )
    .option('-o, --out <file>', 'where conflict markers go; NAME.conflict by default')
    .option('--dry-run', 'say what would be committed, and stop')
    .option('--by <who>', 'who settles it; the user by default')
    .option('--role <role>', 'of who settles it', 'human')
    .option('--reason <text>', 'why it is settled so')
    .action(async (event: string, _options: unknown, command: Command) => {
      const options = readOptions<ResolveOptions>(command);
      await withHistory(target(options), io.environment, (history) => resolve(history, event, options, io));
    });
}

async function list(options: ListOptions, io: Io): Promise<void> {
  const { path, since } = options;
  const limit = Math.min(options.limit, conflictsMax);
  await withHistory(target(options), io.environment, async (history) => {
    const before = await findPlace(history, options.olderThan, io);
    const filter = {
      limit,
      state: options.all === true ? ('all' as const) : ('open' as const),
      ...(path === undefined ? {} : { paths: path }),
      ...(since === undefined ? {} : { sinceMs: parseMomentTimeMs(since) }),
      ...(before === undefined ? {} : { before }),
    };
    let count = 0;
    let last = '';
    for await (const entry of listConflicts(history, readBranch(options), filter, { signal: io.signal })) {
      count += 1;
      last = entry.conflict.event.eventId;
      if (options.json) writeJson(io, conflictToJson(entry));
      else writeLine(io, renderConflictEntry(entry, styleOf(io)));
    }
    if (count === 0 && !options.json) writeLine(io, options.all === true ? 'No conflicts.' : 'No open conflicts.');
    if (count === limit) note(io, `there may be older ones: --older-than ${last}`);
  });
}

/** Where a page begins. @throws PermanentError unknown_event, not_a_conflict */
async function findPlace(
  history: ProjectHistory,
  olderThan: string | undefined,
  { signal }: Io,
): Promise<Version | undefined> {
  if (olderThan === undefined) return undefined;
  return (await findConflict(history, parseEventId(olderThan), { signal })).version;
}

function load(history: ProjectHistory, event: string, options: ShowOptions, io: Io): Promise<ConflictDetails> {
  const branch = options.branch === undefined ? undefined : parseBranchName(options.branch);
  return showConflict(history, parseEventId(event), branch, { signal: io.signal });
}

async function resolve(history: ProjectHistory, event: string, options: ResolveOptions, io: Io): Promise<void> {
  const details = await load(history, event, options, io);
  const settlement = await readSettlement(options);
  const { proposal } = details;
  if (settlement.kind === 'merge' && details.settledBy === undefined) {
    if (proposal.kind === 'marked') return writeMarked(details, proposal, options, io);
    if (proposal.kind === 'manual') {
      throw new PermanentError(
        'nothing_to_take',
        `a person has to choose: ${proposal.why}. Give --use FILE or --take first|second|current`,
      );
    }
  }
  const author = {
    agentId: options.by ?? personOf(io.environment),
    agentRole: readRole(options.role),
    nowMs: Date.now(),
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  };
  const events = await createSettlement(details, settlement, author);
  const next = options.dryRun === true ? undefined : await commit(history, events, options, io);
  report(details, events, options, io);
  if (next !== undefined) {
    note(io, `${shown(details.sides.path, io)} changed meanwhile: conflict ${next} is over that; nothing is lost`);
  }
}

async function readSettlement(options: ResolveOptions): Promise<Settlement> {
  if (options.use !== undefined && options.take !== undefined) {
    throw new PermanentError('invalid_option', 'give --use or --take, not both');
  }
  if (options.take !== undefined) return { kind: 'take', side: options.take };
  if (options.use === undefined) return { kind: 'merge' };
  const content = await readFile(options.use).catch((error: unknown) => {
    throw new PermanentError('unreadable_file', `cannot read ${options.use ?? ''}: ${errorMessage(error)}`);
  });
  if (content.length > limits.contentBytesMax) {
    throw new PermanentError('content_too_large', `${options.use} exceeds ${limits.contentBytesMax} bytes`);
  }
  if (/^<<<<<<< current \(what is there now\)$/m.test(content.toString('latin1'))) {
    throw new PermanentError('markers_left', `${options.use} still has conflict markers: edit it first`);
  }
  return { kind: 'use', content };
}

function readRole(role: string): AgentRole {
  const found = agentRoles.find((each) => each === role.toUpperCase());
  if (found === undefined) throw new PermanentError('invalid_option', `--role is none of ${agentRoles.join(', ')}`);
  return found;
}

async function writeMarked(
  details: ConflictDetails,
  proposal: Extract<ConflictDetails['proposal'], { kind: 'marked' }>,
  options: ResolveOptions,
  io: Io,
): Promise<void> {
  const { places } = proposal;
  const file = options.out ?? `${posix.basename(details.sides.path)}.conflict`;
  if (options.dryRun !== true) {
    await writeFile(file, proposal.content, { flag: 'wx' }).catch((error: unknown) => {
      const why = errorCode(error) === 'EEXIST' ? 'it is there already; name another with --out' : errorMessage(error);
      throw new PermanentError('unwritable_file', `cannot write ${file}: ${why}`);
    });
  }
  const where = `${places} place${places === 1 ? '' : 's'}`;
  if (options.json) writeJson(io, { committed: false, places, file });
  else {
    const name = shown(file, io);
    const done = options.dryRun === true ? `would be marked in ${name}` : `marked in ${name}`;
    writeLine(io, `Both changed the same lines: ${where} ${done}. Nothing was committed.`);
    writeLine(
      io,
      `Edit it, then: swarmledger conflicts resolve ${details.conflict.event.eventId} --use ${quoteWord(name)} …`,
    );
  }
}

/** @returns the conflict that the settlement itself made, if any: something came in between */
async function commit(
  history: ProjectHistory,
  events: readonly SwarmEvent[],
  options: ResolveOptions,
  io: Io,
): Promise<string | undefined> {
  const { signal } = io;
  const [decision, change] = events;
  const hub = await requireHub(options.data);
  const { tenant, project } = options;
  await publishGroups({ hub, tenant, project }, pack(events), { signal });
  const stored = decision === undefined ? undefined : await history.find(decision.eventId, { signal });
  // All who settle a conflict use the same ids: what is there is what came first.
  if (stored?.event.timestampUs !== decision?.timestampUs || stored?.event.agentId !== decision?.agentId) {
    throw new PermanentError('conflict_settled', 'somebody settled the conflict meanwhile: see "conflicts show"');
  }
  if (change === undefined) return undefined;
  try {
    return (await findConflict(history, change.eventId, { signal })).event.eventId;
  } catch (error) {
    if (errorCode(error) === 'not_a_conflict') return undefined;
    throw error;
  }
}

async function* pack(events: readonly SwarmEvent[]): AsyncGenerator<EventGroup> {
  const packer = new GroupPacker();
  for (const event of events) yield* packer.add(event, 'settlement');
  yield* packer.finish();
}

function report(details: ConflictDetails, events: readonly SwarmEvent[], options: ResolveOptions, io: Io): void {
  const [decision, change] = events;
  const isDry = options.dryRun === true;
  if (options.json) {
    const ids = { decision: decision?.eventId, ...(change === undefined ? {} : { change: change.eventId }) };
    writeJson(io, { committed: !isDry, ...ids });
    return;
  }
  const title = decision?.payload.kind === 'decision' ? decision.payload.title : '';
  writeLine(io, `${isDry ? 'Would commit' : 'Committed'} on ${details.branch}: ${safeLine(title, styleOf(io))}`);
  if (change?.payload.kind === 'state_change') {
    const parents = (change.payload.mergedEventIds ?? []).join(' and ');
    writeLine(io, `    ${change.payload.action.toLowerCase()} ${shown(change.payload.path, io)}, joining ${parents}`);
  }
}

/** A path that somebody else chose, harmless on a terminal. */
function shown(path: string, io: Io): string {
  return safePath(path, styleOf(io));
}

/** As one word of a POSIX shell: a command that is printed will be copied. */
function quoteWord(word: string): string {
  return /^[\w./-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
