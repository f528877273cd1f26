import type { AddressInfo } from 'node:net';
import { closeServer, ConfigReader, createLogger, runService } from '@swarmledger/runtime';
import { Engine } from './engine.ts';
import { createEndpoint } from './server.ts';
import type { EndpointUser } from './users.ts';

/** The embedded engine as a process of its own: a crash of it takes nothing else down. */
const read = new ConfigReader(process.env);
const config = read.finish({
  folder: read.text('SWARMLEDGER_ENGINE_FOLDER'),
  port: read.integer('SWARMLEDGER_ENGINE_PORT', 0, { min: 0, max: 65_535 }),
  username: read.text('SWARMLEDGER_ENGINE_USER', 'swarmledger'),
  password: read.secret('SWARMLEDGER_ENGINE_PASSWORD'),
  analyst: read.text('SWARMLEDGER_ENGINE_ANALYST', 'analyst'),
  analystPassword: read.secret('SWARMLEDGER_ENGINE_ANALYST_PASSWORD'),
  tenantSecret: read.secret('SWARMLEDGER_ENGINE_TENANT_SECRET'),
  database: read.text('SWARMLEDGER_ENGINE_DATABASE', 'swarmledger'),
});
const log = createLogger({ level: 'info', service: 'analytics-engine' });

process.exitCode = await runService(log, async () => {
  const engine = new Engine(config.folder, config.database);
  const users: EndpointUser[] = [];
  if (config.password !== undefined)
    users.push({ name: config.username, password: config.password.reveal(), access: 'read_write' });
  if (config.analystPassword !== undefined) {
    users.push({ name: config.analyst, password: config.analystPassword.reveal(), access: { kind: 'everything' } });
  }
  const { tenantSecret: secret, database } = config;
  const tenants = secret === undefined ? undefined : { secret, database };
  const server = createEndpoint(engine, { named: users, tenants });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, '127.0.0.1', resolve);
  });
  process.send?.({ kind: 'listening', port: (server.address() as AddressInfo).port });
  // The folder belongs to whoever started this: no orphan may keep it locked.
  const finished = new Promise<void>((resolve) => process.once('disconnect', resolve));
  return {
    finished,
    close: async () => {
      await closeServer(server);
      await engine.close();
    },
  };
});
// The engine's threads would keep the process alive.
process.exit();
