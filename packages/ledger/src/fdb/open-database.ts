import { openEmbeddedDatabase } from '@swarmledger/embedded-fdb';
import { errorMessage, PermanentError } from '@swarmledger/runtime';
import type { LedgerConnection } from '../ledger.ts';
import { foundationdb, openClusterDatabase, type NativeDatabase } from './package.ts';

/** @throws PermanentError ledger_unavailable */
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
    throw new PermanentError(
      'ledger_unavailable',
      `the ledger’s file ${file} cannot be opened: ${errorMessage(cause)}`,
      {
        cause,
      },
    );
  }
}
