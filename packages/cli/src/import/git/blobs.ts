import { createHash } from 'node:crypto';
import { fileModes, limits } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { GitChange } from './changes.ts';
import { openGit, type GitContext, type GitProcess } from './git-process.ts';

/** Hashes of contents already read, so that a change's base needs no second reading; about 150 bytes each. */
const rememberedHashesMax = 100_000;
/** `<id> blob <bytes>`. */
const headerBytesMax = 256;

/** Asked ahead of reading: keeps git busy while we hash, in lines that fit any pipe. */
const requestWindow = 128;

/** A change with what it needs to become an event. */
export interface LoadedChange extends GitChange {
  /** SHA-256 of what the path had before. */
  readonly baseSha256?: Buffer;
  /** What it has after: bytes, a symlink's target, or a submodule's commit id as text. */
  readonly content?: Buffer;
}

/** Reads contents, one after the other, from one long-lived `git cat-file`. */
export class BlobReader {
  readonly #context: GitContext;
  readonly #git: GitProcess;
  readonly #hashesMax: number;
  readonly #hashes = new Map<string, Buffer>();

  private constructor(context: GitContext, git: GitProcess, hashesMax: number) {
    this.#context = context;
    this.#git = git;
    this.#hashesMax = hashesMax;
  }

  /** @param hashesMax hashes remembered; it changes how often a content is read, never what comes out */
  static async open(context: GitContext, hashesMax: number = rememberedHashesMax): Promise<BlobReader> {
    return new BlobReader(context, await openGit(context, ['cat-file', '--batch']), hashesMax);
  }

  /** The changes of one commit, in their order, one content in memory at a time. @throws PermanentError naming commit and path */
  async *load(commit: string, changes: readonly GitChange[]): AsyncGenerator<LoadedChange> {
    for (let start = 0; start < changes.length; start += requestWindow) {
      const window = changes.slice(start, start + requestWindow).map((change) => this.#plan(change));
      const lines = window.flatMap(({ reads }) => reads.map((id) => `${id}\n`)).join('');
      if (lines !== '') this.#git.send(lines);
      for (const { change, reads, knownBase } of window) {
        const contents: Buffer[] = [];
        for (const id of reads) contents.push(await this.#read(id, { commit, path: change.path }));
        yield describe(change, knownBase, contents);
      }
    }
  }

  #plan(change: GitChange): PlannedChange {
    const { before, after } = change;
    const knownBase = before === undefined ? undefined : this.#hashes.get(before.id);
    const reads: string[] = [];
    if (before !== undefined && before.mode !== fileModes.gitlink && knownBase === undefined) reads.push(before.id);
    if (after !== undefined && after.mode !== fileModes.gitlink) reads.push(after.id);
    return { change, reads, ...(knownBase === undefined ? {} : { knownBase }) };
  }

  /** Checks, without reading them, that all contents of a commit are there and within the limit. */
  async assertReadable(commit: string, changes: readonly GitChange[]): Promise<void> {
    const git = await openGit(this.#context, ['cat-file', '--batch-check']);
    const wanted = changes.flatMap(({ path, after }) =>
      after === undefined || after.mode === fileModes.gitlink ? [] : [{ path, id: after.id }],
    );
    try {
      for (let start = 0; start < wanted.length; start += requestWindow) {
        const window = wanted.slice(start, start + requestWindow);
        git.send(window.map(({ id }) => `${id}\n`).join(''));
        for (const { path, id } of window) await readHeader(git, id, { commit, path });
      }
    } finally {
      await git.close();
    }
  }

  close(): Promise<void> {
    return this.#git.close();
  }

  async #read(id: string, place: Place): Promise<Buffer> {
    const bytes = await readHeader(this.#git, id, place);
    const content = await this.#git.output.readExactly(bytes);
    // The newline after the content.
    if (content === undefined || (await this.#git.output.readExactly(1)) === undefined) {
      throw await this.#git.failure(`read ${show(place)}`);
    }
    if (!this.#hashes.has(id)) this.#remember(id, hash(content));
    return content;
  }

  #remember(id: string, sha256: Buffer): void {
    const oldest = this.#hashes.size >= this.#hashesMax ? this.#hashes.keys().next() : undefined;
    if (oldest?.done === false) this.#hashes.delete(oldest.value);
    this.#hashes.set(id, sha256);
  }
}

interface PlannedChange {
  readonly change: GitChange;
  /** Blobs to read: the one before, unless its hash is known, then the one after. */
  readonly reads: readonly string[];
  readonly knownBase?: Buffer;
}

function describe(change: GitChange, knownBase: Buffer | undefined, contents: readonly Buffer[]): LoadedChange {
  const { before, after } = change;
  let base = knownBase;
  if (before?.mode === fileModes.gitlink) base = hash(Buffer.from(before.id));
  else if (before !== undefined && base === undefined && contents[0] !== undefined) base = hash(contents[0]);
  const content = after?.mode === fileModes.gitlink ? Buffer.from(after.id) : contents.at(-1);
  return {
    ...change,
    ...(base === undefined ? {} : { baseSha256: base }),
    ...(after === undefined || content === undefined ? {} : { content }),
  };
}

interface Place {
  readonly commit: string;
  readonly path: string;
}

function show({ commit, path }: Place): string {
  return `${JSON.stringify(path)} in commit ${commit.slice(0, 12)}`;
}

async function readHeader(git: GitProcess, id: string, place: Place): Promise<number> {
  const header = await git.output.readLine(headerBytesMax);
  const bytes = /^[0-9a-f]+ blob (\d+)$/.exec(header ?? '')?.[1];
  if (bytes === undefined) {
    // Git says "missing"; or it stops, when the content would have to be fetched.
    const cause = header === undefined ? await git.failure(`read ${show(place)}`) : undefined;
    throw new PermanentError(
      'git_object_missing',
      `the content of ${show(place)} (${id.slice(0, 12)}) is not in the repository: if it is a partial clone, fetch everything first ("git fetch --refetch"); otherwise see "git fsck"`,
      { cause },
    );
  }
  if (Number(bytes) > limits.contentBytesMax) {
    throw new PermanentError(
      'content_too_large',
      `${show(place)} has ${bytes} bytes, more than the ${limits.contentBytesMax} that one file may have`,
    );
  }
  return Number(bytes);
}

function hash(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
