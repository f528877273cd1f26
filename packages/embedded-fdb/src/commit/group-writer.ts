import { applyAtomicOp } from '../atomic-ops.ts';
import { prepareGet, prepareVersion, type Connection, type Statement } from '../sqlite-file.ts';
import type { GroupOfCommits, WriterAnswer } from './messages.ts';
import { unpackMutations, type MutationTarget } from './packed-mutations.ts';

/** Writes groups of commits, each with one fsync: on the disk, or nothing of it. */
export class GroupWriter {
  readonly #connection: Connection;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  readonly #version: () => number;
  readonly #setVersion: Statement;
  readonly #target: MutationTarget;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#begin = connection.prepare('BEGIN IMMEDIATE');
    this.#commit = connection.prepare('COMMIT');
    this.#rollback = connection.prepare('ROLLBACK');
    this.#version = prepareVersion(connection);
    this.#setVersion = connection.prepare(`UPDATE meta SET value = ? WHERE name = 'version'`);
    this.#target = createTarget(connection);
  }

  /**
   * `moved` keeps the file locked: whoever has the lock decides next, and need not race for it again.
   *
   * @throws SqliteError; nothing was written then, and nothing is locked
   */
  write({ expected, version, mutations }: GroupOfCommits): WriterAnswer {
    try {
      if (!this.#connection.inTransaction) this.#begin.run();
      const found = this.#version();
      if (found !== expected) return { kind: 'moved', version: found };
      unpackMutations(mutations, this.#target);
      this.#setVersion.run(version);
      this.#commit.run();
      return { kind: 'written', spare: mutations.buffer };
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** Unlocks the file; nothing of an unfinished group is left. */
  release(): void {
    if (this.#connection.inTransaction) this.#rollback.run();
  }

  close(): void {
    this.release();
    this.#connection.close();
  }
}

function createTarget(connection: Connection): MutationTarget {
  const get = prepareGet(connection);
  const set = connection.prepare('INSERT INTO kv (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v');
  const clear = connection.prepare('DELETE FROM kv WHERE k = ?');
  const clearRange = connection.prepare('DELETE FROM kv WHERE k >= ? AND k < ?');
  return {
    set: (key, value) => void set.run(key, value),
    clear: (key) => void clear.run(key),
    clearRange: (begin, end) => void clearRange.run(begin, end),
    atomic: (type, key, operand) => {
      const value = applyAtomicOp(type, get(key), operand);
      if (value === undefined) clear.run(key);
      else set.run(key, value);
    },
  };
}
