import { Option, type Command } from 'commander';
import { loadTimeline, parseMomentTimeMs, renderTimeline, timelineToJson } from '@swarmledger/replayer';
import { withHistory } from '../hub/connect.ts';
import { columnsOf, styleOf, writeJson, writeLine, type Io } from '../output/io.ts';
import { target } from './history.ts';
import { addReading, collect, readBranch, readOptions, wholeNumber, type ReadingOptions } from './shared.ts';

interface TimelineOptions extends ReadingOptions {
  readonly branch: string;
  readonly limit: number;
  readonly clock: 'event' | 'commit';
  readonly since?: string;
  readonly until?: string;
  readonly agent?: readonly string[];
  readonly width?: number;
}

/** What fits into memory several times over. */
const eventsMax = 1_000_000;

export function registerTimeline(program: Command, io: Io): void {
  addReading(program.command('timeline'))
    .description('a picture of who did what when: a lane for each agent, then what stands out')
    .option('-b, --branch <branch>', 'timeline', 'main')
    .option('-n, --limit <count>', `the newest events at most, up to ${eventsMax}`, wholeNumber(1), 10_000)
    .option('--agent <id>', 'of this agent (repeatable)', collect)
    .option('--since <time>', "from a time on: ISO 8601, Unix ms, or '2h ago'; by the same clock")
    .option('--until <time>', 'up to a time')
    .addOption(
      new Option('--clock <whose>', "event: the agents' own; commit: the hub's")
        .choices(['event', 'commit'])
        .default('event'),
    )
    .option('--width <columns>', "of the picture; the terminal's by default, else 100", wholeNumber(40))
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<TimelineOptions>(command);
      await withHistory(target(options), io.environment, async (history) => {
        const { clock, limit, agent, since, until } = options;
        const filter = {
          clock,
          limit: Math.min(limit, eventsMax),
          ...(agent === undefined ? {} : { agents: agent }),
          ...(since === undefined ? {} : { sinceMs: parseMomentTimeMs(since) }),
          ...(until === undefined ? {} : { untilMs: parseMomentTimeMs(until) }),
        };
        const timeline = await loadTimeline(history, readBranch(options), filter, { signal: io.signal });
        if (options.json) writeJson(io, timelineToJson(timeline));
        else writeLine(io, renderTimeline(timeline, styleOf(io), { columns: options.width ?? columnsOf(io) }));
      });
    });
}
