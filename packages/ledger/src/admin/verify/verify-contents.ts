import { createHash, type Hash } from 'node:crypto';
import { decodeContentState, type ContentState } from '../../content/state.ts';
import { readPages } from '../../read/pages.ts';
import type { Verifying } from './verify-ledger.ts';

/** A content whose pieces go by. */
interface Reading {
  readonly sha256: Buffer;
  readonly state: ContentState | undefined;
  readonly hash: Hash;
  bytes: number;
  nextPiece: number;
  isInOrder: boolean;
}

/** Hashes the bytes of every content. One content's pieces lie side by side: nothing is held but a hash. */
export async function verifyContents(verifying: Verifying): Promise<void> {
  const { place, project, options } = verifying;
  let reading: Reading | undefined;
  for await (const rows of readPages(place.store, project.keys.contents(), options)) {
    for (const [key, value] of rows) {
      const { sha256, piece } = project.keys.contentOf(key);
      if (reading === undefined || !reading.sha256.equals(sha256)) {
        if (reading !== undefined) judge(verifying, reading);
        const state = piece === undefined ? decodeContentState(value) : undefined;
        reading = { sha256, state, hash: createHash('sha256'), bytes: 0, nextPiece: 0, isInOrder: true };
      }
      if (piece === undefined) continue;
      reading.isInOrder &&= piece === reading.nextPiece;
      reading.nextPiece = piece + 1;
      reading.bytes += value.length;
      reading.hash.update(value);
    }
  }
  if (reading !== undefined) judge(verifying, reading);
}

function judge({ where, findings }: Verifying, { sha256, state, hash, bytes, isInOrder }: Reading): void {
  const name = sha256.toString('hex');
  if (state === undefined) {
    findings.add(where, `content ${name} has bytes and no state`);
    return;
  }
  if (state.kind === 'staged') {
    findings.counts.stagedContents += 1;
    return;
  }
  findings.counts.contents += 1;
  findings.counts.contentBytes += bytes;
  if (bytes !== state.bytes || !isInOrder || !hash.digest().equals(sha256))
    findings.add(where, `the ${bytes} bytes of content ${name} do not have that hash`);
}
