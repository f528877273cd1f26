import type { Transaction } from '../fdb/store.ts';
import type { ProjectKeys } from '../keyspace.ts';
import { decodeContentState, encodeStaged, encodeVerified, pieceBytes, piecesPerSlice, sliceBytes } from './state.ts';
import type { ContentVerdict } from './verify-content.ts';

/** A content as this transaction leaves it. */
interface Content {
  readonly sha256: Buffer;
  verified: boolean;
  /** Of the whole; undefined while nothing is known. */
  totalBytes: number | undefined;
  slices: Set<number>;
  /** Slices written by this transaction, by their data. */
  written: Map<number, Uint8Array>;
  changed: boolean;
}

/** Writes one project's content inside one transaction: each piece once, each state once, at `finish`. */
export class ContentWriter {
  readonly #tn: Transaction;
  readonly #keys: ProjectKeys;
  readonly #contents = new Map<string, Content>();

  constructor(tn: Transaction, keys: ProjectKeys) {
    this.#tn = tn;
    this.#keys = keys;
  }

  /** Every content has to be loaded before it is written. Returns its stored state. */
  async load(sha256: Uint8Array): Promise<Buffer | undefined> {
    const hash = Buffer.from(sha256);
    const id = hash.toString('hex');
    const value = await this.#tn.get(this.#keys.content(hash).state);
    const state = value === undefined ? undefined : decodeContentState(value);
    if (!this.#contents.has(id)) {
      this.#contents.set(id, {
        sha256: hash,
        verified: state?.kind === 'verified',
        totalBytes: state === undefined ? undefined : state.kind === 'verified' ? state.bytes : state.totalBytes,
        slices: new Set(state?.kind === 'staged' ? state.slices : []),
        written: new Map(),
        changed: false,
      });
    }
    return value;
  }

  isLoaded(sha256: Uint8Array): boolean {
    return this.#contents.has(Buffer.from(sha256).toString('hex'));
  }

  /** Length of a verified content; undefined: it is not verified. */
  verifiedBytes(sha256: Uint8Array): number | undefined {
    const content = this.#find(sha256);
    return content.verified ? content.totalBytes : undefined;
  }

  /** Stores bytes that we hashed ourselves, whatever was staged under their hash. Writes nothing when they are there. */
  put(sha256: Uint8Array, bytes: Uint8Array): void {
    const content = this.#find(sha256);
    if (content.verified) return;
    this.#clear(content);
    this.#writePieces(content.sha256, 0, bytes);
    this.#verify(content, bytes.length);
  }

  /** Keeps a slice until somebody names the content. Writes nothing when the content is verified. */
  stage(sha256: Uint8Array, offset: number, totalBytes: number, data: Uint8Array): void {
    const content = this.#find(sha256);
    if (content.verified) return;
    if (content.totalBytes !== totalBytes) this.#clear(content);
    content.totalBytes = totalBytes;
    this.#writeSlice(content, offset / sliceBytes, data);
    content.changed = true;
  }

  /** Makes a content that was found complete usable. */
  adopt(sha256: Uint8Array, verdict: Extract<ContentVerdict, { kind: 'complete' }>): void {
    const content = this.#find(sha256);
    if (content.verified) return;
    if (content.totalBytes !== verdict.totalBytes) this.#clear(content);
    for (const [slice, data] of verdict.slices) {
      if (content.written.get(slice) !== data) this.#writeSlice(content, slice, data);
    }
    this.#verify(content, verdict.totalBytes);
  }

  /** Throws slices away that turned out not to be the content. */
  discard(sha256: Uint8Array): void {
    const content = this.#find(sha256);
    if (!content.verified) this.#clear(content);
  }

  finish(): void {
    for (const content of this.#contents.values()) {
      if (!content.changed || content.totalBytes === undefined) continue;
      const key = this.#keys.content(content.sha256).state;
      if (content.verified) this.#tn.set(key, encodeVerified(content.totalBytes));
      else this.#tn.setVersionstampedValueRaw(key, encodeStaged(content.totalBytes, content.slices));
    }
  }

  #verify(content: Content, bytes: number): void {
    content.verified = true;
    content.totalBytes = bytes;
    content.changed = true;
  }

  #writeSlice(content: Content, slice: number, data: Uint8Array): void {
    this.#writePieces(content.sha256, slice * piecesPerSlice, data);
    content.slices.add(slice);
    content.written.set(slice, data);
  }

  #writePieces(sha256: Buffer, first: number, bytes: Uint8Array): void {
    const keys = this.#keys.content(sha256);
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      const value = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      this.#tn.set(keys.piece(first + at / pieceBytes), value);
    }
  }

  #clear(content: Content): void {
    if (content.totalBytes !== undefined) {
      const { begin, end } = this.#keys.content(content.sha256).all();
      this.#tn.clearRange(begin, end);
    }
    content.totalBytes = undefined;
    content.slices = new Set();
    content.written = new Map();
    content.changed = false;
  }

  #find(sha256: Uint8Array): Content {
    const content = this.#contents.get(Buffer.from(sha256).toString('hex'));
    if (content === undefined) throw new RangeError('a content is written before it is loaded');
    return content;
  }
}
