import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { countFindings, findingKinds, type FindingKind } from './checker.ts';
import { runSeed, type SeedOrder, type SeedResult } from './run-seed.ts';
import type { ProfileName } from './schedule.ts';
import { exitCodeOf, runProgram } from './stop.ts';

const usage = `npm run test:faults -- [--seed N] [--minutes M] [--short]
  --seed N      that seed alone, or the first of many with --minutes; a new one by default
  --minutes M   seed after seed, until so many minutes are over
  --short       fewer harms a seed, as in npm test
`;
const evidenceMax = 20;
const insideMark = 'SWARMLEDGER_FAULTS_INSIDE';

interface Totals extends Record<FindingKind, number> {
  seeds: number;
  faults: number;
  events: number;
}

interface RunOrder {
  readonly first: number;
  readonly minutes: number;
  readonly profile: ProfileName;
}

function readOrder(): RunOrder | undefined {
  try {
    const options = { seed: { type: 'string' }, minutes: { type: 'string' }, short: { type: 'boolean' } } as const;
    const { values } = parseArgs({ options });
    const first = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
    const minutes = Number(values.minutes ?? 0);
    if (!Number.isSafeInteger(first) || first < 0 || !(minutes >= 0)) return undefined;
    return { first, minutes, profile: values.short === true ? 'short' : 'full' };
  } catch {
    return undefined;
  }
}

/** Small disks need a mount namespace of our own, where that is allowed. */
function canMount(): boolean {
  return spawnSync('unshare', ['-Urm', 'true']).status === 0;
}

/** The same program in a namespace of its own. Resolves with its exit code. */
async function runInside(): Promise<number> {
  const args = ['-Urm', process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn('unshare', args, { stdio: 'inherit', env: { ...process.env, [insideMark]: '1' } });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : exitCodeOf(signal))));
  });
}

async function run({ first, minutes, profile }: RunOrder, stop: AbortSignal): Promise<number> {
  const startMs = performance.now();
  const totals: Totals = { seeds: 0, faults: 0, events: 0, lost: 0, doubled: 0, reordered: 0, crossed: 0 };
  for (let seed = first; seed === first || performance.now() - startMs < minutes * 60_000; seed++) {
    await addSeed(totals, { seed, profile, stop });
  }
  const { seeds, faults, events, lost, doubled, reordered, crossed } = totals;
  const seconds = Math.round((performance.now() - startMs) / 1_000);
  say(
    `seeds=${seeds} faults=${faults} events=${events} lost=${lost} doubled=${doubled} reordered=${reordered} crossed=${crossed} seconds=${seconds}`,
  );
  return lost + doubled + reordered + crossed === 0 ? 0 : 1;
}

async function addSeed(totals: Totals, order: Omit<SeedOrder, 'onHarm'>): Promise<void> {
  const { seed, profile, stop } = order;
  const startMs = performance.now();
  say(`seed ${seed}`);
  const result = await runSeed({ ...order, onHarm: (text) => say(`  ${text}`) }).catch((error: unknown) => {
    stop.throwIfAborted();
    return toResult(error);
  });
  const counts = countFindings(result.findings);
  totals.seeds += 1;
  totals.faults += result.faults;
  totals.events += result.events;
  for (const kind of findingKinds) totals[kind] += counts[kind];
  for (const skipped of new Set(result.skipped)) say(`  skipped: ${skipped}`);
  const seconds = Math.round((performance.now() - startMs) / 1_000);
  say(`  ${result.events} events, ${result.faults} faults, ${result.findings.length} findings, ${seconds} s`);
  if (result.findings.length === 0) return;
  for (const { kind, invariant, evidence } of result.findings.slice(0, evidenceMax)) {
    say(`FAILED invariant ${invariant}, ${kind}: ${evidence}`);
  }
  for (const [name, lines] of result.logs) for (const line of lines.slice(-evidenceMax)) say(`  ${name}: ${line}`);
  say(`repeat it with: npm run test:faults -- --seed ${seed}${profile === 'short' ? ' --short' : ''}`);
}

/** What could not be checked was not kept. */
function toResult(error: unknown): SeedResult {
  const evidence = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    findings: [{ kind: 'lost', invariant: 9, evidence: `the run could not be ended: ${evidence}` }],
    faults: 0,
    events: 0,
    skipped: [],
    logs: new Map(),
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const order = readOrder();
if (order === undefined) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else if (process.env[insideMark] === undefined && canMount()) {
  process.exitCode = await runInside();
} else {
  await runProgram((stop) => run(order, stop));
}
