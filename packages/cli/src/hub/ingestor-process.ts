import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort, sleep, TransientError, type Environment } from '@swarmledger/runtime';
import { startProgram, type ProgramProcess } from './program.ts';

export interface IngestorProcess extends ProgramProcess {
  readonly healthUrl: string;
}

const readyMs = 60_000;
const pollMs = 50;

/** The ingestor's own program, with its log in a file. It ends with this process: it hears when its parent is gone. */
export async function startIngestor(environment: Environment, logFile: string): Promise<IngestorProcess> {
  const healthPort = await findFreePort();
  const program = join(dirname(fileURLToPath(import.meta.resolve('@swarmledger/ingestor'))), 'main.js');
  const env = { ...environment, SWARMLEDGER_HEALTH_PORT: String(healthPort) };
  const child = await startProgram(program, env, logFile);
  return { ...child, healthUrl: `http://127.0.0.1:${healthPort}` };
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
