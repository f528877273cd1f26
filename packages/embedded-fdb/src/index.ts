export { openEmbeddedDatabase, type EmbeddedDatabaseOptions } from './database.ts';
export { createEmbeddedModule, installEmbeddedModule, type EmbeddedModuleOptions } from './module.ts';
export { fdbErrors, type FDBErrorClass } from './errors.ts';
export { engineLimits, fdbLimits } from './limits.ts';
