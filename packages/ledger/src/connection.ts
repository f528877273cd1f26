import { join } from 'node:path';
import { ConfigReader, PermanentError, type Environment } from '@swarmledger/runtime';
import type { LedgerConnection } from './ledger.ts';

const embeddedFileSuffix = '.sqlite';
const embeddedFileName = `ledger${embeddedFileSuffix}`;
/** Where FoundationDB's packages put it. */
const defaultClusterFile = '/etc/foundationdb/fdb.cluster';

/**
 * Which ledger this process uses. `SWARMLEDGER_LEDGER` is `embedded` or `fdb`; unset, it is `fdb` when `FDB_CLUSTER_FILE` is
 * set. The embedded one is a file of `dataDir`. @throws PermanentError invalid_config
 */
export function readLedgerConnection(environment: Environment, dataDir: string): LedgerConnection {
  const reader = new ConfigReader(environment);
  const clusterFile = reader.optionalText('FDB_CLUSTER_FILE');
  const kind = reader.oneOf('SWARMLEDGER_LEDGER', ['embedded', 'fdb'], clusterFile === undefined ? 'embedded' : 'fdb');
  const connection: LedgerConnection =
    kind === 'embedded'
      ? { kind: 'embedded', file: join(dataDir, embeddedFileName) }
      : { kind: 'cluster', clusterFile: clusterFile ?? defaultClusterFile };
  return reader.finish(connection);
}

/**
 * A ledger as people name it: `fdb` (the cluster of FDB_CLUSTER_FILE), `fdb:FILE` (that cluster file), a data folder, or a ledger
 * file (`*.sqlite`) of its own. @throws PermanentError invalid_ledger_name
 */
export function parseLedgerConnection(text: string, environment: Environment): LedgerConnection {
  const [, clusterFile] = /^fdb(?::(.+))?$/.exec(text) ?? [];
  if (clusterFile !== undefined) return { kind: 'cluster', clusterFile };
  if (text === 'fdb') return readLedgerConnection({ ...environment, SWARMLEDGER_LEDGER: 'fdb' }, '');
  if (text === '' || text.startsWith('fdb:'))
    throw new PermanentError(
      'invalid_ledger_name',
      `"${text}" names no ledger: give fdb, fdb:FILE, a folder or a file`,
    );
  return { kind: 'embedded', file: text.endsWith(embeddedFileSuffix) ? text : join(text, embeddedFileName) };
}
