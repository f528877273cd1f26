import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { engineLimits } from './limits.ts';

/** "SWLG": the file is ours. */
const applicationId = 0x53574c47;
/** Bumped when an older version could not read the file. */
const formatVersion = 1;
const pageBytes = 8_192;
/** Of the connection that commits: enough for the upper levels of a tree of tens of millions of keys. */
const committerCacheKib = 16 * 1_024;
/** Of each other one: there may be one for every moment that is still read, and memory must stay bounded. */
const readerCacheKib = 8 * 1_024;
/** Checkpoints copy 32 MB at a time: rarer ones make the WAL long to scan after a crash, more often costs fsyncs. */
const checkpointPages = 4_096;
/** Making a new file takes a few milliseconds. */
const openRetryMs = 5;

export type Connection = Sqlite.Database;
export type Statement = Sqlite.Statement<unknown[], unknown>;

/**
 * Opens the ledger's file for writing and makes it if it is not there: WAL and synchronous=FULL, so that a commit is on the
 * disk when it returns and a crash leaves the last commit intact.
 *
 * @throws Error with one sentence for a file that is something else, is damaged, or is of a newer version
 */
export function openWriter(file: string): Connection {
  mkdirSync(dirname(file), { recursive: true });
  const deadlineMs = performance.now() + engineLimits.busyMs;
  while (true) {
    try {
      return prepareWriter(file);
    } catch (cause) {
      if (!(cause instanceof Sqlite.SqliteError)) throw cause;
      if (cause.code === 'SQLITE_NOTADB') throw new Error(`${file} is not a ledger file`, { cause });
      // SQLite does not wait when two processes turn a new file to WAL at once: one of them is told that it is locked.
      if (!cause.code.startsWith('SQLITE_BUSY') || performance.now() > deadlineMs) {
        throw new Error(`ledger file ${file} cannot be opened: ${cause.message}`, { cause });
      }
      sleepSync(openRetryMs);
    }
  }
}

function prepareWriter(file: string): Connection {
  const connection = open(file, readerCacheKib);
  try {
    connection.pragma(`page_size = ${pageBytes}`);
    connection.pragma('journal_mode = WAL');
    makeDurable(connection);
    createSchema(connection, file);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function makeDurable(connection: Connection): void {
  connection.pragma('synchronous = FULL');
  // What is cleared alone, such as a key, leaves no bytes behind in its page; FAST: without any more of I/O.
  connection.pragma('secure_delete = FAST');
  connection.pragma(`wal_autocheckpoint = ${checkpointPages}`);
}

/** Blocks the thread: only while a file is opened, and then SQLite itself would. */
function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** The connection that commits are written with, to a file that `openWriter` has made ready. */
export function openCommitter(file: string): Connection {
  const connection = open(file, committerCacheKib);
  makeDurable(connection);
  return connection;
}

/** Another connection to a file that `openWriter` has made ready; it only reads. */
export function openReader(file: string): Connection {
  const connection = open(file, readerCacheKib);
  connection.pragma('query_only = ON');
  return connection;
}

function open(file: string, cacheKib: number): Connection {
  const connection = new Sqlite(file, { timeout: engineLimits.busyMs });
  connection.pragma(`cache_size = -${cacheKib}`);
  connection.pragma('mmap_size = 268435456');
  return connection;
}

function createSchema(connection: Connection, file: string): void {
  connection
    .transaction(() => {
      const id = Number(connection.pragma('application_id', { simple: true }));
      const version = Number(connection.pragma('user_version', { simple: true }));
      const tables = Number(connection.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
      if (id !== applicationId && tables > 0)
        throw new Error(`${file} is an SQLite file of another program, not a ledger`);
      if (version > formatVersion) {
        throw new Error(
          `ledger file ${file} is of format ${version}; this version reads up to ${formatVersion}: upgrade SwarmLedger`,
        );
      }
      if (id === applicationId) return;
      connection.pragma(`application_id = ${applicationId}`);
      connection.pragma(`user_version = ${formatVersion}`);
      connection.exec(`
        CREATE TABLE kv (k BLOB NOT NULL PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO meta VALUES ('version', 1);
      `);
    })
    .immediate();
}

/** How to read the file's version: it changes with every commit. */
export function prepareVersion(connection: Connection): () => number {
  const version = connection.prepare(`SELECT value FROM meta WHERE name = 'version'`).pluck();
  return () => Number(version.get());
}

/** How to read the value of a key. @throws SqliteError */
export function prepareGet(connection: Connection): (key: Buffer) => Buffer | undefined {
  const get = connection.prepare('SELECT v FROM kv WHERE k = ?').pluck();
  return (key) => {
    const value = get.get(key);
    return value === undefined ? undefined : asBytes(value);
  };
}

/** Every key and value is a blob; in a damaged page SQLite may find texts and numbers. @throws SqliteError SQLITE_CORRUPT */
export function asBytes(stored: unknown): Buffer {
  if (Buffer.isBuffer(stored)) return stored;
  throw new Sqlite.SqliteError('a key or value in the file is not bytes', 'SQLITE_CORRUPT');
}
