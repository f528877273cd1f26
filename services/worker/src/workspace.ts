import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { ChangeInput } from '@swarmledger/sdk';

export type FileMode = 'regular' | 'executable' | 'symlink';

export interface FileState {
  readonly mode: FileMode;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Project-relative path, `/`-separated, to what is there. */
export type Snapshot = ReadonlyMap<string, FileState>;

/** What one job may leave behind. */
export const workspaceLimits = {
  files: 50_000,
  /** Of all changed files: they are held in memory until they are on the bus. */
  changedBytes: 256 * 1024 * 1024,
} as const;

/** Tools' own folders: nobody's work. */
const ignoredNames = new Set(['.git', 'node_modules']);

/** What is in a folder. Links are not followed. @throws PermanentError too_many_files */
export async function takeSnapshot(folder: string): Promise<Snapshot> {
  const files = new Map<string, FileState>();
  const waiting = [''];
  for (let relative = waiting.pop(); relative !== undefined; relative = waiting.pop()) {
    for (const entry of await readdir(join(folder, relative), { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (ignoredNames.has(entry.name)) continue;
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile() || entry.isSymbolicLink()) files.set(path, await readState(join(folder, path), entry));
      if (files.size > workspaceLimits.files) {
        throw new PermanentError('too_many_files', `the project has more than ${workspaceLimits.files} files`);
      }
    }
  }
  return files;
}

/** What an agent changed, as changes that can be recorded, in the order of paths. @throws PermanentError changes_too_large */
export async function readChanges(folder: string, before: Snapshot, after: Snapshot): Promise<readonly ChangeInput[]> {
  const changes: ChangeInput[] = [];
  let bytes = 0;
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const old = before.get(path);
    const now = after.get(path);
    if (old?.sha256 === now?.sha256 && old?.mode === now?.mode) continue;
    const base = old === undefined ? {} : { base: old.sha256 };
    if (now === undefined) {
      changes.push({ path, action: 'DELETE', ...base });
      continue;
    }
    bytes += now.bytes;
    if (now.bytes > limits.contentBytesMax || bytes > workspaceLimits.changedBytes) {
      throw new PermanentError('changes_too_large', `the changed files exceed what one job may change, at ${path}`);
    }
    const content = await readBytes(join(folder, path), now.mode);
    changes.push({ path, action: old === undefined ? 'CREATE' : 'UPDATE', mode: now.mode, content, ...base });
  }
  return changes;
}

async function readState(file: string, entry: Dirent): Promise<FileState> {
  const { mode } = await lstat(file);
  const kind: FileMode = entry.isSymbolicLink() ? 'symlink' : (mode & 0o100) === 0 ? 'regular' : 'executable';
  const content = await readBytes(file, kind);
  return { mode: kind, sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
}

async function readBytes(file: string, mode: FileMode): Promise<Uint8Array> {
  return mode === 'symlink' ? readlink(file, { encoding: 'buffer' }) : readFile(file);
}
