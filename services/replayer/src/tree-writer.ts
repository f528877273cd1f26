import { mkdirSync } from 'node:fs';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ProjectHistory, TreeEntry } from '@swarmledger/ledger';
import { errorCode } from '@swarmledger/runtime';
import { readVerified, readVerifiedTogether, readWhole } from './content.ts';
import { explainFileError, replayError } from './errors.ts';
import { writeNewFile, writeSmallNewFile } from './write-new-file.ts';
import { fileKind } from './git-modes.ts';
import { checkSymlink, symlinkBytesMax, type LinkPolicy } from './symlink-target.ts';

/** Read together with others, so that a read costs little for each; one piece of the ledger's content store. Bytes. */
const smallBytesMax = 64 * 1024;

/** The umask may take bits away, as it does for `git checkout`. */
const createModes = { regular: 0o644, executable: 0o755 } as const;

/**
 * Writes entries below a root that nobody else writes to. Every name is made new, and making one that is there fails: so a
 * file system that takes two names for one is found out, and no name can be followed as a link.
 */
export class TreeWriter {
  readonly #history: ProjectHistory;
  readonly #root: string;
  readonly #links: LinkPolicy;
  readonly #openFolders: string[] = [];

  constructor(history: ProjectHistory, root: string, links: LinkPolicy) {
    this.#history = history;
    this.#root = root;
    this.#links = links;
  }

  /** Makes the folders above a path. To be called in path order, one path at a time. */
  async makeFolders(path: string): Promise<void> {
    while (this.#openFolders.length > 0 && !path.startsWith(this.#openFolders.at(-1) ?? '')) this.#openFolders.pop();
    const made = this.#openFolders.at(-1) ?? '';
    for (let end = path.indexOf('/', made.length); end >= 0; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end);
      await this.#create(folder, (name) => mkdirSync(name));
      this.#openFolders.push(`${folder}/`);
    }
  }

  /** The content can be read together with others: see `writeSmall`. */
  isSmall({ mode, bytes }: TreeEntry): boolean {
    const kind = fileKind(mode);
    return (kind === 'regular' || kind === 'executable') && bytes <= smallBytesMax;
  }

  /** Writes small files, whose folders are made, with one read for all of them. `onWritten` is called after each. */
  async writeSmall(
    entries: readonly TreeEntry[],
    onWritten: (entry: TreeEntry) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const contents = await readVerifiedTogether(this.#history, entries, { signal });
    for (const [index, entry] of entries.entries()) {
      signal.throwIfAborted();
      const mode = createModes[fileKind(entry.mode) === 'executable' ? 'executable' : 'regular'];
      const content = contents[index] ?? Buffer.alloc(0);
      await this.#create(entry.path, (name) => writeSmallNewFile(name, mode, content));
      onWritten(entry);
    }
  }

  /** Writes one entry whose folders are made. */
  async write(entry: TreeEntry, signal: AbortSignal): Promise<void> {
    const kind = fileKind(entry.mode);
    switch (kind) {
      case 'regular':
      case 'executable':
        return this.#create(entry.path, (name) =>
          writeNewFile(name, createModes[kind], readVerified(this.#history, entry, { signal })),
        );
      case 'symlink': {
        const target = await readSymlink(this.#history, entry, this.#links, signal);
        return this.#create(entry.path, (name) => symlink(target, name));
      }
      case 'gitlink':
        // A submodule's content is elsewhere; git checkout leaves an empty folder in its place.
        return this.#create(entry.path, (name) => mkdir(name));
      default:
        return kind satisfies never;
    }
  }

  async #create(path: string, make: (name: string) => Promise<void> | void): Promise<void> {
    try {
      await make(join(this.#root, path));
    } catch (error) {
      if (errorCode(error) === 'EEXIST') throw await this.#explainCollision(path, error);
      throw explainFileError(error, `write ${JSON.stringify(path)}`);
    }
  }

  async #explainCollision(path: string, cause: unknown): Promise<Error> {
    const siblings = await readdir(dirname(join(this.#root, path))).catch(() => []);
    const other = siblings.find((name) => fold(name) === fold(basename(path))) ?? basename(path);
    const names = `${JSON.stringify(join(dirname(path), other))} and ${JSON.stringify(path)}`;
    return replayError(
      'path_collision',
      `this file system takes ${names} for one name; restore to another one or leave one out with --path '!…'`,
      { cause },
    );
  }
}

/** @throws PermanentError invalid_symlink, symlink_escapes, content_missing, content_corrupt */
export async function readSymlink(
  history: ProjectHistory,
  entry: TreeEntry,
  links: LinkPolicy,
  signal: AbortSignal,
): Promise<Buffer> {
  if (entry.bytes > symlinkBytesMax) {
    throw replayError('invalid_symlink', `symlink ${JSON.stringify(entry.path)} has a target of ${entry.bytes} bytes`);
  }
  const target = await readWhole(history, entry, { signal });
  checkSymlink(entry.path, target, links);
  return target;
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
