import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** What stands in a folder, comparable: `mode content` by path; empty folders are `folder`. */
export async function readFolder(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = async (folder: string): Promise<void> => {
    const names = await readdir(join(root, folder));
    if (names.length === 0 && folder !== '') found[folder] = 'folder';
    for (const name of names) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const stats = await lstat(join(root, path));
      if (stats.isDirectory()) await visit(path);
      else if (stats.isSymbolicLink()) found[path] = `-> ${await readlink(join(root, path))}`;
      else found[path] = describeFile(stats.mode & 0o777, await readFile(join(root, path)));
    }
  };
  await visit('');
  return found;
}

/** Short contents as they are, long ones by their hash. */
export function describeFile(mode: number, content: string | Uint8Array): string {
  const bytes = Buffer.from(content);
  const shown = bytes.length <= 100 ? bytes.toString('latin1') : createHash('sha256').update(bytes).digest('hex');
  return `${mode.toString(8)} ${shown}`;
}
