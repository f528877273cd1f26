import { Option, type Command } from 'commander';
import { formatBytes, resolveMoment, restore, type LinkPolicy } from '@swarmledger/replayer';
import { withHistory } from '../hub/connect.ts';
import { writeJson, writeLine, type Io } from '../output/io.ts';
import { ProgressLine } from '../output/progress.ts';
import { target } from './history.ts';
import {
  addMoment,
  addProject,
  collect,
  readBranch,
  readMoment,
  type MomentOptions,
  type ProjectOptions,
  readOptions,
} from './shared.ts';

interface RestoreCommandOptions extends ProjectOptions, MomentOptions {
  readonly out: string;
  readonly path?: readonly string[];
  readonly force?: true;
  readonly dryRun?: true;
  readonly links: LinkPolicy;
}

export function registerRestore(program: Command, io: Io): void {
  addMoment(addProject(program.command('restore')))
    .description('put the files of a moment into a folder: exact bytes, modes and set of files')
    .requiredOption('-o, --out <folder>', 'folder to make')
    .option('--path <glob>', 'only these paths (repeatable)', collect)
    .option('--force', 'replace the folder if it is there')
    .option('--dry-run', 'check everything, write nothing')
    .addOption(
      new Option('--links <policy>', 'symlinks that point outside of the folder: refuse, or keep as Git does')
        .choices(['inside_only', 'keep'])
        .default('inside_only'),
    )
    .action(async (_options: unknown, command: Command) => {
      await run(readOptions<RestoreCommandOptions>(command), io);
    });
}

async function run(options: RestoreCommandOptions, io: Io): Promise<void> {
  await withHistory(target(options), io.environment, async (history) => {
    const { signal } = io;
    const moment = await resolveMoment(history, readBranch(options), readMoment(options), { signal });
    const progress = new ProgressLine(io);
    try {
      const summary = await restore(
        history,
        {
          moment,
          directory: options.out,
          links: options.links,
          existing: options.force === true ? 'replace' : 'refuse',
          protect: [options.data],
          ...(options.path === undefined ? {} : { paths: options.path }),
          ...(options.dryRun === true ? { dryRun: true } : {}),
        },
        { signal, onProgress: ({ paths, bytes }) => progress.show(`${paths} paths, ${formatBytes(bytes)}`) },
      );
      progress.clear();
      if (options.json) {
        writeJson(io, {
          ...summary,
          moment: moment.description,
          commit_time: new Date(moment.commitTimeMs).toISOString(),
        });
        return;
      }
      const done = options.dryRun === true ? 'Would restore' : 'Restored';
      writeLine(
        io,
        `${done} ${moment.description}: ${plural(summary.files, 'file')}, ${plural(summary.symlinks, 'link')}, ${formatBytes(summary.bytes)} in ${summary.directory}`,
      );
    } finally {
      progress.clear();
    }
  });
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
