import { errorCode, errorMessage, PermanentError } from './errors.ts';
import type { Logger } from './log.ts';
import type { Closeable } from './scope.ts';

/** SIGTERM to exit, for everything that drains: Kubernetes kills after 30 s, we promise 10. */
export const shutdownDeadlineMs = 10_000;

export interface Service {
  /** Settles when the service has stopped by itself; rejects when it cannot go on. */
  readonly finished: Promise<void>;
  close(): Promise<void>;
}

/** The service, with something that is closed after it: telemetry, whose last words are about the drain. */
export function closingAfter(service: Service, last: Closeable): Service {
  return {
    finished: service.finished,
    close: async () => {
      try {
        await service.close();
      } finally {
        await last.close();
      }
    },
  };
}

/**
 * Runs one service until SIGTERM or SIGINT, or until the parent that forked it is gone (drain, exit 0) or until it fails (exit 1; 2 for what its owner must mend). A drain
 * that takes longer than `shutdownDeadlineMs` is cut: what was not acked will be delivered again.
 */
export async function runService(log: Logger, open: (signal: AbortSignal) => Promise<Service>): Promise<number> {
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const onSignal = (name: NodeJS.Signals): void => {
    log.info('stopping', { signal: name });
    stop.abort();
    setTimeout(() => {
      log.error('drain took too long, exiting', { deadline_ms: shutdownDeadlineMs });
      process.exit(1);
    }, shutdownDeadlineMs).unref();
  };
  // Started by another process of ours: without it there is nobody left who would stop this one.
  const onOrphaned = (): void => onSignal('SIGTERM');
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  process.once('disconnect', onOrphaned);
  try {
    const service = await open(stop.signal);
    try {
      await Promise.race([service.finished, stopped]);
    } finally {
      await service.close();
    }
    log.info('stopped');
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    log.error('service failed', { code: errorCode(error), reason: errorMessage(error) });
    return error instanceof PermanentError ? 2 : 1;
  } finally {
    process.removeListener('SIGTERM', onSignal);
    process.removeListener('SIGINT', onSignal);
    process.removeListener('disconnect', onOrphaned);
    // The channel to the parent would keep the process alive.
    if (process.connected) process.disconnect();
  }
}
