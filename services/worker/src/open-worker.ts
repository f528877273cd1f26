import type { Bus } from '@swarmledger/bus';
import {
  errorCode,
  errorMessage,
  openHealthServer,
  PermanentError,
  retry,
  Scope,
  type BackoffPolicy,
  type Logger,
  type Service,
  type Telemetry,
} from '@swarmledger/runtime';
import type { WorkerConfig } from './config.ts';
import { runJob, type JobDependencies, type JobResult } from './run-job.ts';
import { chooseSandbox } from './sandbox.ts';

export interface WorkerDependencies {
  readonly connectBus: () => Promise<Bus>;
  readonly restoreProject: JobDependencies['restoreProject'];
  readonly telemetry: Telemetry;
  readonly log: Logger;
}

export interface Worker extends Service {
  readonly healthPort: number;
  /** What became of its job; undefined when none came. */
  readonly result: Promise<JobResult | undefined>;
}

const connectPolicy: BackoffPolicy = { initialMs: 100, maxMs: 5_000, attemptsMax: Infinity };

/**
 * Takes one job, does it, and is finished; without a job within `idleMs` it is finished too. `close` gives an unfinished job back.
 *
 * @throws PermanentError no_sandbox
 */
export async function openWorker(
  config: Pick<WorkerConfig, 'health' | 'policy'>,
  dependencies: WorkerDependencies,
): Promise<Worker> {
  const { log, telemetry } = dependencies;
  const { policy } = config;
  const sandbox = chooseSandbox(policy.sandbox, policy.passedEnvironment['PATH']);
  if (sandbox === 'none') log.warn('the agent runs without a sandbox: it can do what this user can', { sandbox });
  else log.info('the agent runs in a sandbox', { sandbox });
  const scope = new Scope();
  const stop = new AbortController();
  let state = 'waiting for NATS';
  const server = scope.own(
    'health server',
    await openHealthServer(config.health, {
      ready: () => (state === '' ? undefined : state),
      metrics: telemetry.metrics,
    }),
  );
  log.info('health server listens', { port: server.port });
  const work = async (): Promise<JobResult | undefined> => {
    const bus = scope.own(
      'bus',
      await retry(dependencies.connectBus, {
        policy: connectPolicy,
        signal: stop.signal,
        onRetry: (error, attempt) => {
          if (attempt === 0) log.warn('waiting', { for: 'NATS', code: errorCode(error), reason: errorMessage(error) });
        },
      }),
    );
    // The hub makes the streams: their replicas are its business.
    state = 'waiting for the stream of jobs';
    const taken = await retry(() => bus.jobs.take({ waitMs: policy.idleMs, signal: stop.signal }), {
      policy: connectPolicy,
      signal: stop.signal,
    });
    state = '';
    if (taken === undefined) {
      log.info('no job came', { idle_ms: policy.idleMs });
      return undefined;
    }
    const startMs = performance.now();
    const { restoreProject } = dependencies;
    const result = await runJob(
      { bus, policy, sandbox, tracer: telemetry.tracer, log, restoreProject },
      taken,
      stop.signal,
    );
    telemetry.metrics.add('swarmledger_jobs_total', 'Jobs that this worker took, by what became of them', 1, {
      result,
    });
    const seconds = (performance.now() - startMs) / 1_000;
    telemetry.metrics.set('swarmledger_job_seconds', 'How long the job took, from its message to its end', seconds);
    log.info('job over', { result });
    return result;
  };
  const result = work().catch((error: unknown) => {
    if (stop.signal.aborted && !(error instanceof PermanentError)) return undefined;
    throw error;
  });
  const finished = result.then(() => undefined);
  finished.catch(() => undefined);
  let closing: Promise<void> | undefined;
  return {
    healthPort: server.port,
    result,
    finished,
    close: () => {
      closing ??= (async () => {
        stop.abort();
        state = 'stopping';
        await finished.catch(() => undefined);
        await scope.close();
      })();
      return closing;
    },
  };
}
