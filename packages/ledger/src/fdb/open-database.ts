import { openEmbeddedDatabase } from '@swarmledger/embedded-fdb';
import { errorCode, errorMessage, PermanentError, TransientError } from '@swarmledger/runtime';
import type { LedgerConnection } from '../ledger.ts';
import { foundationdb, openClusterDatabase, type NativeDatabase } from './package.ts';

/** @throws PermanentError ledger_unavailable; TransientError ledger_failed while its disk is full, or its file locked */
export function openDatabase(connection: LedgerConnection): NativeDatabase {
  switch (connection.kind) {
    case 'embedded':
      return openFile(connection.file);
    case 'cluster':
      return openClusterDatabase(connection.clusterFile);
    default:
      return connection satisfies never;
  }
}

function openFile(file: string): NativeDatabase {
  try {
    return openEmbeddedDatabase({ file, FDBError: foundationdb().FDBError });
  } catch (cause) {
    const message = `the ledger’s file ${file} cannot be opened: ${errorMessage(cause)}`;
    if (passes(cause)) throw new TransientError('ledger_failed', message, { cause });
    throw new PermanentError('ledger_unavailable', message, { cause });
  }
}

/** A full disk gets room again, a locked file is released. SQLite's codes: https://www.sqlite.org/rescode.html */
function passes(error: unknown): boolean {
  const code = error instanceof Error && error.cause !== undefined ? errorCode(error.cause) : errorCode(error);
  return /^SQLITE_(FULL|BUSY|IOERR)/.test(code);
}
