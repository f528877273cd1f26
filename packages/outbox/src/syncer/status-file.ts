import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Logger } from '@swarmledger/runtime';
import { errorCode, errorMessage } from '@swarmledger/runtime';
import type { SyncStatus } from './contract.ts';

/** One block, always the same: it can be written when the disk is full. */
const fileBytes = 16_384;

/** Where a syncer says how it is doing, beside its outbox: `sync status` reads it from any process. */
export class StatusFile {
  readonly #log: Logger;
  #descriptor: number | undefined;

  constructor(outboxFile: string, log: Logger) {
    this.#log = log;
    try {
      const file = statusFileOf(outboxFile);
      closeSync(openSync(file, 'a', 0o600));
      this.#descriptor = openSync(file, 'r+');
    } catch (error) {
      this.#fail(error);
    }
  }

  /** In place and without a fsync: it tells about now, not about after a power cut. */
  write(status: SyncStatus): void {
    if (this.#descriptor === undefined) return;
    try {
      const bytes = Buffer.alloc(fileBytes, ' ');
      const text = JSON.stringify(status);
      bytes.write(Buffer.byteLength(text) <= fileBytes ? text : JSON.stringify({ ...status, held: [] }));
      writeSync(this.#descriptor, bytes, 0, fileBytes, 0);
    } catch (error) {
      this.#fail(error);
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  // Syncing goes on without it.
  #fail(error: unknown): void {
    this.#log.warn('sync status not written', { code: errorCode(error), reason: errorMessage(error) });
  }
}

/** What the last syncer of an outbox said; undefined when there was none. It may have ended since: see `Outbox.isUnlocked`. */
export function readSyncStatus(outboxFile: string): SyncStatus | undefined {
  // A read may meet a write half way.
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      return JSON.parse(readFileSync(statusFileOf(outboxFile), 'utf8')) as SyncStatus;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
    }
  }
  return undefined;
}

function statusFileOf(outboxFile: string): string {
  return `${outboxFile}-sync`;
}
