import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { errorCode, PermanentError } from '@swarmledger/runtime';
import { translateSqliteError } from '../errors.ts';
import { outboxLimits } from '../limits.ts';

export type Connection = Sqlite.Database;

/** "SWOB": the file is ours. */
const applicationId = 0x53574f42;
/** Bumped when an older version could not read the file. */
const schemaVersion = 1;

/**
 * Opens an outbox's file and makes it when it is not there: WAL and synchronous=FULL, so that what was committed survives a power
 * cut.
 *
 * @throws PermanentError outbox_corrupt, outbox_foreign, outbox_newer, outbox_unwritable; TransientError outbox_busy, disk_full
 */
export function openFile(file: string): Connection {
  try {
    // It holds what agents did: for its owner only.
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    return openWhenFree(file);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) {
      throw new PermanentError('outbox_unwritable', `the outbox ${file} cannot be opened for writing`, {
        cause: error,
      });
    }
    throw translateSqliteError(error, file);
  }
}

/** SQLite does not wait when two processes turn a new file to WAL at once: one of them is told that it is locked. */
function openWhenFree(file: string): Connection {
  const deadlineMs = performance.now() + outboxLimits.busyMs;
  while (true) {
    const connection = new Sqlite(file, { timeout: outboxLimits.busyMs });
    try {
      prepare(connection, file);
      return connection;
    } catch (error) {
      connection.close();
      if (!errorCode(error).startsWith('SQLITE_BUSY') || performance.now() > deadlineMs) throw error;
      sleepSync(outboxLimits.openRetryMs);
    }
  }
}

/** Blocks the thread: only while a file is opened, and then SQLite itself would. */
function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function prepare(connection: Connection, file: string): void {
  // Only an empty file takes it.
  connection.pragma('auto_vacuum = INCREMENTAL');
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma(`wal_autocheckpoint = ${outboxLimits.checkpointPages}`);
  connection.transaction(() => createSchema(connection, file)).immediate();
  // A new file's name is durable only once its folder is.
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function createSchema(connection: Connection, file: string): void {
  const id = Number(connection.pragma('application_id', { simple: true }));
  const version = Number(connection.pragma('user_version', { simple: true }));
  const tables = Number(connection.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
  if (id !== applicationId && tables > 0) {
    throw new PermanentError('outbox_foreign', `${file} is an SQLite file of another program, not an outbox`);
  }
  if (version > schemaVersion) {
    throw new PermanentError(
      'outbox_newer',
      `the outbox ${file} has schema ${version}, this version reads up to ${schemaVersion}: upgrade SwarmLedger`,
    );
  }
  if (id === applicationId) return;
  connection.pragma(`application_id = ${applicationId}`);
  connection.pragma(`user_version = ${schemaVersion}`);
  connection.exec(`
    CREATE TABLE projects (
      id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, project TEXT NOT NULL, UNIQUE (tenant, project)
    );
    CREATE TABLE agents (
      id INTEGER PRIMARY KEY, project INTEGER NOT NULL, agent TEXT NOT NULL, last_sequence INTEGER NOT NULL,
      UNIQUE (project, agent)
    );
    -- AUTOINCREMENT: a number is never used twice, so order is that of the numbers, also for what was parked and put back.
    CREATE TABLE entries (
      id INTEGER PRIMARY KEY AUTOINCREMENT, project INTEGER NOT NULL, priority INTEGER NOT NULL, agent INTEGER NOT NULL,
      events INTEGER NOT NULL, bytes INTEGER NOT NULL, appended_ms INTEGER NOT NULL, event_ids BLOB NOT NULL,
      body BLOB NOT NULL
    );
    CREATE INDEX entries_in_order ON entries (project, priority, id);
    CREATE TABLE parked (
      id INTEGER PRIMARY KEY, project INTEGER NOT NULL, priority INTEGER NOT NULL, agent INTEGER NOT NULL,
      events INTEGER NOT NULL, bytes INTEGER NOT NULL, appended_ms INTEGER NOT NULL, event_ids BLOB NOT NULL,
      body BLOB NOT NULL, parked_ms INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL
    );
    -- Counts of what is in the two tables above, kept in the same transactions. Priority 0: parked.
    CREATE TABLE depth (
      project INTEGER NOT NULL, priority INTEGER NOT NULL, entries INTEGER NOT NULL, events INTEGER NOT NULL,
      bytes INTEGER NOT NULL, PRIMARY KEY (project, priority)
    ) WITHOUT ROWID;
    CREATE TABLE days (
      day TEXT PRIMARY KEY, bytes INTEGER NOT NULL, messages INTEGER NOT NULL, committed_events INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  `);
}
