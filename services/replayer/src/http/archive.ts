import { isUtf8 } from 'node:buffer';
import type { ProjectHistory, TreeEntry } from '@swarmledger/ledger';
import { pack, type Header, type Pack } from 'tar-stream';
import { readVerified } from '../content.ts';
import { replayError } from '../errors.ts';
import { fileKind } from '../git-modes.ts';
import type { Moment } from '../moment.ts';
import type { LinkPolicy } from '../symlink-target.ts';
import { TreeCheck } from '../tree-check.ts';
import { readSymlink } from '../tree-writer.ts';
import { listTree } from '../tree.ts';
import { momentHeaders, sendStream } from './answer.ts';
import type { Route } from './call.ts';
import { readMoment } from './cursor.ts';

/** Bytes of the archive that are made before they are read. */
const readAheadBytesMax = 1024 * 1024;

/**
 * A restore: the files of a moment as a tar stream (POSIX pax), in path order, with the same checks as a restore to a folder. The same
 * moment gives the same bytes.
 */
export const sendArchive: Route = async (call) => {
  const { history, query, read } = call;
  const paths = query.many('path');
  const links = query.oneOf('links', ['inside_only', 'keep']) ?? 'inside_only';
  const moment = await readMoment(history, { query, cursor: undefined }, read);
  query.finish();
  const { signal } = call.takeStream();
  const headers = {
    ...momentHeaders(moment),
    'content-type': 'application/x-tar',
    'content-disposition': `attachment; filename="${moment.version}.tar"`,
  };
  await sendStream(call, headers, packTree(history, { moment, paths, links }, signal));
};

interface ArchiveRequest {
  readonly moment: Moment;
  readonly paths: readonly string[];
  readonly links: LinkPolicy;
}

async function* packTree(
  history: ProjectHistory,
  request: ArchiveRequest,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const archive = pack();
  const gate = new ReadAhead(archive);
  // Not awaited: it fills the archive while this reads it. Its failure is the archive's, and so this loop's.
  const filling = fill({ archive, gate }, history, request, signal).then(
    () => archive.finalize(),
    (error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  try {
    for await (const piece of archive) {
      yield piece as Buffer;
      gate.consumed((piece as Buffer).length);
    }
  } finally {
    archive.destroy();
    gate.open();
    await filling;
  }
}

/** Holds the filling back: tar-stream itself waits for its reader with contents only, and a tree may have a million empty files. */
class ReadAhead {
  #bytes = 0;
  #isOpen = false;
  #wake: () => void = () => undefined;

  constructor(archive: Pack) {
    const push = archive.push.bind(archive);
    archive.push = (piece: unknown) => {
      if (Buffer.isBuffer(piece)) this.#bytes += piece.length;
      return push(piece);
    };
  }

  consumed(bytes: number): void {
    this.#bytes -= bytes;
    this.#wake();
  }

  /** Nobody reads any more. */
  open(): void {
    this.#isOpen = true;
    this.#wake();
  }

  async room(): Promise<void> {
    while (this.#bytes > readAheadBytesMax && !this.#isOpen)
      await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

async function fill(
  { archive, gate }: { readonly archive: Pack; readonly gate: ReadAhead },
  history: ProjectHistory,
  { moment, paths, links }: ArchiveRequest,
  signal: AbortSignal,
): Promise<void> {
  // A tar is for any system: what only one of them cannot have is for its own tar to refuse.
  const check = new TreeCheck('linux');
  for await (const entry of listTree(history, moment, { paths, signal })) {
    check.check(entry.path);
    await gate.room();
    signal.throwIfAborted();
    const kind = fileKind(entry.mode);
    const header = { name: entry.path, mtime: new Date(moment.commitTimeMs), uid: 0, gid: 0 };
    if (kind === 'symlink') {
      const target = await readSymlink(history, entry, links, signal);
      await add(archive, { ...header, type: 'symlink', mode: 0o777, linkname: decodeTarget(entry, target) });
    } else if (kind === 'gitlink') {
      await add(archive, { ...header, type: 'directory', mode: 0o755 });
    } else {
      const mode = kind === 'executable' ? 0o755 : 0o644;
      await add(
        archive,
        { ...header, type: 'file', mode, size: entry.bytes },
        readVerified(history, entry, { signal }),
      );
    }
  }
}

type EntryHeader = Partial<Header> & { readonly name: string };
type EntrySink = ReturnType<Pack['entry']>;

async function add(archive: Pack, header: EntryHeader, content?: AsyncIterable<Buffer>): Promise<void> {
  const isEmpty = content === undefined || header.size === 0;
  const entry = isEmpty ? archive.entry(header, '') : archive.entry(header);
  // Whoever reads the archive hears of its failure; without a listener this one would end the process.
  entry.on('error', () => undefined);
  if (isEmpty) return;
  for await (const piece of content) {
    if (entry.destroyed) return;
    if (!entry.write(piece)) await eventOf(entry, 'drain');
  }
  entry.end(null);
  await eventOf(entry, 'finish');
}

/** Resolves with the event, or when the entry ends without. */
async function eventOf(entry: EntrySink, name: 'drain' | 'finish'): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      entry.off(name, done);
      entry.off('close', done);
      resolve();
    };
    entry.on(name, done);
    entry.on('close', done);
  });
}

function decodeTarget(entry: TreeEntry, target: Buffer): string {
  if (isUtf8(target)) return target.toString('utf8');
  throw replayError('invalid_symlink', `symlink ${JSON.stringify(entry.path)} has a target that is not UTF-8`);
}
