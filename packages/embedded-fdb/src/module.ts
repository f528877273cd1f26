import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Module from 'node:module';
import type { NativeModule } from 'foundationdb/dist/lib/native.js';
import { openEmbeddedDatabase } from './database.ts';
import { testErrorPredicate, type FDBErrorClass } from './errors.ts';

export interface EmbeddedModuleOptions {
  /** The file that `open()` without a cluster file opens. */
  readonly file: string;
  readonly FDBError: FDBErrorClass;
}

/** A whole native module: `open(clusterFile)` opens `clusterFile` as an embedded ledger's file. */
export function createEmbeddedModule(options: EmbeddedModuleOptions): NativeModule {
  return {
    setAPIVersion: () => undefined,
    setAPIVersionImpl: () => undefined,
    startNetwork: () => undefined,
    stopNetwork: () => undefined,
    setNetworkOption: () => undefined,
    errorPredicate: testErrorPredicate,
    createDatabase: (clusterFile) =>
      openEmbeddedDatabase({ file: clusterFile ?? options.file, FDBError: options.FDBError }),
  };
}

/**
 * Puts the embedded module where the foundationdb package keeps its native one, so that the whole package runs without
 * FoundationDB's client library. It has to happen before the package's first require.
 *
 * @param require resolves `foundationdb` as the caller would
 */
export function installEmbeddedModule(
  require: NodeJS.Require,
  file: string = join(tmpdir(), 'embedded-fdb.sqlite'),
): void {
  const nativePath = require.resolve('foundationdb/dist/lib/native.js');
  if (require.cache[nativePath] !== undefined) return;
  const { default: FDBError } = require('foundationdb/dist/lib/error.js') as { default: FDBErrorClass };
  const standIn = new Module(nativePath);
  standIn.filename = nativePath;
  standIn.exports = { type: 'napi', default: createEmbeddedModule({ file, FDBError }) };
  standIn.loaded = true;
  require.cache[nativePath] = standIn;
}
