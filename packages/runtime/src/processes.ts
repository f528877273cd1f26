import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether a process runs whose command line has `marker` in it. A pid alone proves nothing: after a restart, of a container most of
 * all, somebody else has it.
 */
export function isRunning(pid: number, marker: string): boolean {
  return Number.isSafeInteger(pid) && pid > 1 && (readCommandLine(pid)?.includes(marker) ?? false);
}

function readCommandLine(pid: number): string | undefined {
  try {
    // Linux, without starting a process; a zombie has none.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}
