import { execFile } from 'node:child_process';
import { open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { explainFileError } from './errors.ts';
import { TaskPool } from './task-pool.ts';

/**
 * A tree of more paths is flushed with its whole file system: to flush a new file alone is a commit of the file system's journal, and
 * a tree would wait for thousands of them.
 */
const flushedSinglyMax = 16;
/** Node has four threads that wait for a disk; more than eight files at once gain nothing. */
const flushedAtOnce = 8;
const run = promisify(execFile);

/** Makes everything in a folder last, names and bytes: when it resolves they are on the disk. @throws PermanentError with a ReplayCode; AbortError */
export async function flushTree(root: string, signal?: AbortSignal): Promise<void> {
  const few: string[] = [];
  for await (const path of listPaths(root)) {
    few.push(path);
    if (few.length > flushedSinglyMax) break;
  }
  if (few.length > flushedSinglyMax && (await flushFileSystem(root, signal))) return;
  const pool = new TaskPool(flushedAtOnce);
  for await (const path of listPaths(root)) {
    await pool.run(async () => {
      signal?.throwIfAborted();
      await flushPath(path);
    });
  }
  await pool.drain();
}

/** Makes the bytes of a file, or the names in a folder, last. Windows has no such call for folders and needs none. */
export async function flushPath(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw explainFileError(error, `flush ${path}`);
  }
}

/** Files and folders, each folder behind what is in it. Links are names in their folder, no more. */
async function* listPaths(folder: string): AsyncGenerator<string> {
  for await (const item of await opendir(folder)) {
    const path = join(folder, item.name);
    if (item.isDirectory()) yield* listPaths(path);
    else if (item.isFile()) yield path;
  }
  yield folder;
}

/**
 * syncfs(2), for which Node has no call, through the command of coreutils and busybox. False: it is not here, or it failed; what is
 * flushed file by file then says why.
 */
async function flushFileSystem(root: string, signal: AbortSignal | undefined): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    await run('sync', ['-f', root], { signal });
    return true;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}
