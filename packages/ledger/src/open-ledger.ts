import { PermanentError } from '@swarmledger/runtime';
import type { Ledger, LedgerOptions } from './ledger.ts';
import { Directories } from './directories.ts';
import { openDatabase } from './fdb/open-database.ts';
import type { NativeDatabase } from './fdb/package.ts';
import { Store } from './fdb/store.ts';
import { FdbPartitions } from './fdb-partitions.ts';
import { FdbTenants } from './fdb-tenants.ts';
import { FdbFeed } from './feed/fdb-feed.ts';
import { FdbProjectHistory } from './read/fdb-project-history.ts';
import { unknownTenant } from './unknown-tenant.ts';

export const defaultRoot = ['swarmledger'];

/**
 * Opens the ledger and creates its directories when it is new.
 *
 * @throws PermanentError ledger_unavailable when the file cannot be opened, or the FoundationDB client library is missing;
 *   TransientError when the cluster does not answer
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  return openLedgerOn(openDatabase(options.connection), options);
}

/** The same on a database that is open already; it is closed with the ledger. */
export async function openLedgerOn(
  native: NativeDatabase,
  options: Omit<LedgerOptions, 'connection'>,
): Promise<Ledger> {
  const store = new Store(native);
  try {
    return await openOnStore(store, options);
  } catch (error) {
    store.close();
    throw error;
  }
}

async function openOnStore(store: Store, options: Omit<LedgerOptions, 'connection'>): Promise<Ledger> {
  const clock = options.clock ?? Date.now;
  const directories = await Directories.open(store, options.root ?? defaultRoot);
  const tenants = new FdbTenants(store, directories, clock);
  const close = async (): Promise<void> => store.close();
  return {
    tenants,
    partitions: new FdbPartitions({ store, directories, clock }),
    feed: new FdbFeed(store, directories),
    project: async (tenant, project) => {
      const place = await directories.openProject(tenant, project);
      if (place !== undefined) return new FdbProjectHistory(store, directories, place, clock);
      const exists = await store.read((tn) => directories.findTenant(tn, tenant));
      if (exists === undefined) throw unknownTenant(tenant);
      throw new PermanentError('unknown_project', `tenant ${tenant} has no project ${project}`);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
