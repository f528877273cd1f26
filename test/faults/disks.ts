import { spawnSync } from 'node:child_process';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@swarmledger/runtime';

/** A disk that can be filled up. */
export interface Disk {
  readonly folder: string;
  /** Writes until there is no byte left. */
  fill(): Promise<void>;
  empty(): Promise<void>;
  close(): void;
}

const ballastStepBytes = 1_048_576;

/** A file system in memory, so small that filling it is quick. Undefined where mounting is not allowed. */
export async function mountDisk(folder: string, megabytes: number): Promise<Disk | undefined> {
  await mkdir(folder, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', folder]);
  if (mounted.status !== 0) return undefined;
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: async () => {
      const { bavail, bsize } = await statfs(folder);
      await writeUntilFull(`${ballast}.large`, bavail * bsize);
      // What is left is less than one large piece.
      await writeUntilFull(`${ballast}.small`, ballastStepBytes);
    },
    empty: async () => {
      for (const name of ['large', 'small']) await rm(`${ballast}.${name}`, { force: true });
    },
    close: () => void spawnSync('umount', ['-l', folder]),
  };
}

async function writeUntilFull(file: string, bytes: number): Promise<void> {
  const piece = Buffer.alloc(ballastStepBytes);
  for (let written = 0; written < bytes; written += piece.length) {
    try {
      await writeFile(file, piece, { flag: 'a' });
    } catch (error) {
      if (errorCode(error) !== 'ENOSPC') throw error;
      return;
    }
  }
}
