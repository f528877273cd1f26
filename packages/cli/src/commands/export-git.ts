import type { Command } from 'commander';
import { parseBranchName } from '@swarmledger/protocol';
import { exportGit, formatBytes } from '@swarmledger/replayer';
import { withHistory } from '../hub/connect.ts';
import { note, writeJson, writeLine, type Io } from '../output/io.ts';
import { ProgressLine } from '../output/progress.ts';
import { target } from './history.ts';
import { addProject, type ProjectOptions, readOptions } from './shared.ts';

interface ExportOptions extends ProjectOptions {
  readonly branch?: string;
  readonly force?: true;
}

export function registerExportGit(program: Command, io: Io): void {
  addProject(program.command('export-git'))
    .description('write the history as a bare Git repository: one commit a decision, agent and version as trailers')
    .argument('<folder>', 'repository to make')
    .option('-b, --branch <branch>', 'this timeline only; all by default')
    .option('--force', 'replace the folder if it is there')
    .action(async (folder: string, _options: unknown, command: Command) => {
      await run(folder, readOptions<ExportOptions>(command), io);
    });
}

async function run(directory: string, options: ExportOptions, io: Io): Promise<void> {
  await withHistory(target(options), io.environment, async (history) => {
    const progress = new ProgressLine(io);
    const { skippedTags, ...summary } = await exportGit(
      history,
      {
        directory,
        existing: options.force === true ? 'replace' : 'refuse',
        protect: [options.data],
        ...(options.branch === undefined ? {} : { branch: parseBranchName(options.branch) }),
      },
      {
        signal: io.signal,
        environment: io.environment,
        onProgress: ({ commits, bytes }) => progress.show(`${commits} commits, ${formatBytes(bytes)}`),
      },
    ).finally(() => progress.clear());
    for (const name of skippedTags) note(io, `warning: Git cannot have a tag called ${JSON.stringify(name)}: left out`);
    if (options.json) {
      writeJson(io, { ...summary, skipped_tags: skippedTags });
      return;
    }
    const { commits, branches, tags } = summary;
    const names = branches.length === 0 ? 'no branch has any' : branches.join(', ');
    const counts = `${commits} commits (${names}), ${tags} tags, ${formatBytes(summary.bytes)}`;
    writeLine(io, `Exported ${counts} to ${summary.directory}`);
  });
}
