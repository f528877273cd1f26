import type { ProjectHistory, TreeEntry } from '@swarmledger/ledger';
import { fileModes, type BranchName, type ProjectPath, type Version } from '@swarmledger/protocol';
import { readVerified, readWhole } from '../content.ts';
import { replayError } from '../errors.ts';
import { formatMode } from '../git-modes.ts';
import { comparePaths } from '../path-order.ts';
import { TreeCheck } from '../tree-check.ts';
import type { ChangeRun } from './change-runs.ts';
import { commitMessage, commitPeople } from './commit-text.ts';
import { quotePath, type FastImport } from './fast-import.ts';

/** Paths that are read, asked about and written together; git's answers to one window fit any pipe. */
const windowPaths = 128;
/** Folders that are known to be folders, about 100 bytes each. */
const knownFoldersMax = 100_000;
const gitlinkBytesMax = 64;

export interface CommitPlace {
  readonly branch: BranchName;
  readonly ref: string;
  /** Marks, from 1, of the commit and of the one before. */
  readonly mark: number;
  readonly parent: number | undefined;
}

export interface CommitCounts {
  readonly files: number;
  readonly bytes: number;
}

/** Writes runs as commits. The tree of each is what the ledger says that the paths are after the run's last event. */
export class CommitWriter {
  readonly #history: ProjectHistory;
  readonly #git: FastImport;
  readonly #signal: AbortSignal | undefined;
  #folders = new Set<string>();
  #foldersRef = '';

  constructor(history: ProjectHistory, git: FastImport, signal: AbortSignal | undefined) {
    this.#history = history;
    this.#git = git;
    this.#signal = signal;
  }

  /** @throws PermanentError path_collision, invalid_submodule, content_missing, content_corrupt, git_failed, disk_full */
  async write(run: ChangeRun, place: CommitPlace): Promise<CommitCounts> {
    // Another branch has other folders.
    if (this.#foldersRef !== place.ref) this.#folders = new Set();
    this.#foldersRef = place.ref;
    await this.#begin(run, place);
    const { gone, present } = await this.#readStates(run, place.branch);
    for (const paths of windows(gone)) await this.#delete(paths);
    const check = new TreeCheck('linux');
    let bytes = 0;
    for (const entries of windows(present)) {
      for (const { path } of entries) check.check(path);
      await this.#refuseCollisions(entries, run.last.version);
      for (const entry of entries) {
        await this.#put(entry);
        bytes += entry.bytes;
      }
    }
    await this.#git.write('\n');
    return { files: present.length, bytes };
  }

  async #begin(run: ChangeRun, { ref, mark, parent }: CommitPlace): Promise<void> {
    const { author, committer } = commitPeople(run);
    const message = Buffer.from(commitMessage(run));
    const from = parent === undefined ? '' : `from :${parent}\n`;
    await this.#git.write(`commit ${ref}\nmark :${mark}\nauthor ${author}\ncommitter ${committer}\n`);
    await this.#git.write(Buffer.concat([Buffer.from(`data ${message.length}\n`), message, Buffer.from(`\n${from}`)]));
  }

  async #readStates(
    run: ChangeRun,
    branch: BranchName,
  ): Promise<{ readonly gone: readonly ProjectPath[]; readonly present: readonly TreeEntry[] }> {
    const options = this.#signal === undefined ? {} : { signal: this.#signal };
    const gone: ProjectPath[] = [];
    const present: TreeEntry[] = [];
    for (const paths of windows([...run.paths].sort(comparePaths))) {
      const states = await Promise.all(
        paths.map((path) => this.#history.pathState(branch, path, run.last.version, options)),
      );
      for (const [index, path] of paths.entries()) {
        const state = states[index];
        if (state === undefined) gone.push(path);
        else present.push(state);
      }
    }
    return { gone, present };
  }

  /** Git's `D` removes whole folders: a path that was deleted, and never was a file, must not take what is below it along. */
  async #delete(paths: readonly ProjectPath[]): Promise<void> {
    const kinds = await this.#git.look(paths);
    const files = paths.filter((_, index) => kinds[index] === 'file');
    await this.#git.write(files.map((path) => `D ${quotePath(path)}\n`).join(''));
  }

  /** Git would silently drop the one for the other, and restore refuses such a tree too. */
  async #refuseCollisions(entries: readonly TreeEntry[], version: Version): Promise<void> {
    const above = [...new Set(entries.flatMap(({ path }) => foldersOf(path)))].filter(
      (path) => !this.#folders.has(path),
    );
    const paths = entries.map(({ path }) => path);
    const kinds = await this.#git.look([...paths, ...above]);
    for (const [index, path] of [...paths, ...above].entries()) {
      const wrong = index < paths.length ? 'folder' : 'file';
      if (kinds[index] !== wrong) continue;
      throw replayError(
        'path_collision',
        `at version ${version} ${JSON.stringify(path)} is both a file and a folder, which no Git tree can have`,
      );
    }
    if (this.#folders.size + above.length > knownFoldersMax) this.#folders.clear();
    for (const folder of above) this.#folders.add(folder);
    for (const path of paths) this.#folders.delete(path);
  }

  async #put(entry: TreeEntry): Promise<void> {
    this.#signal?.throwIfAborted();
    const options = this.#signal === undefined ? {} : { signal: this.#signal };
    const path = quotePath(entry.path);
    if (entry.mode === fileModes.gitlink) {
      const id =
        entry.bytes > gitlinkBytesMax ? '' : (await readWhole(this.#history, entry, options)).toString('latin1');
      if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(id) || /^0+$/.test(id)) {
        throw replayError('invalid_submodule', `submodule ${path} has no commit id for content`);
      }
      return this.#git.write(`M ${formatMode(entry.mode)} ${id} ${path}\n`);
    }
    await this.#git.write(`M ${formatMode(entry.mode)} inline ${path}\ndata ${entry.bytes}\n`);
    for await (const piece of readVerified(this.#history, entry, options)) await this.#git.write(piece);
    await this.#git.write('\n');
  }
}

function foldersOf(path: string): readonly string[] {
  const folders: string[] = [];
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) folders.push(path.slice(0, end));
  return folders;
}

function* windows<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += windowPaths) yield items.slice(start, start + windowPaths);
}
