import { fork, type ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort, sleep, stopChild, TransientError, type Environment } from '@swarmledger/runtime';

export interface IngestorProcess {
  readonly pid: number;
  readonly healthUrl: string;
  readonly exited: Promise<void>;
  close(): Promise<void>;
}

/** A little more than the ingestor's own drain. */
const stopMs = 12_000;
const readyMs = 60_000;
const pollMs = 50;

/** The ingestor's own program, with its log in a file. It ends with this process: it hears when its parent is gone. */
export async function startIngestor(environment: Environment, logFile: string): Promise<IngestorProcess> {
  const healthPort = await findFreePort();
  const program = join(dirname(fileURLToPath(import.meta.resolve('@swarmledger/ingestor'))), 'main.js');
  const log = await open(logFile, 'a');
  let child: ChildProcess;
  try {
    child = fork(program, [], {
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      detached: true,
      env: { ...environment, SWARMLEDGER_HEALTH_PORT: String(healthPort) },
    });
  } finally {
    await log.close();
  }
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    pid: child.pid ?? 0,
    healthUrl: `http://127.0.0.1:${healthPort}`,
    exited,
    close: () => stopChild(child, stopMs),
  };
}

/** @throws TransientError ingestor_not_ready with what it waits for */
export async function waitUntilReady(ingestor: IngestorProcess, logFile: string): Promise<void> {
  const deadlineMs = performance.now() + readyMs;
  let reason = 'it does not answer';
  let hasExited = false;
  void ingestor.exited.then(() => (hasExited = true));
  while (performance.now() < deadlineMs && !hasExited) {
    try {
      const response = await fetch(`${ingestor.healthUrl}/readyz`, { signal: AbortSignal.timeout(2_000) });
      reason = (await response.text()).trim();
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    await sleep(pollMs);
  }
  const why = hasExited ? 'it ended' : reason;
  throw new TransientError('ingestor_not_ready', `the ingestor is not ready: ${why}. Its log: ${logFile}`);
}
