import type { Command } from 'commander';
import type { PipelineCounts } from '@swarmledger/sdk';
import { parseBranchName, parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { requireHub } from '../hub/hub-file.ts';
import {
  describeGitHistory,
  readGitHistory,
  readNdjson,
  readTrajectory,
  type BadLine,
  type EventGroup,
} from '../import/index.ts';
import { publishGroups, silenceMsDefault } from '../import/publish.ts';
import { note, writeJson, writeLine, type Io } from '../output/io.ts';
import { ProgressLine } from '../output/progress.ts';
import { addProject, type ProjectOptions, readOptions, wholeNumber } from './shared.ts';

interface ImportOptions extends ProjectOptions {
  readonly branch: string;
  readonly timeout: number;
}

interface EmitOptions extends ImportOptions {
  readonly skipBad?: true;
}

export function registerImport(program: Command, io: Io): void {
  const group = program.command('import').description('bring existing history in; running it again adds nothing twice');
  const withTarget = (command: Command): Command =>
    addProject(command)
      .option('-b, --branch <branch>', 'timeline', 'main')
      .option(
        '--timeout <seconds>',
        'give up when the hub confirms nothing for so long',
        wholeNumber(1),
        silenceMsDefault / 1_000,
      );
  withTarget(group.command('git'))
    .description(
      "a Git repository's first-parent history: every commit's changes as one atomic batch, tagged git:<sha>",
    )
    .argument('<repository>', 'folder of a work tree, or a bare repository')
    .option('--revision <revision>', 'what to import', 'HEAD')
    .action(async (repository: string, _options: unknown, command: Command) => {
      await importGit(repository, readOptions<ImportOptions & { readonly revision: string }>(command), io);
    });
  withTarget(group.command('trajectory'))
    .description('SWE-agent .traj files: thoughts become decisions, edits changes, commands and observations signals')
    .argument('<files...>', '.traj files, one agent each')
    .action(async (files: string[], _options: unknown, command: Command) => {
      const options = readOptions<ImportOptions>(command);
      await publish(options, io, readTrajectories(files, options));
    });
  withTarget(program.command('emit'))
    .description('publish events from any other tool: one JSON object a line on standard input')
    .option('--skip-bad', 'leave out lines that are no event, and count them, instead of stopping')
    .action(async (_options: unknown, command: Command) => {
      await emit(readOptions<EmitOptions>(command), io);
    });
}

async function importGit(
  repository: string,
  options: ImportOptions & { readonly revision: string },
  io: Io,
): Promise<void> {
  const { revision } = options;
  const { head, commits, warnings } = await describeGitHistory({ repository, revision });
  for (const warning of warnings) note(io, `warning: ${warning}`);
  const groups = readGitHistory({ repository, revision: head, ...readTarget(options), signal: io.signal });
  await publish(options, io, groups, `${commits} commit${commits === 1 ? '' : 's'}`);
}

async function* readTrajectories(files: readonly string[], options: ImportOptions): AsyncGenerator<EventGroup> {
  for (const file of files) yield* readTrajectory({ file, ...readTarget(options) });
}

async function emit(options: EmitOptions, io: Io): Promise<void> {
  let skipped = 0;
  const onBadLine = (bad: BadLine): void => {
    skipped += 1;
    note(io, `line ${bad.line} left out: ${bad.problem}`);
  };
  const groups = readNdjson({
    input: io.stdin,
    ...readTarget(options),
    ...(options.skipBad === true ? { onBadLine } : {}),
  });
  await publish(options, io, groups, undefined, () => ({ skipped_lines: skipped }));
}

export function readTarget(options: ImportOptions): {
  readonly tenant: ReturnType<typeof parseTenantId>;
  readonly project: ReturnType<typeof parseProjectId>;
  readonly branch: ReturnType<typeof parseBranchName>;
} {
  return {
    tenant: parseTenantId(options.tenant),
    project: parseProjectId(options.project),
    branch: parseBranchName(options.branch),
  };
}

async function publish(
  options: ImportOptions,
  io: Io,
  groups: AsyncIterable<EventGroup>,
  what?: string,
  more: () => Readonly<Record<string, number>> = () => ({}),
): Promise<void> {
  const hub = await requireHub(options.data);
  const progress = new ProgressLine(io);
  const { tenant, project } = options;
  let counts: PipelineCounts;
  try {
    counts = await publishGroups({ hub, tenant, project }, groups, {
      signal: io.signal,
      silenceMsMax: options.timeout * 1_000,
      onProgress: (now, label) =>
        progress.show(`${label}: ${now.committed + now.duplicates} of ${now.offered} events committed`),
    });
  } finally {
    progress.clear();
  }
  if (options.json) {
    const { offered, published, committed, duplicates, rejected } = counts;
    writeJson(io, { offered, published, committed, duplicates, rejected, ...more() });
    return;
  }
  writeLine(io, `${what === undefined ? '' : `${what}: `}${describeCounts(counts)}`);
}

export function describeCounts({ committed, duplicates }: PipelineCounts): string {
  const already = duplicates === 0 ? '' : `, ${duplicates} were there already`;
  if (committed === 0) return `nothing new${already}`;
  return `${committed} new event${committed === 1 ? '' : 's'} committed${already}`;
}
