// Writes docs/openapi/auth.json from the table of routes that services/auth serves. Build first.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRoutes, describeApi } from '../services/auth/dist/index.js';

const folder = fileURLToPath(new URL('../docs/openapi', import.meta.url));
mkdirSync(folder, { recursive: true });
// Only handlers need what the routes stand on.
writeFileSync(
  `${folder}/auth.json`,
  `${JSON.stringify(describeApi(createRoutes({ ledger: { tenants: {} } })), null, 2)}\n`,
);
