import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether a process runs whose command line has `marker` in it. A pid alone proves nothing: after a restart, of a container most of
 * all, somebody else has it.
 */
export function isRunning(pid: number, marker: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 1) return false;
  const commandLine = readCommandLine(pid) ?? '';
  // A process that has ended and that nobody has waited for is still listed, without a command line.
  return commandLine !== '' && commandLine.includes(marker);
}

function readCommandLine(pid: number): string | undefined {
  try {
    // Linux, without starting a process.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}
