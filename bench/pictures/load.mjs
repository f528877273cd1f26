// What keeps the system busy while it is watched: agents that live through recorded SWE-agent runs (or invented steps, without a
// folder of those), an edge that was offline, jobs, readers over HTTP, and a few things that go wrong.
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBus } from '../../packages/bus/dist/index.js';
import { createJob, eventsSubject, parseProjectId, parseTenantId } from '../../packages/protocol/dist/index.js';
import { connectSwarmLedger } from '../../packages/sdk/dist/index.js';

export const tenant = 'acme';
const floodTenant = 'eager';
const projects = ['web', 'billing', 'search', 'mobile', 'infra', 'docs'];
/** A wave a minute and a half, from calm to busy: graphs that never change say nothing. */
const waveMs = 90_000;
const eventsPerTickMax = 24;
const tickMs = 250;

/** The steps of real runs: `{ thought, action, observation }`. */
export function readSteps(folder) {
  if (folder === undefined) return [{ thought: 'Look around first', action: 'ls', observation: 'README.md' }];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.traj'))
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).trajectory ?? [])
    .filter(({ thought }) => thought?.trim());
}

/** Every project's agent, until the signal. */
export async function runAgents(system, steps, signal) {
  const agents = await Promise.all(
    projects.map((project) =>
      connectSwarmLedger({ ...system.address, tenant, project, agentId: `coder-${project}`, agentRole: 'CODER' }),
    ),
  );
  let index = 0;
  const startMs = performance.now();
  while (!signal.aborted) {
    const phase = ((performance.now() - startMs) / waveMs) * 2 * Math.PI;
    const events = Math.round((eventsPerTickMax * (1.1 - Math.cos(phase))) / 2.1);
    for (let count = 0; count < events; count++) {
      const agent = agents[index % agents.length];
      await recordStep(agent, steps[index % steps.length], index++);
    }
    await sleep(tickMs);
  }
  for (const agent of agents) {
    await agent.flush({ until: 'committed', timeoutMs: 60_000 });
    await agent.close();
  }
}

async function recordStep(agent, step, index) {
  const [title] = step.thought.trim().split('\n');
  const decision = await agent.recordDecision({ title: title.slice(0, 120), rationale: step.thought, confidence: 0.7 });
  if (index % 5 === 0) {
    // Nobody looks at what was there: what two agents write of one path are conflicts.
    const content = `${step.action}\n${step.observation ?? ''}`.slice(0, 4_000);
    await agent.recordChange({ path: `steps/${index % 60}.txt`, action: 'CREATE', content, parent: decision });
  } else await agent.recordSignal({ kind: 'observation', message: (step.observation ?? '').slice(0, 500) });
}

/** A project that sends more than its quota allows, for a third of each wave: the overflow lane takes it up. */
export async function runFlood(system, signal) {
  await system.limitTenant(floodTenant, { eventsPerSecond: 20, burstEvents: 100 });
  const identity = { tenant: floodTenant, project: 'flood', agentId: 'eager-1' };
  const agent = await connectSwarmLedger({ ...system.address, ...identity });
  const startMs = performance.now();
  for (let index = 0; !signal.aborted; index++) {
    const phase = ((performance.now() - startMs) % waveMs) / waveMs;
    if (phase < 1 / 3) await agent.recordSignal({ kind: 'chatter', message: `note ${index}` });
    await sleep(25);
  }
  await agent.flush({ until: 'committed', timeoutMs: 120_000 });
  await agent.close();
}

/** What no codec knows. */
export async function runTrouble(system, signal) {
  const bus = await connectBus({ ...system.address, name: 'trouble' });
  const subject = eventsSubject(parseTenantId(tenant), parseProjectId('web'));
  for (let index = 0; !signal.aborted; index++) {
    await bus.publisher.publishRaw(subject, Buffer.from(`poison ${index}`));
    await sleep(index % 12 < 4 ? 500 : 5_000, undefined, { signal }).catch(() => undefined);
  }
  await bus.close();
}

/** An agent on a train: it records all the time, its syncer has a network from `online` on. */
export async function runEdge(system, { folder, online, steps, signal }) {
  const outbox = join(folder, 'edge.sqlite');
  const agent = await connectSwarmLedger({ durable: true, outbox, tenant, project: 'field', agentId: 'train-1' });
  void online.then(() => system.startService('syncer', 'train-1', { SWARMLEDGER_OUTBOX: outbox }));
  for (let index = 0; !signal.aborted; index++) {
    await recordStep(agent, steps[index % steps.length], index);
    if (index % 20 === 0) await agent.recordSignal({ kind: 'battery', message: 'low', priority: 'critical' });
    await sleep(60);
  }
  await agent.close();
}

const agentProgram = `import { readFileSync, writeFileSync } from 'node:fs';
const task = readFileSync(0, 'utf8');
await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 4000));
console.log(JSON.stringify({ decision: { title: 'Did it', rationale: task } }));
writeFileSync('answer-' + process.pid + '.txt', task);
if (task.includes('impossible')) process.exit(1);
`;

/** A job every few seconds, and a worker for it. */
export async function runJobs(system, { folder, signal }) {
  const program = join(folder, 'agent.mjs');
  await writeFile(program, agentProgram);
  const bus = await connectBus({ ...system.address, name: 'jobs' });
  for (let index = 0; !signal.aborted; index++) {
    const task = index % 6 === 5 ? 'do the impossible' : `task ${index}`;
    await bus.jobs.submit(parseTenantId(tenant), createJob({ project: parseProjectId('chores'), task }));
    const worker = await system.startService('worker', `worker-${index}`, {
      SWARMLEDGER_WORKER_COMMAND: JSON.stringify([process.execPath, program]),
      SWARMLEDGER_WORKER_SANDBOX: 'none',
      SWARMLEDGER_WORKER_FOLDER: folder,
      SWARMLEDGER_WORKER_ATTEMPTS: '1',
      SWARMLEDGER_HEALTH_PORT: '0',
    });
    await worker.exited;
    await sleep(2_000, undefined, { signal }).catch(() => undefined);
  }
  await bus.close();
}

/** People and programs that look at the past, one address after the other. */
export async function runReaders(system, httpPort, signal) {
  const addresses = [
    '',
    '/web/log?limit=20',
    '/web/tree',
    '/web/archive',
    '/web/files/steps/0.txt',
    '/web/branches',
    '/nowhere/log',
  ];
  for (let index = 0; !signal.aborted; index++) {
    const token = await system.issuer.sign();
    const address = addresses[index % addresses.length];
    await fetch(`http://127.0.0.1:${httpPort}/v1/projects${address}`, {
      headers: { authorization: `Bearer ${token}` },
    }).then((response) => response.arrayBuffer());
    await sleep(100 + 150 * (1 + Math.sin(index / 60)));
  }
}
