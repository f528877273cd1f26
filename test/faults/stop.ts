import { constants } from 'node:os';
import { errorMessage } from '@swarmledger/runtime';

/** Everything is killed and removed within seconds; a clean-up that hangs must not make Ctrl-C useless. */
const cleanUpMs = 60_000;

/** As shells have it for a process that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/**
 * Runs a program to its end, which is its exit code, or until SIGINT or SIGTERM: then `stop` fires, and `body` rejects when it has
 * cleaned up, with the reason of `stop` if nothing else went wrong.
 */
export async function runProgram(body: (stop: AbortSignal) => Promise<number>): Promise<void> {
  const stop = new AbortController();
  let end: (outcome: string) => void = () => undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group, and who started us hands it on: the second one must not cut the clean-up off.
      if (stop.signal.aborted) return;
      end = (outcome) => {
        process.stdout.write(`stopped by ${signal}: ${outcome}\n`);
        // What was under way is not waited for: it finds nothing any more.
        process.exit(exitCodeOf(signal));
      };
      setTimeout(() => end(`the clean-up took more than ${cleanUpMs} ms`), cleanUpMs);
      stop.abort();
    });
  }
  try {
    process.exitCode = await body(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    const isClean = error === stop.signal.reason;
    end(isClean ? 'everything that was started is ended' : `the clean-up failed: ${errorMessage(error)}`);
  }
}

/** Rejects with the reason as soon as `stop` fires; the work itself goes on. */
export async function untilStopped<T>(stop: AbortSignal, work: () => Promise<T>): Promise<T> {
  stop.throwIfAborted();
  let onStop = (): void => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    onStop = () => reject(stop.reason as Error);
  });
  stop.addEventListener('abort', onStop);
  try {
    return await Promise.race([work(), stopped]);
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}
