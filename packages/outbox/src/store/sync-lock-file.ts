import { closeSync, openSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { errorCode } from '@swarmledger/runtime';
import { translateSqliteError } from '../errors.ts';

/**
 * The right to drain an outbox, as an operating system's lock on a file beside it: it ends with the process, however that ends, and
 * never because a clock says so. SQLite takes the lock, as it knows how on every system.
 */
export class SyncLockFile {
  readonly #file: string;
  #held: Sqlite.Database | undefined;

  constructor(outboxFile: string) {
    this.#file = `${outboxFile}-lock`;
    // Made while there is room: on a full disk it could not be.
    closeSync(openSync(this.#file, 'a', 0o600));
  }

  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** False: somebody else has it, in this process or another. */
  take(): boolean {
    if (this.#held !== undefined) return false;
    const connection = new Sqlite(this.#file, { timeout: 0 });
    try {
      // Nothing is ever written to it: it works on a full disk.
      connection.pragma('journal_mode = MEMORY');
      connection.exec('BEGIN EXCLUSIVE');
      this.#held = connection;
      return true;
    } catch (error) {
      connection.close();
      if (errorCode(error).startsWith('SQLITE_BUSY')) return false;
      throw translateSqliteError(error, this.#file);
    }
  }

  /** Idempotent. */
  release(): void {
    this.#held?.close();
    this.#held = undefined;
  }
}
