import { Directories } from '../directories.ts';
import { openDatabase } from '../fdb/open-database.ts';
import { Store } from '../fdb/store.ts';
import type { LedgerConnection } from '../ledger.ts';
import { defaultRoot } from '../open-ledger.ts';

/** A ledger without its public face: what copying, verifying and counting work on. */
export interface LedgerPlace {
  readonly store: Store;
  readonly directories: Directories;
}

export interface LedgerAddress {
  readonly connection: LedgerConnection;
  /** `['swarmledger']` by default. */
  readonly root?: readonly string[];
}

/** Lends a ledger. @throws PermanentError, TransientError as openLedger does */
export async function withPlace<T>(address: LedgerAddress, body: (place: LedgerPlace) => Promise<T>): Promise<T> {
  const store = new Store(openDatabase(address.connection));
  try {
    return await body({ store, directories: await Directories.open(store, address.root ?? defaultRoot) });
  } finally {
    store.close();
  }
}
