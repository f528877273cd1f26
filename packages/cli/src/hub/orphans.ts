import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, sleep } from '@swarmledger/runtime';

const stopMs = 10_000;

/**
 * Ends a nats-server that a killed hub left behind: it cannot notice that its parent is gone. Only a process that runs on this very
 * data folder's configuration is touched.
 */
export async function stopOrphanedServer(natsDir: string): Promise<void> {
  const pid = Number((await readFile(join(natsDir, 'nats-server.pid'), 'utf8').catch(() => '')).trim());
  const configFile = join(natsDir, 'nats-server.conf');
  if (!isRunning(pid, configFile)) return;
  process.kill(pid, 'SIGTERM');
  const deadlineMs = performance.now() + stopMs;
  while (isRunning(pid, configFile) && performance.now() < deadlineMs) await sleep(20);
}
