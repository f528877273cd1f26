import type { Command } from 'commander';
import type { Branch, Head } from '@swarmledger/ledger';
import { parseBranchName } from '@swarmledger/protocol';
import { forkAt, renderBranch, resolveMoment } from '@swarmledger/replayer';
import { withHistory } from '../hub/connect.ts';
import { styleOf, writeJson, writeLine, type Io } from '../output/io.ts';
import { target } from './history.ts';
import {
  addMoment,
  addProject,
  personOf,
  readBranch,
  readMoment,
  readOptions,
  type MomentOptions,
  type ProjectOptions,
} from './shared.ts';

interface ForkOptions extends ProjectOptions, MomentOptions {
  readonly by?: string;
  readonly reason: string;
}

export function registerBranches(program: Command, io: Io): void {
  addMoment(addProject(program.command('fork')))
    .description('a new timeline from a moment, the head by default; nothing is copied')
    .argument('<name>', 'of the new branch')
    .option('--by <who>', 'who forks; the user by default')
    .option('--reason <text>', 'why', '')
    .action(async (name: string, _options: unknown, command: Command) => {
      await fork(name, readOptions<ForkOptions>(command), io);
    });
  addProject(program.command('branches'))
    .description('timelines: where each began, by whom and why, and how far it is')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<ProjectOptions>(command);
      const { signal } = io;
      await withHistory(target(options), io.environment, async (history) => {
        for (const branch of await history.branches({ signal })) {
          const head = await history.head(branch.name, { signal });
          if (options.json) writeJson(io, branchToJson(branch, head));
          else writeLine(io, renderBranch(branch, head, styleOf(io)));
        }
      });
    });
}

async function fork(name: string, options: ForkOptions, io: Io): Promise<void> {
  const { signal } = io;
  await withHistory(target(options), io.environment, async (history) => {
    const moment = await resolveMoment(history, readBranch(options), readMoment(options), { signal });
    const why = { by: options.by ?? personOf(io.environment), reason: options.reason };
    const branch = await forkAt(history, parseBranchName(name), moment, why);
    if (options.json) writeJson(io, branchToJson(branch, undefined));
    else writeLine(io, `Branch ${branch.name} begins on ${moment.branch} at ${moment.description}.`);
  });
}

function branchToJson(branch: Branch, head: Head | undefined): Readonly<Record<string, unknown>> {
  return {
    name: branch.name,
    ...(branch.parent === undefined
      ? {}
      : {
          parent: branch.parent.branch,
          parent_version: branch.parent.version,
          created_by: branch.createdBy,
          reason: branch.reason,
          created_at: new Date(branch.createdAtMs).toISOString(),
        }),
    own_events: head?.events ?? 0,
    ...(head === undefined ? {} : { version: head.version, commit_time: new Date(head.commitTimeMs).toISOString() }),
  };
}
