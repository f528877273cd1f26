import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLedgerConnection } from './connection.ts';

test('uses a file in the data folder unless a cluster file is named', () => {
  assert.deepEqual(readLedgerConnection({}, 'data'), { kind: 'embedded', file: 'data/ledger.sqlite' });
  const environment = { FDB_CLUSTER_FILE: 'fdb.cluster' };
  assert.deepEqual(readLedgerConnection(environment, 'data'), { kind: 'cluster', clusterFile: 'fdb.cluster' });
  const embedded = readLedgerConnection({ ...environment, SWARMLEDGER_LEDGER: 'embedded' }, 'data');
  assert.equal(embedded.kind, 'embedded');
  assert.equal(readLedgerConnection({ SWARMLEDGER_LEDGER: 'fdb' }, 'data').kind, 'cluster');
});

test('names a wrong setting', () => {
  assert.throws(() => readLedgerConnection({ SWARMLEDGER_LEDGER: 'sqlite' }, 'data'), {
    code: 'invalid_config',
    message: /SWARMLEDGER_LEDGER is none of embedded, fdb/,
  });
});
