import { createHash } from 'node:crypto';
import { readPage, type Store, type TransactOptions } from '../fdb/store.ts';
import type { ProjectKeys } from '../keyspace.ts';
import { countSlices, decodeContentState, piecesPerSlice, sliceBytes, type ContentState } from './state.ts';

/** What a state change that names content in chunks may count on. */
export type ContentVerdict =
  | { readonly kind: 'verified' }
  /** All slices are there, in the store or among `slices`, and together they have the hash. */
  | { readonly kind: 'complete'; readonly totalBytes: number; readonly slices: ReadonlyMap<number, Uint8Array> }
  | { readonly kind: 'incomplete'; readonly have: number; readonly need: number | undefined }
  /** All slices are there and they are not that content. */
  | { readonly kind: 'mismatch' };

/** One content while the messages of an append are looked through in order. */
export class ContentProbe {
  /** The content's state as it was read; the append's transaction has to find the same. */
  readonly stored: Buffer | undefined;
  readonly #sha256: Buffer;
  readonly #verified: boolean;
  #totalBytes: number | undefined;
  /** Slices in the store that still count. */
  #storedSlices: ReadonlySet<number>;
  /** Slices that this append carries. */
  #ownSlices = new Map<number, Uint8Array>();
  #verdict: ContentVerdict | undefined;

  constructor(sha256: Buffer, stored: Buffer | undefined) {
    const state: ContentState | undefined = stored === undefined ? undefined : decodeContentState(stored);
    this.stored = stored;
    this.#sha256 = sha256;
    this.#verified = state?.kind === 'verified';
    this.#totalBytes = state?.kind === 'staged' ? state.totalBytes : undefined;
    this.#storedSlices = state?.kind === 'staged' ? state.slices : new Set();
  }

  /** A chunk event comes by. Data is not copied. */
  addSlice(offset: number, totalBytes: number, data: Uint8Array): void {
    if (this.#totalBytes !== totalBytes) {
      // Another length is another claim: the slices of the two do not belong together.
      this.#totalBytes = totalBytes;
      this.#storedSlices = new Set();
      this.#ownSlices = new Map();
    }
    this.#ownSlices.set(offset / sliceBytes, data);
    this.#verdict = undefined;
  }

  /** A state change names the content: what it finds. Reads and hashes all of it in short transactions. */
  async judge(store: Store, keys: ProjectKeys, options: TransactOptions): Promise<ContentVerdict> {
    this.#verdict ??= await this.#judge(store, keys, options);
    if (this.#verdict.kind === 'mismatch') {
      // They are thrown away: whoever comes later starts afresh.
      this.#totalBytes = undefined;
      this.#storedSlices = new Set();
      this.#ownSlices = new Map();
      const verdict = this.#verdict;
      this.#verdict = undefined;
      return verdict;
    }
    return this.#verdict;
  }

  async #judge(store: Store, keys: ProjectKeys, options: TransactOptions): Promise<ContentVerdict> {
    if (this.#verified) return { kind: 'verified' };
    const hash = createHash('sha256');
    if (this.#totalBytes === undefined) {
      // The empty content has no chunks.
      const isEmpty = hash.digest().equals(this.#sha256);
      return isEmpty
        ? { kind: 'complete', totalBytes: 0, slices: new Map() }
        : { kind: 'incomplete', have: 0, need: undefined };
    }
    const need = countSlices(this.#totalBytes);
    const have = new Set([...this.#storedSlices, ...this.#ownSlices.keys()]).size;
    if (have < need) return { kind: 'incomplete', have, need };
    for (let slice = 0; slice < need; slice++) {
      hash.update(this.#ownSlices.get(slice) ?? (await this.#readSlice(store, keys, slice, options)));
    }
    if (!hash.digest().equals(this.#sha256)) return { kind: 'mismatch' };
    return { kind: 'complete', totalBytes: this.#totalBytes, slices: new Map(this.#ownSlices) };
  }

  async #readSlice(store: Store, keys: ProjectKeys, slice: number, options: TransactOptions): Promise<Buffer> {
    const content = keys.content(this.#sha256);
    const first = slice * piecesPerSlice;
    const range = { begin: content.piece(first), end: content.piece(first + piecesPerSlice) };
    const { rows } = await store.read((tn) => readPage(tn, range, { limit: piecesPerSlice }), options);
    return Buffer.concat(rows.map(([, value]) => value));
  }
}
