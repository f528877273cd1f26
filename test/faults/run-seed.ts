import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '@swarmledger/runtime';
import { checkHistory, type Finding, type ProcessRecord } from './checker.ts';
import { ClaimChecker } from './claims.ts';
import { openCluster, type Cluster, type ClusterOptions } from './cluster.ts';
import { doHarm, healEverything, type HarmDependencies, type HarmReport } from './harms.ts';
import { watchMemory } from './memory.ts';
import { observe } from './observe.ts';
import { openRecorder } from './recorder.ts';
import { createSchedule, describeHarm, type PartName, type ProfileName } from './schedule.ts';
import { settle } from './settle.ts';
import { untilStopped } from './stop.ts';

export interface SeedOrder {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly onHarm: (text: string) => void;
  /** Ends everything that was started, as when a person stops the run. */
  readonly stop: AbortSignal;
}

export interface SeedResult {
  readonly findings: readonly Finding[];
  readonly faults: number;
  /** In the ledger at the end. */
  readonly events: number;
  readonly skipped: readonly string[];
  /** The last lines of every process, for when something was found. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
}

/** Services that promise to end within 10 s of SIGTERM, having lost nothing. */
const drained: readonly PartName[] = ['syncer', 'ingestor-0', 'ingestor-1'];

const agentPauseMs = 60;

/** A hub, its agents and the harm of one seed; then peace, and the check of everything that is left. */
export function runSeed({ seed, profile, onHarm, stop }: SeedOrder): Promise<SeedResult> {
  const schedule = createSchedule(seed, profile);
  const harm = async (dependencies: HarmDependencies): Promise<number> => {
    await Promise.all(
      schedule.map(async (planned) => {
        await sleep(planned.atMs, stop);
        onHarm(describeHarm(planned));
        await doHarm(dependencies, planned);
      }),
    );
    return schedule.length;
  };
  return runCluster({ seed, disks: 'small', agentPauseMs, harm, stop });
}

export interface RunOrder extends Pick<ClusterOptions, 'seed' | 'disks' | 'agentPauseMs'> {
  /** Resolves with how many faults there were. */
  readonly harm: (dependencies: HarmDependencies) => Promise<number>;
  readonly stop: AbortSignal;
}

/** The same for any harm. @throws the reason of `stop`, once everything is ended */
export async function runCluster(order: RunOrder): Promise<SeedResult> {
  const root = await mkdtemp(join(tmpdir(), 'swarmledger-faults-'));
  const run = randomBytes(6).toString('hex');
  let claims: ClaimChecker | undefined;
  const onCommitted: ClusterOptions['onCommitted'] = (session, upTo) => claims?.check(session, upTo);
  const cluster = await openCluster({ ...order, root, run, onCommitted });
  try {
    const checker = cluster.scope.own('claims', new ClaimChecker(cluster.connection, run));
    claims = checker;
    return await untilStopped(order.stop, () => harmAndCheck(cluster, { ...order, run, claims: checker }));
  } finally {
    await cluster.scope.close();
  }
}

async function harmAndCheck(
  cluster: Cluster,
  { harm, seed, run, claims }: RunOrder & { readonly run: string; readonly claims: ClaimChecker },
): Promise<SeedResult> {
  const memory = watchMemory(cluster);
  cluster.scope.defer('memory', () => memory.stop());
  const report: HarmReport = { hostileTried: 0, hostileTaken: 0, skipped: [] };
  const recorder = cluster.scope.own('recorder', await openRecorder(cluster));
  const faults = await harm({ cluster, recorder, report });
  await healEverything(cluster);
  const unsettled = await settle(cluster);
  const observed = await observe(cluster, seed);
  const processes: ProcessRecord = {
    memory: memory.peaks,
    stopMs: await stopServices(cluster),
    surprises: describeSurprises(cluster),
    unsettled,
  };
  const { hostileTried: tried, hostileTaken: taken, skipped } = report;
  const findings = checkHistory({
    ...observed,
    run,
    progress: cluster.journal.all(),
    claims: claims.claims,
    hostile: { tried, taken, deadLetters: observed.deadLetters },
    processes,
  });
  const events = [...observed.ledger.values()].reduce((sum, { length }) => sum + length, 0);
  const logs = new Map([...cluster.parts.keys()].map((name) => [name, [...cluster.lastWords(name)]]));
  return { findings, faults: faults - skipped.length, events, skipped, logs };
}

async function stopServices(cluster: Cluster): Promise<ReadonlyMap<string, number>> {
  const stopMs = new Map<string, number>();
  for (const name of drained) stopMs.set(name, await cluster.part(name).stop());
  return stopMs;
}

/** A full disk may end a process: it says so and is started again. Everything else may not. */
function describeSurprises({ surprises }: Cluster): readonly string[] {
  return surprises.map(({ part, atMs, lastWords }) => {
    return `${part} ended by itself at ${new Date(atMs).toISOString()}: ${lastWords.join(' | ')}`;
  });
}
