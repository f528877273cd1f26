import { PermanentError, TransientError } from '@swarmledger/runtime';
import { foundationdb } from './package.ts';

/** FoundationDB's error codes that we tell apart: https://apple.github.io/foundationdb/api-error-codes.html */
export const errorCodes = {
  commitUnknownResult: 1021,
  transactionCancelled: 1025,
  operationCancelled: 1101,
  transactionTooLarge: 2101,
} as const;

const transientCodes: ReadonlyMap<number, readonly [code: string, sentence: string]> = new Map([
  [1004, ['ledger_timeout', 'the ledger’s servers did not answer']],
  [1007, ['ledger_busy', 'the transaction took longer than 5 s']],
  [1009, ['ledger_busy', 'the ledger is behind']],
  [1020, ['ledger_busy', 'other transactions came first too often']],
  [errorCodes.commitUnknownResult, ['commit_unknown', 'the connection was lost during the commit']],
  [errorCodes.transactionCancelled, ['ledger_closed', 'the transaction was cancelled']],
  [1031, ['ledger_timeout', 'the ledger did not answer in time']],
  [1037, ['ledger_busy', 'a storage server is behind']],
  [1038, ['ledger_locked', 'the database is locked by an operator']],
  [1039, ['ledger_busy', 'the cluster changed its version']],
  [1042, ['ledger_busy', 'a proxy is out of memory']],
  [1051, ['ledger_busy', 'the batch priority is throttled']],
  [1078, ['ledger_busy', 'a proxy is out of memory']],
  [
    1510,
    ['ledger_failed', 'the ledger’s file cannot be read or written: its disk is full, failed, or the file is damaged'],
  ],
  [1213, ['ledger_busy', 'the transaction tag is throttled']],
]);

const permanentCodes: ReadonlyMap<number, readonly [code: string, sentence: string]> = new Map([
  [1501, ['ledger_unavailable', 'the file is not one of this ledger']],
  [errorCodes.transactionTooLarge, ['transaction_too_large', 'the transaction exceeds the ledger’s limit']],
  [2102, ['record_too_large', 'a key exceeds the ledger’s limit']],
  [2103, ['record_too_large', 'a value exceeds the ledger’s limit']],
  [2104, ['ledger_unavailable', 'the cluster file is not valid']],
  [2201, ['ledger_unavailable', 'the client library does not know our API version']],
  [2203, ['ledger_unavailable', 'the client library does not know our API version']],
]);

/** FoundationDB's code of an error that came from a transaction, of either ledger; undefined for every other error. */
export function fdbErrorCode(error: unknown): number | undefined {
  return error instanceof foundationdb().FDBError ? error.code : undefined;
}

/** What the rest of the code sees instead of a FoundationDB error; errors of any other kind pass as they are. */
export function translateError(error: unknown): unknown {
  const code = fdbErrorCode(error);
  if (code === undefined) return error;
  const permanent = permanentCodes.get(code);
  if (permanent !== undefined) {
    return new PermanentError(permanent[0], `${permanent[1]} (FoundationDB error ${code})`, { cause: error });
  }
  // An error that we do not know may heal: an ingestor goes on trying, loudly, and drops nothing.
  const [name, sentence] = transientCodes.get(code) ?? ['ledger_failed', 'the ledger failed'];
  return new TransientError(name, `${sentence} (FoundationDB error ${code})`, { cause: error });
}
