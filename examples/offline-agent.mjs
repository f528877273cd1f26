// An agent that works with or without a network: every decision and edit is on this machine's disk before it goes on.
//   node examples/offline-agent.mjs       now, with no hub at all; again: it goes on counting where it was
//   npx swarmledger sync status           what waits
//   npx swarmledger up                    in another terminal: from here on the agent's own syncer sends it,
//   npx swarmledger sync once             or this does
// In your own project: import { connectSwarmLedger, recordRun } from '@swarmledger/sdk';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectSwarmLedger, recordRun } from '../packages/sdk/dist/index.js';

const data = process.env.SWARMLEDGER_DATA ?? '.swarmledger';
const folder = process.env.EXAMPLE_FOLDER ?? join(data, 'example-project');
await mkdir(folder, { recursive: true });

// The hub on this machine writes its addresses here. Without one the agent only records.
const hubFile = join(data, 'hub.json');
const hub = existsSync(hubFile) ? JSON.parse(readFileSync(hubFile, 'utf8')) : undefined;
const online =
  hub === undefined ? {} : { servers: hub.nats.url, credentials: { user: hub.nats.user, password: hub.nats.password } };

const ledger = await connectSwarmLedger({
  durable: true,
  outbox: join(data, 'outbox.sqlite'),
  ...online,
  tenant: 'acme',
  project: 'offline-shop',
  agentId: 'example-agent',
  agentRole: 'CODER',
});

// Each run is a decision, and what it changed: the SDK looks at the folder before and after.
const lines = await recordRun(
  ledger,
  { title: 'Note the time in notes.txt', rationale: 'To have something to look at.', confidence: 0.9, folder },
  async () => {
    const file = join(folder, 'notes.txt');
    const before = await readFile(file, 'utf8').catch(() => '');
    const after = `${before}worked at ${new Date().toISOString()}\n`;
    await writeFile(file, after);
    return after.trimEnd().split('\n').length;
  },
);

// A critical signal goes before everything else that waits.
await ledger.recordSignal({ kind: 'heartbeat', message: `notes.txt has ${lines} lines`, priority: 'critical' });

await ledger.flush({ until: 'durable' });
console.log(`${ledger.counts.published} events are on the disk; the next one will be number ${ledger.nextSequence}`);
if (hub !== undefined) {
  const committed = await ledger.flush({ until: 'committed', timeoutMs: 10_000 }).then(
    () => 'everything is committed',
    (error) => error.message,
  );
  console.log(committed);
}
await ledger.close();
