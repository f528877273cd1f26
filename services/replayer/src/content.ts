import { createHash } from 'node:crypto';
import type { ProjectHistory, ReadOptions } from '@swarmledger/ledger';
import { errorCode, PermanentError } from '@swarmledger/runtime';
import { replayError } from './errors.ts';

export interface ContentRef {
  readonly path: string;
  /** 32 bytes. */
  readonly sha256: Uint8Array;
  readonly bytes: number;
}

/**
 * The bytes of a path in pieces. Its end is reached only when length and SHA-256 are what the ledger recorded.
 *
 * @throws PermanentError content_missing, content_corrupt, naming the path
 */
export async function* readVerified(
  history: ProjectHistory,
  ref: ContentRef,
  options: ReadOptions = {},
): AsyncIterable<Buffer> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    // Nothing is stored for nothing; the hash below still has to be that of no bytes.
    for await (const piece of ref.bytes === 0 ? [] : history.content(ref.sha256, options)) {
      bytes += piece.length;
      if (bytes > ref.bytes) break;
      hash.update(piece);
      yield piece;
    }
  } catch (error) {
    throw explainContentError(error, ref);
  }
  if (bytes !== ref.bytes || !hash.digest().equals(ref.sha256)) {
    throw corrupt(ref);
  }
}

/**
 * The contents of several paths, each whole, in their order; length and SHA-256 are what the ledger recorded.
 *
 * @throws PermanentError content_missing, content_corrupt, naming the path
 */
export async function readVerifiedTogether(
  history: ProjectHistory,
  refs: readonly ContentRef[],
  options: ReadOptions = {},
): Promise<readonly Buffer[]> {
  let contents: readonly Buffer[];
  try {
    contents = await history.contents(refs, options);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    // Which of them it was: one by one they say so.
    for (const ref of refs) await readWhole(history, ref, options);
    throw error;
  }
  for (const [index, ref] of refs.entries()) assertRecorded(ref, contents[index] ?? Buffer.alloc(0));
  return contents;
}

function assertRecorded(ref: ContentRef, content: Buffer): void {
  const isRecorded = content.length === ref.bytes && createHash('sha256').update(content).digest().equals(ref.sha256);
  if (!isRecorded) throw corrupt(ref);
}

/** The whole content of a path, which must be within `bytesMax`. */
export async function readWhole(history: ProjectHistory, ref: ContentRef, options: ReadOptions = {}): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of readVerified(history, ref, options)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The first bytes of a content, at most `bytesMax`; not verified, as the rest is not read. */
export async function readBeginning(
  history: ProjectHistory,
  ref: ContentRef,
  options: ReadOptions & { readonly bytesMax: number },
): Promise<Buffer> {
  const { bytesMax, ...read } = options;
  const pieces: Buffer[] = [];
  let bytes = 0;
  if (ref.bytes === 0) return Buffer.alloc(0);
  for await (const piece of history.content(ref.sha256, read)) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= bytesMax) break;
  }
  return Buffer.concat(pieces).subarray(0, bytesMax);
}

function explainContentError(error: unknown, ref: ContentRef): unknown {
  if (!(error instanceof PermanentError)) return error;
  const code = errorCode(error) === 'content_missing' ? 'content_missing' : 'content_corrupt';
  const problem = code === 'content_missing' ? 'is not in the ledger' : 'cannot be read';
  return replayError(code, `content of ${JSON.stringify(ref.path)} ${problem}: ${describe(ref)}`, { cause: error });
}

function corrupt(ref: ContentRef): PermanentError {
  return replayError(
    'content_corrupt',
    `content of ${JSON.stringify(ref.path)} is not what was recorded: ${describe(ref)}`,
  );
}

function describe(ref: ContentRef): string {
  return `${ref.bytes} bytes, sha256 ${Buffer.from(ref.sha256).toString('hex')}`;
}
