import { Command, CommanderError } from 'commander';
import { ProtocolError } from '@swarmledger/protocol';
import { plainStyle, safeText } from '@swarmledger/replayer';
import { PermanentError, TransientError } from '@swarmledger/runtime';
import { registerBranches } from './commands/branches.ts';
import { registerConflicts } from './commands/conflicts.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDiff } from './commands/diff.ts';
import { registerDlq } from './commands/dlq.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerExportGit } from './commands/export-git.ts';
import { registerFeed } from './commands/feed.ts';
import { registerHistory } from './commands/history.ts';
import { registerImport } from './commands/import.ts';
import { registerJob } from './commands/job.ts';
import { registerLedger } from './commands/ledger.ts';
import { registerKeys } from './commands/keys.ts';
import { registerRestore } from './commands/restore.ts';
import { registerSql } from './commands/sql.ts';
import { registerSync } from './commands/sync.ts';
import { registerQuota } from './commands/quota.ts';
import { registerTenant } from './commands/tenant.ts';
import { registerTimeline } from './commands/timeline.ts';
import { registerUp } from './commands/up.ts';
import { note, type Io } from './output/io.ts';

/** Exit codes: 0 done, 1 the world is at fault or a bug, 2 the user has to change something, 130 interrupted. */
const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Runs one command on the process's own streams. Returns the exit code; never throws. */
export async function main(args: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // A reader such as `head` that leaves early is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
  });
  try {
    return await run(args, {
      environment: process.env,
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      signal: interrupt.signal,
    });
  } finally {
    process.removeListener('SIGINT', onSignal);
    process.removeListener('SIGTERM', onSignal);
  }
}

/** Runs one command on any streams. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const program = createProgram(io);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    return explain(error, io, args.includes('--debug') ? 'with_stack' : 'sentence');
  }
}

function createProgram(io: Io): Command {
  const program = new Command('swarmledger')
    .description('The flight recorder for swarms of AI agents.')
    .option('--data <folder>', "the hub's data folder", io.environment['SWARMLEDGER_DATA'] ?? '.swarmledger')
    .option('--json', 'data instead of text, where there is data')
    .option('--debug', 'show where an error came from')
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    })
    .showHelpAfterError('(see --help)')
    .exitOverride();
  const registers = [
    registerUp,
    registerDemo,
    registerImport,
    registerSql,
    registerHistory,
    registerDiff,
    registerTimeline,
    registerRestore,
    registerBranches,
    registerConflicts,
    registerExportGit,
    registerDlq,
    registerFeed,
    registerJob,
    registerLedger,
    registerSync,
    registerTenant,
    registerQuota,
    registerKeys,
    registerDoctor,
  ];
  for (const register of registers) register(program, io);
  inheritSettings(program);
  return program;
}

/** Global options may also stand behind the command, where people put them. */
function inheritSettings(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command).exitOverride();
    if (child.commands.length === 0) {
      child
        .option('--data <folder>', "the hub's data folder")
        .option('--json', 'data instead of text, where there is data')
        .option('--debug', 'show where an error came from');
    }
    inheritSettings(child);
  }
}

/** One sentence on stderr; a stack trace only for `--debug`. */
function explain(error: unknown, io: Io, detail: 'sentence' | 'with_stack'): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (io.signal.aborted && error instanceof Error && error.name === 'AbortError') {
    note(io, 'swarmledger: interrupted');
    return exitCodes.interrupted;
  }
  const isForUser = error instanceof PermanentError || error instanceof ProtocolError;
  const message = error instanceof Error ? error.message : String(error);
  // An error may quote what somebody else wrote: it must not talk to the terminal.
  note(io, `swarmledger: ${safeText(message, plainStyle)}`);
  if (detail === 'with_stack' && error instanceof Error) note(io, error.stack ?? '');
  if (!isForUser && !(error instanceof TransientError) && detail === 'sentence')
    note(io, 'This looks like a bug of ours: run it again with --debug and tell us.');
  return isForUser ? exitCodes.usage : exitCodes.failed;
}
