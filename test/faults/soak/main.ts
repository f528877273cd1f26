import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { errorMessage, pause, sleep } from '@swarmledger/runtime';
import { checkout } from '../../support/cli.ts';
import { countFindings } from '../checker.ts';
import { doHarm, type HarmDependencies } from '../harms.ts';
import { runCluster } from '../run-seed.ts';
import { createSchedule, describeHarm, type ScheduledHarm } from '../schedule.ts';
import { runProgram } from '../stop.ts';
import { drawSoak } from './draw.ts';
import { findGrowth } from './growth.ts';
import { takeSample, type Sample } from './sample.ts';

const usage = `npm run test:soak -- [--minutes M] [--seed N] [--pause MS] [--out FOLDER]
  --minutes M   how long agents write; 60 by default
  --seed N      which faults, one a minute
  --pause MS    between two groups of an agent, on average: 5 by default
  --out FOLDER  where soak.json and soak.svg go: bench/results by default
`;
const sampleMs = 5_000;
const harmMs = 60_000;
const evidenceMax = 20;

interface SoakOrder {
  readonly minutes: number;
  readonly seed: number;
  readonly pauseMs: number;
  readonly out: string;
}

function readOrder(): SoakOrder | undefined {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { minutes: text, seed: text, pause: text, out: text } });
    const [minutes, seed] = [Number(values.minutes ?? 60), Number(values.seed ?? 1)];
    const pauseMs = Number(values.pause ?? 5);
    if (!(minutes > 0) || !Number.isSafeInteger(seed) || seed < 0 || !(pauseMs >= 1)) return undefined;
    return { minutes, seed, pauseMs, out: values.out ?? join(checkout, 'bench/results') };
  } catch {
    return undefined;
  }
}

/** Full disks are left out: an hour's ledger does not fit on one that is quick to fill. */
function chooseHarm(seed: number, minute: number): ScheduledHarm {
  const [chosen] = createSchedule(seed * 1_000 + minute, 'full').filter(({ harm }) => harm.kind !== 'fill_disk');
  if (chosen === undefined) throw new Error('a schedule without harm');
  return { ...chosen, atMs: minute * harmMs };
}

async function soak({ minutes, seed, pauseMs, out }: SoakOrder, stop: AbortSignal): Promise<number> {
  const samples: Sample[] = [];
  const startMs = performance.now();
  const harm = async (dependencies: HarmDependencies): Promise<number> => {
    const endMs = performance.now() + minutes * 60_000;
    const sampling = keepSampling(dependencies, samples, { endMs, stop });
    let faults = 0;
    for (let minute = 0; performance.now() + harmMs <= endMs; minute++) {
      const planned = chooseHarm(seed, minute);
      say(describeHarm(planned));
      const nextMs = performance.now() + harmMs;
      await doHarm(dependencies, planned);
      faults += 1;
      await sleep(Math.max(0, nextMs - performance.now()), stop);
    }
    await sampling;
    return faults;
  };
  const result = await runCluster({ seed, disks: 'none', agentPauseMs: pauseMs, harm, stop });
  const growth = findGrowth(samples);
  mkdirSync(out, { recursive: true });
  const record = { minutes, seed, pauseMs, events: result.events, faults: result.faults, growth, samples };
  writeFileSync(join(out, 'soak.json'), `${JSON.stringify(record)}\n`);
  writeFileSync(join(out, 'soak.svg'), await drawSoak(samples));
  for (const { kind, invariant, evidence } of result.findings.slice(0, evidenceMax)) {
    say(`FAILED invariant ${invariant}, ${kind}: ${evidence}`);
  }
  for (const line of growth) say(`FAILED growth: ${line}`);
  const { lost, doubled, reordered, crossed } = countFindings(result.findings);
  const seconds = Math.round((performance.now() - startMs) / 1_000);
  say(
    `faults=${result.faults} events=${result.events} lost=${lost} doubled=${doubled} reordered=${reordered} crossed=${crossed} grown=${growth.length} seconds=${seconds}`,
  );
  return lost + doubled + reordered + crossed + growth.length === 0 ? 0 : 1;
}

async function keepSampling(
  { cluster }: HarmDependencies,
  samples: Sample[],
  { endMs, stop }: { readonly endMs: number; readonly stop: AbortSignal },
): Promise<void> {
  const startMs = performance.now();
  while (performance.now() < endMs && !stop.aborted) {
    const nextMs = performance.now() + sampleMs;
    // A server that a fault has taken away has nothing to be measured.
    await takeSample(cluster, startMs).then(
      (sample) => void samples.push(sample),
      (error: unknown) => say(`  no sample: ${errorMessage(error)}`),
    );
    await pause(Math.max(0, nextMs - performance.now()), stop);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const order = readOrder();
if (order === undefined) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  await runProgram((stop) => soak(order, stop));
}
