import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PermanentError, errorMessage } from '@swarmledger/runtime';
import type * as foundationdbPackage from 'foundationdb';
import type { NativeDatabase, NativeModule } from 'foundationdb/dist/lib/native.js';

export type Foundationdb = typeof foundationdbPackage;
export type { NativeDatabase };

/** 6.3's interface: every client library from 6.3 to today's speaks it, and we use nothing newer. */
export const apiVersion = 630;

const load = createRequire(import.meta.url);
let loaded: Foundationdb | undefined;
let addon: NativeModule | undefined;

/**
 * The foundationdb package. On its own it loads its native addon with the first require, and prints and throws on a machine
 * without FoundationDB's client library. Here a stand-in takes the addon's place in the module cache: `Database`, tuples and
 * directories need none, the embedded ledger brings its own NativeDatabase, and `openClusterDatabase` loads the real addon
 * itself. So both kinds work side by side in one process.
 */
export function foundationdb(): Foundationdb {
  if (loaded === undefined) {
    const nativePath = findNativePath();
    if (load.cache[nativePath] === undefined) load.cache[nativePath] = createStandIn(nativePath);
    // The package is CommonJS and has to see the stand-in: no static import can do that.
    loaded = load('foundationdb') as Foundationdb;
    loaded.setAPIVersion(apiVersion);
  }
  return loaded;
}

/** @throws PermanentError ledger_unavailable when the client library is missing or refuses the cluster file */
export function openClusterDatabase(clusterFile: string): NativeDatabase {
  addon ??= startAddon();
  try {
    return addon.createDatabase(clusterFile);
  } catch (cause) {
    throw new PermanentError(
      'ledger_unavailable',
      `FoundationDB refuses cluster file ${clusterFile}: ${errorMessage(cause)}`,
      { cause },
    );
  }
}

function startAddon(): NativeModule {
  const { FDBError } = foundationdb();
  const nativePath = findNativePath();
  let native: NativeModule;
  try {
    const loadAddon = createRequire(nativePath)('node-gyp-build') as (root: string) => NativeModule;
    native = loadAddon(join(dirname(nativePath), '..', '..'));
    // The addon throws what it finds here; the package's retry loop and our errors.ts know this class.
    Object.assign(native, { FDBError });
    native.setAPIVersion(apiVersion);
    native.startNetwork();
  } catch (cause) {
    throw new PermanentError(
      'ledger_unavailable',
      'FoundationDB’s client library (libfdb_c) is not installed or not loadable here: install the foundationdb-clients ' +
        'package of your cluster’s version, or use the embedded ledger (SWARMLEDGER_LEDGER=embedded)',
      { cause },
    );
  }
  process.once('exit', () => native.stopNetwork());
  return native;
}

function findNativePath(): string {
  return join(dirname(load.resolve('foundationdb')), 'native.js');
}

function createStandIn(path: string): NodeJS.Module {
  const refuse = (): never => {
    throw new PermanentError('ledger_unavailable', 'the FoundationDB addon is opened by openClusterDatabase only');
  };
  const native: NativeModule = {
    setAPIVersion: () => undefined,
    setAPIVersionImpl: () => undefined,
    startNetwork: refuse,
    stopNetwork: () => undefined,
    createDatabase: refuse,
    setNetworkOption: refuse,
    errorPredicate: refuse,
  };
  const standIn = new Module(path);
  standIn.filename = path;
  standIn.exports = { type: 'napi', default: native };
  standIn.loaded = true;
  return standIn;
}
