import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkout } from '../support/cli.ts';

/** Who may import whom: docs/architecture.md. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'packages/protocol': [],
  'packages/runtime': [],
  'packages/embedded-fdb': [],
  'packages/ledger': ['protocol', 'runtime', 'embedded-fdb'],
  'packages/bus': ['protocol', 'runtime'],
  'packages/analytics': ['protocol', 'runtime'],
  'packages/identity': ['protocol', 'runtime'],
  'packages/encryption': ['protocol', 'runtime'],
  'packages/outbox': ['protocol', 'runtime'],
  'packages/sdk': ['protocol', 'runtime', 'bus', 'encryption', 'outbox'],
  'packages/cli': [
    'protocol',
    'runtime',
    'bus',
    'ledger',
    'analytics',
    'encryption',
    'sdk',
    'outbox',
    'auth',
    'ingestor',
    'replayer',
    'syncer',
    'worker',
  ],
  'services/worker': ['protocol', 'runtime', 'bus', 'ledger', 'sdk', 'replayer'],
  'services/ingestor': ['protocol', 'runtime', 'bus', 'ledger', 'analytics'],
  'services/replayer': ['protocol', 'runtime', 'encryption', 'ledger', 'identity'],
  'services/syncer': ['protocol', 'runtime', 'bus', 'ledger', 'outbox', 'sdk'],
  'services/auth': ['protocol', 'runtime', 'analytics', 'bus', 'encryption', 'ledger', 'identity'],
};

/** Libraries that stay behind one package each, so that a move to their successor touches one folder. */
const onlyDoor: Readonly<Record<string, string>> = {
  protobufjs: 'packages/protocol',
  foundationdb: 'packages/ledger',
  nats: 'packages/bus',
  '@clickhouse/client': 'packages/analytics',
  chdb: 'packages/analytics',
  jose: 'packages/identity',
};

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

const folders = ['packages', 'services'].flatMap((group) =>
  readdirSync(join(checkout, group)).map((name) => `${group}/${name}`),
);

test('every package imports only what the table allows', () => {
  for (const folder of folders) {
    const { dependencies = {} } = JSON.parse(readFileSync(join(checkout, folder, 'package.json'), 'utf8')) as Manifest;
    const ours = Object.keys(dependencies).filter((name) => name.startsWith('@swarmledger/'));
    const may = (allowed[folder] ?? []).map((name) => `@swarmledger/${name}`);
    assert.ok(folder in allowed, `${folder} is not in the table`);
    assert.deepEqual(
      ours.filter((name) => !may.includes(name)),
      [],
      folder,
    );
    for (const [library, owner] of Object.entries(onlyDoor)) {
      if (folder !== owner)
        assert.ok(!(library in dependencies), `${folder} depends on ${library}, which is ${owner}'s`);
    }
  }
});
