import type { NativeDatabase } from 'foundationdb/dist/lib/native.js';
import { EventLoop } from './event-loop.ts';
import { CommitQueue, type CommitRequest } from './commit/commit-queue.ts';
import { ErrorFactory, type FDBErrorClass } from './errors.ts';
import { TransactionOptions } from './options.ts';
import { SnapshotPool } from './snapshots.ts';
import { openWriter, prepareGet, prepareVersion } from './sqlite-file.ts';
import { EmbeddedTransaction, type Engine } from './transaction.ts';
import { WatchRegistry } from './watches.ts';

export interface EmbeddedDatabaseOptions {
  /** The SQLite file; made, with its folder, when it is not there. Several processes may open it. */
  readonly file: string;
  /** The foundationdb package's error class (`foundationdb/dist/lib/error.js`): its retry loop tests for it. */
  readonly FDBError: FDBErrorClass;
}

/** Database options that set a transaction option for every transaction: `fdb_database_option` 500 to 503, 600, 601. */
const transactionDefaults: ReadonlyMap<number, number> = new Map([
  [500, 500],
  [501, 501],
  [502, 502],
  [503, 503],
  [600, 600],
  [601, 601],
]);

/**
 * Opens an embedded FoundationDB: what the foundationdb package's `Database` class takes in place of the native module's
 * database.
 *
 * @throws Error with one sentence when the file is another program's, damaged, or of a newer format
 */
export function openEmbeddedDatabase(options: EmbeddedDatabaseOptions): NativeDatabase {
  const errors = new ErrorFactory(options.FDBError);
  const writer = openWriter(options.file);
  const snapshots = new SnapshotPool(options.file);
  const onCommitted = (commits: readonly CommitRequest[]): void => {
    if (watches.isIdle) return;
    watches.check((key) => commits.some(({ writes }) => writes.contains(key)));
  };
  const version = prepareVersion(writer)();
  const commits = new CommitQueue({ file: options.file, version, errors, onCommitted });
  const watches = new WatchRegistry(
    errors,
    // Outside of any snapshot, as it is on the disk now.
    prepareGet(writer),
    () => snapshots.dataVersion(),
  );
  const defaults: (readonly [code: number, param: string | number | Buffer | null])[] = [];
  const createOptions = (): TransactionOptions => {
    const options = new TransactionOptions();
    for (const [code, param] of defaults) options.set(code, param, errors);
    return options;
  };
  const engine: Engine = { errors, snapshots, commits, watches, eventLoop: new EventLoop(), createOptions };
  let isClosed = false;
  return {
    createTransaction: () => {
      if (isClosed) throw errors.create('operation_cancelled');
      return new EmbeddedTransaction(engine);
    },
    setOption: (code, param) => {
      const forTransactions = transactionDefaults.get(code);
      if (forTransactions !== undefined) defaults.push([forTransactions, param]);
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      watches.close();
      commits.close();
      snapshots.close();
      writer.close();
    },
  };
}
