import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '@swarmledger/runtime';
import type { FuzzTarget } from './target.ts';

const removal = { recursive: true, force: true, maxRetries: 5 } as const;

/** A folder that is removed with the scope. */
export async function openFolder(scope: Scope): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmledger-fuzz-'));
  scope.defer('folder', () => rm(folder, removal));
  return folder;
}

/** Reads each input as a SQLite file of its own, which is removed afterwards with all that was laid beside it. */
export function onCopies(folder: string, read: (file: string) => Promise<void>): FuzzTarget['run'] {
  return async (input) => {
    const own = await mkdtemp(join(folder, 'copy-'));
    try {
      const file = join(own, 'copy.sqlite');
      await writeFile(file, input);
      await read(file);
    } finally {
      await rm(own, removal);
    }
  };
}
