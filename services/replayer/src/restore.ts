import type { ProjectHistory, TreeEntry } from '@swarmledger/ledger';
import type { Version } from '@swarmledger/protocol';
import type { Logger } from '@swarmledger/runtime';
import { fileKind } from './git-modes.ts';
import type { Moment } from './moment.ts';
import { checkTarget } from './restore-target.ts';
import { flushTree } from './flush-tree.ts';
import { openStaging } from './staging.ts';
import type { LinkPolicy } from './symlink-target.ts';
import { TaskPool } from './task-pool.ts';
import { listTree } from './tree.ts';
import { TreeCheck } from './tree-check.ts';
import { readSymlink, TreeWriter } from './tree-writer.ts';

/** Small files whose contents are read together: enough to make the read cheap, few enough that a group's contents are little to hold. */
const groupFilesMax = 64;
const groupBytesMax = 512 * 1024;
/** Files written side by side. Each holds one page of content (<= 1 MiB), or one group of small ones, and one open file. */
const filesAtOnce = 8;

export interface RestoreRequest {
  readonly moment: Moment;
  /** Made, with the folders above it, unless it exists. */
  readonly directory: string;
  /** See `createPathFilter`. */
  readonly paths?: readonly string[];
  /** What to do with a folder that is there and not empty: `refuse` by default. */
  readonly existing?: 'refuse' | 'replace';
  /** `inside_only` by default. */
  readonly links?: LinkPolicy;
  /** Folders that a replacement must not take away. */
  readonly protect?: readonly string[];
  /** Checks all but the contents of files, and writes nothing. */
  readonly dryRun?: boolean;
}

export interface RestoreOptions {
  readonly signal?: AbortSignal;
  /** Called after each path. */
  readonly onProgress?: (progress: RestoreProgress) => void;
  readonly log?: Logger;
}

export interface RestoreProgress {
  readonly path: string;
  /** Paths so far, of every kind. */
  readonly paths: number;
  readonly bytes: number;
}

export interface RestoreSummary {
  /** Regular files, executable ones included. */
  readonly files: number;
  readonly symlinks: number;
  /** Gitlinks, restored as empty folders. */
  readonly submodules: number;
  /** Content bytes of files and symlinks. */
  readonly bytes: number;
  readonly version: Version;
  /** Absolute. */
  readonly directory: string;
}

/**
 * Puts a project's files, as they were at a moment, into a folder: exact bytes, executable bits, links and set of files. The
 * folder appears whole, in one rename, after everything in it has been flushed to the disk; whatever goes wrong before leaves
 * the target as it was and nothing beside it. Nothing is executed and nothing written outside of the folder.
 *
 * @throws PermanentError with a ReplayCode; AbortError
 */
export async function restore(
  history: ProjectHistory,
  request: RestoreRequest,
  options: RestoreOptions = {},
): Promise<RestoreSummary> {
  options.signal?.throwIfAborted();
  const rules = {
    existing: request.existing ?? 'refuse',
    protect: request.protect ?? [],
    makeParents: !request.dryRun,
  };
  const target = await checkTarget(request.directory, rules);
  const counts = new Counts(options.onProgress);
  if (request.dryRun === true) {
    await checkTree(history, request, { counts, ...options });
  } else {
    const staging = await openStaging(target, rules, options.log);
    try {
      await writeTree(history, request, { root: staging.directory, counts, ...options });
      options.signal?.throwIfAborted();
      await staging.publish();
    } finally {
      await staging.discard();
    }
  }
  return { ...counts.read(), version: request.moment.version, directory: target.path };
}

async function writeTree(
  history: ProjectHistory,
  request: RestoreRequest,
  run: RestoreOptions & { readonly root: string; readonly counts: Counts },
): Promise<void> {
  const failed = new AbortController();
  const signal = run.signal === undefined ? failed.signal : AbortSignal.any([run.signal, failed.signal]);
  const writer = new TreeWriter(history, run.root, request.links ?? 'inside_only');
  const check = new TreeCheck();
  const pool = new TaskPool(filesAtOnce, () => failed.abort());
  try {
    let group: TreeEntry[] = [];
    let bytes = 0;
    const writeGroup = async (): Promise<void> => {
      const entries = group;
      group = [];
      bytes = 0;
      if (entries.length === 0) return;
      await pool.run(() => writer.writeSmall(entries, (entry) => run.counts.add(entry), signal));
    };
    for await (const entry of listTree(history, request.moment, { ...pick(request), signal })) {
      check.check(entry.path);
      await writer.makeFolders(entry.path);
      if (writer.isSmall(entry)) {
        group.push(entry);
        bytes += entry.bytes;
        if (group.length >= groupFilesMax || bytes >= groupBytesMax) await writeGroup();
        continue;
      }
      await pool.run(async () => {
        signal.throwIfAborted();
        await writer.write(entry, signal);
        run.counts.add(entry);
      });
    }
    await writeGroup();
    await pool.drain();
    await flushTree(run.root, signal);
  } catch (error) {
    // When a write failed, the read of the tree was ended for its sake: the write's own error is the one to tell.
    const first = pool.failure ?? error;
    failed.abort();
    await pool.settle();
    throw first;
  }
}

async function checkTree(
  history: ProjectHistory,
  request: RestoreRequest,
  run: RestoreOptions & { readonly counts: Counts },
): Promise<void> {
  const signal = run.signal ?? new AbortController().signal;
  const check = new TreeCheck();
  for await (const entry of listTree(history, request.moment, { ...pick(request), signal })) {
    check.check(entry.path);
    if (fileKind(entry.mode) === 'symlink') {
      await readSymlink(history, entry, request.links ?? 'inside_only', signal);
    }
    run.counts.add(entry);
  }
}

function pick(request: RestoreRequest): { readonly paths?: readonly string[] } {
  return request.paths === undefined ? {} : { paths: request.paths };
}

class Counts {
  readonly #counts = { files: 0, symlinks: 0, submodules: 0, bytes: 0 };
  readonly #onProgress: RestoreOptions['onProgress'];

  constructor(onProgress: RestoreOptions['onProgress']) {
    this.#onProgress = onProgress;
  }

  add(entry: TreeEntry): void {
    const counts = this.#counts;
    const kind = fileKind(entry.mode);
    if (kind === 'gitlink') counts.submodules += 1;
    else {
      if (kind === 'symlink') counts.symlinks += 1;
      else counts.files += 1;
      counts.bytes += entry.bytes;
    }
    const paths = counts.files + counts.symlinks + counts.submodules;
    this.#onProgress?.({ path: entry.path, paths, bytes: counts.bytes });
  }

  read(): Readonly<{ files: number; symlinks: number; submodules: number; bytes: number }> {
    return { ...this.#counts };
  }
}
