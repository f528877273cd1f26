import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectSwarmLedger, type PipelineCounts } from '@swarmledger/sdk';
import { natsCredentials } from '../hub/connect.ts';
import type { HubFile } from '../hub/hub-file.ts';

interface Attempt {
  readonly title: string;
  readonly rationale: string;
  readonly confidence: number;
  readonly source: string;
}

/** What the agent tries, one after the other: none of them rounds half to even, and so the check really fails each time. */
const attempts: readonly Attempt[] = [
  {
    title: 'Use Math.round',
    rationale: 'Rounding to cents is what Math.round is for.',
    confidence: 0.9,
    source: 'export const round = (n) => Math.round(n);\n',
  },
  {
    title: 'Add a tiny epsilon',
    rationale: 'The failure must be floating-point noise: nudge the value before rounding.',
    confidence: 0.7,
    source: 'export const round = (n) => Math.round(n + Number.EPSILON);\n',
  },
  {
    title: 'Go through toFixed',
    rationale: 'toFixed is specified digit by digit, so it should not depend on the binary form.',
    confidence: 0.5,
    source: 'export const round = (n) => Number(n.toFixed(0));\n',
  },
  {
    title: 'Floor after adding a half',
    rationale: 'Back to first principles: add a half and cut off. Same idea as the first attempt, though.',
    confidence: 0.2,
    source: 'export const round = (n) => Math.floor(n + 0.5);\n',
  },
];

const check = `import assert from 'node:assert/strict';
import { round } from './round.mjs';
assert.deepEqual([0.5, 1.5, 2.5].map(round), [0, 2, 2], 'half must round to even');
`;

/**
 * A small agent that works for real while it is recorded: it writes a file, runs a check on it, reads why it failed, tries again, and
 * gives up after the last idea. Its history is what the README's questions are about.
 */
export async function runLiveAgent(
  hub: HubFile,
  target: { readonly tenant: string; readonly project: string },
): Promise<PipelineCounts> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmledger-agent-'));
  const agent = await connectSwarmLedger({
    servers: hub.nats.url,
    credentials: await natsCredentials(hub),
    ...target,
    agentId: 'rounding-agent',
    agentRole: 'CODER',
  });
  try {
    await writeFile(join(folder, 'check.mjs'), check);
    const plan = await agent.recordDecision({
      title: 'Write the check first',
      rationale: 'Banker’s rounding is easy to get wrong.',
      confidence: 0.95,
    });
    await agent.recordChange({ path: 'check.mjs', action: 'CREATE', content: check, parent: plan });
    let failure = '';
    for (const [index, attempt] of attempts.entries()) {
      const { title, rationale, confidence, source } = attempt;
      const decision = await agent.recordDecision({ title, rationale, confidence });
      await writeFile(join(folder, 'round.mjs'), source);
      await agent.recordChange({
        path: 'round.mjs',
        action: index === 0 ? 'CREATE' : 'UPDATE',
        content: source,
        parent: decision,
      });
      const run = spawnSync(process.execPath, ['check.mjs'], { cwd: folder, encoding: 'utf8' });
      failure = /AssertionError[^\n]*/.exec(run.stderr)?.[0] ?? `exit code ${run.status}`;
      await agent.recordSignal({
        kind: 'observation',
        severity: run.status === 0 ? 'INFO' : 'WARNING',
        message: run.status === 0 ? 'check passed' : failure,
        data: { command: 'node check.mjs', exit_code: run.status },
        parent: decision,
      });
    }
    await agent.recordSignal({ kind: 'crash', severity: 'CRITICAL', message: `out of ideas: ${failure}`, data: {} });
    return await agent.flush({ until: 'committed', timeoutMs: 60_000 });
  } finally {
    await agent.close();
    await rm(folder, { recursive: true, force: true });
  }
}
