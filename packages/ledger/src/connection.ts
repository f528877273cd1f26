import { join } from 'node:path';
import { ConfigReader, type Environment } from '@swarmledger/runtime';
import type { LedgerConnection } from './ledger.ts';

const embeddedFileName = 'ledger.sqlite';
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
