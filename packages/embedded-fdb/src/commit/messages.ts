import type { MessagePort } from 'node:worker_threads';
import type { Packed } from './packed-mutations.ts';

/** Given to the thread that writes, once. */
export interface WriterSettings {
  readonly file: string;
  readonly port: MessagePort;
  /** Counts answers, so that a closing database can wait for one without its event loop. */
  readonly answers: Int32Array;
}

/** One SQLite transaction. */
export interface GroupOfCommits {
  /** The version that the file is believed to have. */
  readonly expected: number;
  /** The version that it has afterwards. */
  readonly version: number;
  readonly mutations: Packed;
}

export type WriterRequest =
  | ({ readonly kind: 'write' } & GroupOfCommits)
  /** Answered with `released`: nothing of a group that had to be looked at again is left to write. */
  | { readonly kind: 'release' }
  | { readonly kind: 'close' };

export type WriterAnswer =
  /** On the disk. `spare` is the buffer that the mutations came in. */
  | { readonly kind: 'written'; readonly spare: ArrayBuffer }
  /** Another process has committed. The file stays locked, so that the next answer is another one, until a write or release. */
  | { readonly kind: 'moved'; readonly version: number }
  /** Nothing was written. `code` is SQLite's, where it was SQLite that refused. */
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined }
  | { readonly kind: 'released' }
  | { readonly kind: 'closed' };
