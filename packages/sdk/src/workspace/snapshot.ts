import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileModes, limits } from '@swarmledger/protocol';
import { errorCode, PermanentError } from '@swarmledger/runtime';

/** One file of a folder, as Git sees it. */
export interface FileState {
  readonly mode: keyof typeof fileModes;
  /** Of the content, or of a symlink's target: lower-case hex. */
  readonly sha256: string;
  /** Changes whenever the file was written: while it is the same, the content is not read again. */
  readonly stamp: string;
}

export type Snapshot = ReadonlyMap<string, FileState>;

export interface SnapshotOptions {
  /** Names of files and folders that are left out wherever they stand. */
  readonly ignore: ReadonlySet<string>;
  /** More is a mistake: somebody watches a home folder. */
  readonly filesMax: number;
}

export interface FileContent {
  readonly mode: keyof typeof fileModes;
  readonly content: Buffer;
  readonly sha256: string;
}

/**
 * Hashes of every file below a folder; links are not followed. Files above the ledger's content limit are left out.
 *
 * @param before files whose stamp has not changed are not read again
 * @throws PermanentError too_many_files
 */
export async function takeSnapshot(folder: string, options: SnapshotOptions, before?: Snapshot): Promise<Snapshot> {
  const files = new Map<string, FileState>();
  const walk = async (relative: string): Promise<void> => {
    const entries = await readdir(join(folder, relative), { withFileTypes: true }).catch(ignoreGone([]));
    for (const entry of entries) {
      if (options.ignore.has(entry.name)) continue;
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) {
        await walk(path);
        continue;
      }
      const state = await readState(folder, path, before?.get(path));
      if (state === undefined) continue;
      files.set(path, state);
      if (files.size > options.filesMax) {
        throw new PermanentError(
          'too_many_files',
          `${folder} has more than ${options.filesMax} files: watch a smaller one`,
        );
      }
    }
  };
  await walk('');
  return files;
}

/** Undefined: it is gone, or nothing that the ledger keeps. */
export async function readContent(folder: string, path: string): Promise<FileContent | undefined> {
  const file = join(folder, path);
  const stat = await lstat(file).catch(ignoreGone(undefined));
  if (stat === undefined || stat.size > limits.contentBytesMax) return undefined;
  if (!stat.isFile() && !stat.isSymbolicLink()) return undefined;
  const read = stat.isFile() ? readFile(file) : readlink(file, { encoding: 'buffer' });
  const content = await read.catch(ignoreGone(undefined));
  if (content === undefined) return undefined;
  const mode = stat.isSymbolicLink() ? 'symlink' : (stat.mode & 0o100) !== 0 ? 'executable' : 'regular';
  return { mode, content, sha256: createHash('sha256').update(content).digest('hex') };
}

async function readState(folder: string, path: string, before: FileState | undefined): Promise<FileState | undefined> {
  const stat = await lstat(join(folder, path), { bigint: true }).catch(ignoreGone(undefined));
  if (stat === undefined) return undefined;
  const stamp = `${stat.ino}/${stat.size}/${stat.mtimeNs}/${stat.ctimeNs}`;
  if (before?.stamp === stamp) return before;
  const content = await readContent(folder, path);
  return content === undefined ? undefined : { mode: content.mode, sha256: content.sha256, stamp };
}

/** Somebody works in the folder: a file may go between two looks at it. */
function ignoreGone<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return value;
    throw error;
  };
}
