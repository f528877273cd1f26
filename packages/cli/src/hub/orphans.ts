import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '@swarmledger/runtime';
import { isAlive } from './hub-file.ts';

const stopMs = 10_000;

/**
 * Ends a nats-server that a killed hub left behind: it cannot notice that its parent is gone. Only a process that runs on this very
 * data folder's configuration is touched.
 */
export async function stopOrphanedServer(natsDir: string): Promise<void> {
  const text = await readFile(join(natsDir, 'nats-server.pid'), 'utf8').catch(() => '');
  const pid = Number(text.trim());
  if (!Number.isSafeInteger(pid) || pid <= 1 || !isAlive(pid)) return;
  const command = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  if (!command.includes(join(natsDir, 'nats-server.conf'))) return;
  process.kill(pid, 'SIGTERM');
  const deadlineMs = performance.now() + stopMs;
  while (isAlive(pid) && performance.now() < deadlineMs) await sleep(20);
}
