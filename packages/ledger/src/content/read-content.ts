import { createHash } from 'node:crypto';
import { PermanentError } from '@swarmledger/runtime';
import {
  keyAfter,
  pageBytesTarget,
  readPage,
  type KeyRange,
  type Store,
  type Transaction,
  type TransactOptions,
} from '../fdb/store.ts';
import type { ContentRef } from '../history.ts';
import type { ContentKeys, ProjectKeys } from '../keyspace.ts';
import { decodeContentState, pieceBytes } from './state.ts';

/** Pieces read at once while streaming: 1 MiB. */
const pieces = 16;
/** Contents looked up side by side in one transaction. */
const contentsPerRead = 100;

/**
 * The bytes of a verified content, piece by piece, each page in its own short transaction: content never changes.
 *
 * @throws PermanentError content_missing, corrupt_record (at the end, when the bytes do not have their hash)
 */
export async function* streamContent(
  store: Store,
  keys: ContentKeys,
  sha256: Uint8Array,
  options: TransactOptions = {},
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let range: KeyRange = keys.all();
  let state: Buffer | undefined;
  let bytes = 0;
  for (;;) {
    const current = range;
    const page = await store.read((tn) => readPage(tn, current, { limit: pieces + 1 }), options);
    for (const [key, value] of page.rows) {
      if (key.equals(keys.state)) {
        state = value;
        continue;
      }
      if (state === undefined || decodeContentState(state).kind !== 'verified') throw contentMissing(sha256);
      hash.update(value);
      bytes += value.length;
      yield value;
    }
    const last = page.rows.at(-1);
    if (!page.more || last === undefined) break;
    range = { begin: keyAfter(last[0]), end: range.end };
  }
  if (state === undefined || decodeContentState(state).kind !== 'verified') throw contentMissing(sha256);
  if (!hash.digest().equals(sha256)) throw corruptContent(sha256, bytes);
}

/**
 * Whole contents, several in each short transaction.
 *
 * @throws PermanentError content_missing, corrupt_record
 */
export async function readContents(
  store: Store,
  keys: ProjectKeys,
  refs: readonly ContentRef[],
  options: TransactOptions = {},
): Promise<readonly Buffer[]> {
  const contents: Buffer[] = [];
  let group: ContentRef[] = [];
  let bytes = 0;
  const read = async (): Promise<void> => {
    const current = group;
    group = [];
    bytes = 0;
    if (current.length === 0) return;
    const found = await store.read(
      (tn) => Promise.all(current.map((ref) => readSmallContent(tn, keys.content(ref.sha256), ref.sha256, ref.bytes))),
      options,
    );
    for (const content of found) contents.push(content);
  };
  for (const ref of refs) {
    if (group.length >= contentsPerRead || bytes + ref.bytes > pageBytesTarget) await read();
    group.push(ref);
    bytes += ref.bytes;
  }
  await read();
  return contents;
}

/**
 * The whole of a verified content that is known to be small, inside a transaction.
 *
 * @param bytes its length, as its state or a path record says
 * @throws PermanentError content_missing, corrupt_record
 */
export async function readSmallContent(
  tn: Transaction,
  keys: ContentKeys,
  sha256: Uint8Array,
  bytes: number,
): Promise<Buffer> {
  const content = await readBytes(tn, keys, bytes);
  if (content === undefined) throw contentMissing(sha256);
  if (content.length !== bytes || !createHash('sha256').update(content).digest().equals(sha256)) {
    throw corruptContent(sha256, content.length);
  }
  return content;
}

/** What is stored where a content of that length would be. Most are one piece, and one key costs less than a range of one. */
async function readBytes(tn: Transaction, keys: ContentKeys, bytes: number): Promise<Buffer | undefined> {
  if (bytes === 0) return Buffer.alloc(0);
  if (bytes <= pieceBytes) return tn.get(keys.piece(0));
  const { rows } = await readPage(tn, keys.pieces(), {
    limit: Math.ceil(bytes / pieceBytes) + 1,
    // The target counts keys too; it is the limit that ends this read.
    bytes: 2 * bytes + pieceBytes,
  });
  return rows.length === 0 ? undefined : Buffer.concat(rows.map(([, value]) => value));
}

function contentMissing(sha256: Uint8Array): PermanentError {
  return new PermanentError('content_missing', `the ledger does not have the content ${toHex(sha256)}`);
}

function corruptContent(sha256: Uint8Array, bytes: number): PermanentError {
  return new PermanentError(
    'corrupt_record',
    `the ${bytes} bytes that the ledger has for content ${toHex(sha256)} do not have that hash`,
  );
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
