import { Option, type Command } from 'commander';
import { openSyncer, type Syncer } from '@swarmledger/outbox';
import { createLogger, PermanentError, TransientError, withScope } from '@swarmledger/runtime';
import { note, writeJson, writeLine, type Io } from '../output/io.ts';
import { readOptions, wholeNumber } from './shared.ts';
import { openOutboxFile, openUplinkFor, readPolicy, type SyncOptions } from '../sync/open.ts';
import { registerParked } from '../sync/parked.ts';
import { describeStatus, readStatus } from '../sync/status.ts';

interface OnceOptions extends SyncOptions {
  readonly timeout: number;
}

export function registerSync(program: Command, io: Io): void {
  const group = program
    .command('sync')
    .description('the outbox of this machine: send it, look at it, decide about what was refused');
  const withOutbox = (command: Command): Command =>
    command.addOption(
      new Option('--outbox <file>', 'the outbox (default: outbox.sqlite in the data folder)').env('SWARMLEDGER_OUTBOX'),
    );
  const withUplink = (command: Command): Command =>
    withOutbox(command)
      .option('--direct', "write to the ledger itself, not to the hub's bus")
      .option('--rate <bytes>', 'send at most so many bytes a second', wholeNumber(1))
      .option('--daily <bytes>', 'send at most so many bytes a day (UTC)', wholeNumber(1))
      .option('--no-compress', 'send as it is');

  withUplink(group.command('run'))
    .description('send what is there and what comes, until Ctrl-C; it needs no hub to start')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<SyncOptions>(command);
      await withSyncer(io, options, async (syncer) => {
        note(io, `Syncing ${options.outbox ?? 'the outbox'}; Ctrl-C stops.`);
        const stopped = new Promise<void>((resolve) => {
          if (io.signal.aborted) resolve();
          io.signal.addEventListener('abort', () => resolve(), { once: true });
        });
        await Promise.race([stopped, syncer.finished]);
      });
    });

  withUplink(group.command('once'))
    .description('send what is there, then stop')
    .option('--timeout <seconds>', 'give up after', wholeNumber(1), 60)
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<OnceOptions>(command);
      const committed = await withSyncer(io, options, async (syncer) => {
        await drainOnce(syncer, io, options.timeout);
        return syncer.status().committedEvents;
      });
      if (options.json) writeJson(io, { committed });
      else writeLine(io, `${committed} event${committed === 1 ? '' : 's'} committed.`);
    });

  withOutbox(group.command('status'))
    .description('what waits, since when, and why')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<SyncOptions>(command);
      const status = await withScope(async (scope) =>
        readStatus(scope.own('outbox', await openOutboxFile(options, 'existing'))),
      );
      if (options.json) writeJson(io, status);
      else writeLine(io, describeStatus(status));
    });

  registerParked(group, io, withOutbox);
}

async function withSyncer<T>(io: Io, options: SyncOptions, body: (syncer: Syncer) => Promise<T>): Promise<T> {
  const log = createLogger({
    level: options.debug ? 'debug' : 'warn',
    service: 'sync',
    write: (line) => void io.stderr.write(line),
  });
  return withScope(async (scope) => {
    const outbox = scope.own('outbox', await openOutboxFile(options, 'new'));
    const uplink = scope.own('uplink', openUplinkFor(options, io.environment, log));
    const syncer = await openSyncer({ outbox, uplink, policy: readPolicy(options), whenLocked: 'fail', log });
    return body(scope.own('syncer', syncer));
  });
}

/** @throws TransientError not_synced with what is in the way */
async function drainOnce(syncer: Syncer, io: Io, timeoutSeconds: number): Promise<void> {
  const late = AbortSignal.timeout(timeoutSeconds * 1_000);
  const onInterrupt = new AbortController();
  io.signal.addEventListener('abort', () => onInterrupt.abort(io.signal.reason), { once: true });
  try {
    const outcome = await syncer.drain({ signal: AbortSignal.any([late, onInterrupt.signal]) });
    if (outcome.kind === 'empty') return;
    const why = outcome.problem?.message ?? syncer.status().state;
    throw new TransientError('not_synced', `not everything could be sent: ${why}. It stays in the outbox`);
  } catch (error) {
    if (!late.aborted || error instanceof PermanentError) throw error;
    const { state, lastError } = syncer.status();
    const why = lastError === undefined ? '' : `: ${lastError.message}`;
    throw new TransientError('not_synced', `not everything was committed within ${timeoutSeconds} s (${state}${why})`);
  }
}
