import type { Command } from 'commander';
import {
  diffMoments,
  diffToJson,
  momentSpecForms,
  patchStyle,
  renderDiff,
  renderDiffStat,
  resolveMomentSpec,
  toDiffStat,
  type DiffStat,
} from '@swarmledger/replayer';
import { withHistory } from '../hub/connect.ts';
import { isTerminal, styleOf, writeJson, writeLine, type Io } from '../output/io.ts';
import { target } from './history.ts';
import { addProject, readBranch, readOptions, type ProjectOptions } from './shared.ts';

interface DiffOptions extends ProjectOptions {
  readonly branch: string;
  readonly stat?: true;
}

export function registerDiff(program: Command, io: Io): void {
  addProject(program.command('diff'))
    .description(`what differs between two moments: each is ${momentSpecForms}`)
    .argument('<from>', 'moment')
    .argument('<to>', 'moment')
    .argument('[paths...]', 'only these paths or globs')
    .option('-b, --branch <branch>', 'timeline of moments that name none', 'main')
    .option('--stat', 'a line for each path, and a sum')
    .action(async (from: string, to: string, paths: string[], _options: unknown, command: Command) => {
      await diff({ from, to, paths }, readOptions<DiffOptions>(command), io);
    });
}

async function diff(
  what: { readonly from: string; readonly to: string; readonly paths: readonly string[] },
  options: DiffOptions,
  io: Io,
): Promise<void> {
  const { signal } = io;
  await withHistory(target(options), io.environment, async (history) => {
    const branch = readBranch(options);
    const [from, to] = [
      await resolveMomentSpec(history, branch, what.from, { signal }),
      await resolveMomentSpec(history, branch, what.to, { signal }),
    ];
    const stats: DiffStat[] = [];
    for await (const each of diffMoments(history, { from, to }, { signal, paths: what.paths })) {
      if (options.json) writeJson(io, diffToJson(each));
      else if (options.stat === true) stats.push(toDiffStat(each));
      // What goes into a file or another program has to be a patch, byte for byte.
      else io.stdout.write(renderDiff(each, isTerminal(io.stdout) ? styleOf(io) : patchStyle));
    }
    if (options.stat === true && !options.json) writeLine(io, renderDiffStat(stats, styleOf(io)));
  });
}
