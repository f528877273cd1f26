// A small agent that records what it decides, what it changes and what happens to it.
//   npx swarmledger up            in one terminal
//   node examples/agent.mjs       in another
// In your own project: import { connectSwarmLedger } from '@swarmledger/sdk';
import { readFileSync } from 'node:fs';
import { connectSwarmLedger } from '../packages/sdk/dist/index.js';

// The hub on this machine writes its addresses here; elsewhere they are configuration.
const hub = JSON.parse(readFileSync(process.env.SWARMLEDGER_HUB ?? '.swarmledger/hub.json', 'utf8'));

const ledger = await connectSwarmLedger({
  servers: hub.nats.url,
  credentials: { user: hub.nats.user, password: hub.nats.password },
  tenant: 'acme',
  project: 'web-shop',
  agentId: `example-agent-${process.pid}`,
  agentRole: 'CODER',
});

// Why, before what: changes name the decision behind them.
const decision = await ledger.recordDecision({
  title: 'Round prices once, at the end',
  rationale: 'Rounding each item makes the total of a large cart wrong by a few cents.',
  confidence: 0.9,
  alternatives: ['Round each item', 'Count in cents everywhere'],
});

// One message: both files are committed, or neither.
await ledger.batch((batch) => {
  batch.recordChange({
    path: 'src/total.js',
    action: 'CREATE',
    content: 'export const total = (items) => Math.round(items.reduce((sum, item) => sum + item.price, 0));\n',
    parent: decision,
  });
  batch.recordChange({
    path: 'test/total.test.js',
    action: 'CREATE',
    content: "import { total } from '../src/total.js';\n",
    parent: decision,
  });
});

await ledger.recordSignal({ kind: 'command', message: 'npm test', data: { exit_code: 0 }, parent: decision });

// Until here everything may still be on its way. From here on the ledger has it.
const counts = await ledger.flush({ until: 'committed' });
await ledger.close();
console.log(`${counts.committed} events committed; the trace is ${ledger.trace.traceId}`);
