import Sqlite from 'better-sqlite3';

/** The foundationdb package's error class: its retry loop recognises errors by it. */
export type FDBErrorClass = new (description: string, code: number) => FdbError;
export type FdbError = Error & { code: number };

/** FoundationDB's codes and descriptions: https://apple.github.io/foundationdb/api-error-codes.html */
export const fdbErrors = {
  transaction_too_old: [1007, 'Transaction is too old to perform reads or be committed'],
  future_version: [1009, 'Request for future version'],
  not_committed: [1020, 'Transaction not committed due to conflict with another transaction'],
  commit_unknown_result: [1021, 'Transaction may or may not have committed'],
  transaction_cancelled: [1025, 'Operation aborted because the transaction was cancelled'],
  transaction_timed_out: [1031, 'Operation aborted because the transaction timed out'],
  too_many_watches: [1032, 'Too many watches currently set'],
  watches_disabled: [1034, 'Watches cannot be set if read your writes is disabled'],
  accessed_unreadable: [1036, 'Read or wrote an unreadable key'],
  process_behind: [1037, 'Storage process does not have recent mutations'],
  proxy_memory_limit_exceeded: [1042, 'Transaction exceeded its memory limit'],
  operation_cancelled: [1101, 'Asynchronous operation cancelled'],
  io_error: [1510, 'Disk i/o operation failed'],
  file_corrupt: [1501, 'The file is not a database of this ledger'],
  client_invalid_operation: [2000, 'Invalid API call'],
  key_outside_legal_range: [2004, 'Key outside legal range'],
  inverted_range: [2005, 'Range begin key larger than end key'],
  invalid_option_value: [2006, 'Option set with an invalid value'],
  version_invalid: [2011, 'Invalid version'],
  range_limits_invalid: [2012, 'Range limits not valid'],
  used_during_commit: [2017, 'Operation issued while a commit was outstanding'],
  invalid_mutation_type: [2018, 'Unrecognized atomic mutation type'],
  no_commit_version: [2021, 'Transaction is read-only and therefore does not have a commit version'],
  read_version_already_set: [2010, 'Transaction already has a read version set'],
  transaction_too_large: [2101, 'Transaction exceeds byte limit'],
  key_too_large: [2102, 'Key length exceeds limit'],
  value_too_large: [2103, 'Value length exceeds limit'],
} as const;

export type FdbErrorName = keyof typeof fdbErrors;

/** What `onError` resets and tries again. https://apple.github.io/foundationdb/api-c.html#c.fdb_error_predicate */
const maybeCommitted: ReadonlySet<number> = new Set([1021, 1039]);
const retryableNotCommitted: ReadonlySet<number> = new Set([1007, 1009, 1020, 1037, 1038, 1042, 1051, 1078, 1213]);

export function isRetryable(code: number): boolean {
  return maybeCommitted.has(code) || retryableNotCommitted.has(code);
}

/** `fdb_error_predicate`: 50000 retryable, 50001 maybe committed, 50002 retryable and not committed. */
export function testErrorPredicate(predicate: number, code: number): boolean {
  if (predicate === 50_000) return isRetryable(code);
  if (predicate === 50_001) return maybeCommitted.has(code);
  return predicate === 50_002 && retryableNotCommitted.has(code);
}

/** Makes errors of the foundationdb package's own class. */
export class ErrorFactory {
  readonly #FDBError: FDBErrorClass;

  constructor(FDBError: FDBErrorClass) {
    this.#FDBError = FDBError;
  }

  create(name: FdbErrorName, cause?: unknown): FdbError {
    const [code, description] = fdbErrors[name];
    return this.#attach(new this.#FDBError(description, code), cause);
  }

  /** The error of a code that a caller hands to `onError`. */
  fromCode(code: number): FdbError {
    const known = Object.values(fdbErrors).find(([candidate]) => candidate === code);
    return new this.#FDBError(known?.[1] ?? `FoundationDB error ${code}`, code);
  }

  /** What SQLite says of the file, in FoundationDB's codes; errors of any other kind pass as they are. */
  translate(error: unknown): Error {
    if (!(error instanceof Sqlite.SqliteError)) return error instanceof Error ? error : new Error(String(error));
    return this.create(error.code.startsWith('SQLITE_BUSY') ? 'process_behind' : 'io_error', error);
  }

  /** The same of an error that comes from another thread. @param code SQLite's; undefined: it is an error of another kind */
  fromThread(message: string, code: string | undefined): Error {
    return code === undefined ? new Error(message) : this.translate(new Sqlite.SqliteError(message, code));
  }

  #attach(error: FdbError, cause: unknown): FdbError {
    if (cause !== undefined) error.cause = cause;
    return error;
  }
}
