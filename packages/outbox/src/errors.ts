import { errorCode, errorMessage, PermanentError, TransientError } from '@swarmledger/runtime';

/** What the rest of the code sees instead of an error of SQLite, decided by its code: https://www.sqlite.org/rescode.html */
export function translateSqliteError(error: unknown, file: string): Error {
  if (error instanceof TransientError || error instanceof PermanentError) return error;
  const code = errorCode(error);
  const options = { cause: error };
  if (code === 'SQLITE_FULL') {
    return new TransientError('disk_full', `the disk under ${file} is full: nothing was recorded`, options);
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new TransientError('outbox_busy', `another process keeps ${file} locked`, options);
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new PermanentError(
      'outbox_corrupt',
      `the outbox ${file} is damaged or no outbox: move it away, keep it, and start with a new one`,
      options,
    );
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_PERM')) {
    return new PermanentError('outbox_unwritable', `the outbox ${file} cannot be opened for writing`, options);
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new TransientError('disk_failed', `the disk under ${file} failed: ${errorMessage(error)}`, options);
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** An error as it crosses from the writer's thread: classes and codes do not. */
export interface ErrorReport {
  readonly kind: 'transient' | 'permanent' | 'bug';
  readonly code: string;
  readonly message: string;
}

export function reportError(error: unknown): ErrorReport {
  const kind = error instanceof TransientError ? 'transient' : error instanceof PermanentError ? 'permanent' : 'bug';
  return { kind, code: errorCode(error), message: errorMessage(error) };
}

export function reviveError({ kind, code, message }: ErrorReport): Error {
  if (kind === 'transient') return new TransientError(code, message);
  if (kind === 'permanent') return new PermanentError(code, message);
  return new Error(`${message} (${code})`);
}
