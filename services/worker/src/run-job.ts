import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bus, TakenJob } from '@swarmledger/bus';
import type { Job, JobState, TenantId } from '@swarmledger/protocol';
import {
  errorCode,
  errorMessage,
  PermanentError,
  retry,
  TransientError,
  withScope,
  type BackoffPolicy,
  type Logger,
  type Scope,
  type Tracer,
} from '@swarmledger/runtime';
import { openAgent, type SwarmLedger } from '@swarmledger/sdk';
import { parseOutputLine } from './agent-output.ts';
import type { WorkerPolicy } from './config.ts';
import { JobLog } from './job-log.ts';
import { recordRun, type JobEnd, type RunRecord } from './record-run.ts';
import { runAgent, type AgentOutcome } from './run-agent.ts';
import { wrapCommand, type Sandbox } from './sandbox.ts';
import { readChanges, takeSnapshot } from './workspace.ts';

export interface JobDependencies {
  readonly bus: Bus;
  readonly policy: WorkerPolicy;
  readonly sandbox: Sandbox;
  readonly tracer: Tracer;
  readonly log: Logger;
  /** Fills the agent's folder with the project; undefined: it stays empty. */
  readonly restoreProject: ((tenant: TenantId, job: Job, folder: string) => Promise<void>) | undefined;
}

export type JobResult = 'done' | 'already_done' | 'failed' | 'retrying' | 'cancelled' | 'given_back' | 'dead_letter';

/** Records of one attempt that are kept until its end. */
const recordsMax = 4_000;
const queryMs = 10_000;
const hubPolicy: BackoffPolicy = { initialMs: 200, maxMs: 5_000, attemptsMax: Infinity };

/** Why an agent was ended before its time. */
type Stop = 'stopping' | 'cancelled' | 'claim_lost';

/** Does one job, from its message to its acknowledgement. `signal`: give it back. */
export async function runJob(dependencies: JobDependencies, taken: TakenJob, signal: AbortSignal): Promise<JobResult> {
  const { bus, log } = dependencies;
  const { entry } = taken;
  if (entry.kind === 'broken') {
    await bury(dependencies, taken, { reason: 'invalid_job', message: entry.why });
    return 'dead_letter';
  }
  const { tenant, job } = entry;
  const jobLog = log.with({ tenant, project: job.project, job_id: job.id, attempt: taken.attempt });
  const attempt = new JobAttempt({ ...dependencies, log: jobLog }, { taken, tenant, job });
  return withScope(async (scope) => {
    scope.defer('claim', attempt.keepClaim());
    const onStop = (): void => attempt.stop('stopping');
    signal.addEventListener('abort', onStop, { once: true });
    scope.defer('signal', () => signal.removeEventListener('abort', onStop));
    scope.own(
      'cancel watch',
      bus.jobs.onCancelled(tenant, job.id, () => attempt.stop('cancelled')),
    );
    if (signal.aborted) attempt.stop('stopping');
    try {
      return await attempt.run(scope);
    } catch (error) {
      // Not the job's fault. What was lost is not ours to give back.
      if (errorCode(error) !== 'claim_lost') taken.retryLater(signal.aborted ? 0 : dependencies.policy.retryMs);
      if (signal.aborted) return 'given_back';
      throw error;
    }
  });
}

class JobAttempt {
  readonly #dependencies: JobDependencies;
  readonly #taken: TakenJob;
  readonly #tenant: TenantId;
  readonly #job: Job;
  readonly #stop = new AbortController();
  /** Unlike a cancelled job's, what is known of this one does not have to be recorded. */
  readonly #giveUp = new AbortController();
  #why: Stop | undefined;

  constructor(
    dependencies: JobDependencies,
    given: { readonly taken: TakenJob; readonly tenant: TenantId; readonly job: Job },
  ) {
    this.#dependencies = dependencies;
    this.#taken = given.taken;
    this.#tenant = given.tenant;
    this.#job = given.job;
  }

  stop(why: Stop): void {
    this.#why ??= why;
    if (why !== 'cancelled') this.#giveUp.abort();
    this.#stop.abort();
  }

  /** Claims the job again and again. Without a connection for too long it may be somebody else's: then the agent is ended. */
  keepClaim(): () => void {
    const { bus, policy } = this.#dependencies;
    let claimedMs = performance.now();
    const timer = setInterval(() => {
      if (bus.isConnected) {
        this.#taken.working();
        claimedMs = performance.now();
      } else if (performance.now() - claimedMs > policy.claimLostMs) this.stop('claim_lost');
    }, policy.heartbeatMs);
    return () => clearInterval(timer);
  }

  async run(scope: Scope): Promise<JobResult> {
    const { bus, tracer, log } = this.#dependencies;
    const { id, project, branch } = this.#job;
    if (await this.#isOver()) {
      await this.#taken.ack();
      return 'already_done';
    }
    if (this.#why === undefined && (await bus.jobs.isCancelled(this.#tenant, id))) this.stop('cancelled');
    const { attempt } = this.#taken;
    if (attempt > 2 * this.#dependencies.policy.attemptsMax) {
      const reason = `the job was given out ${attempt} times and never came to an end: it may be what ends its workers`;
      await bury(this.#dependencies, this.#taken, { reason: 'job_lost', message: reason });
      await this.#report('failed', reason);
      return 'failed';
    }
    const span = tracer.start(`job ${project}`, { kind: 'consumer', parent: this.#taken.traceparent });
    const traceparent = span.traceparent ?? this.#taken.traceparent;
    const agent = await openAgent(bus, {
      tenant: this.#tenant,
      project,
      branch,
      agentId: `job-${id}`,
      attributes: { 'swarmledger.job': id },
      log,
      tracer,
      ...(traceparent === undefined ? {} : { traceparent }),
    });
    scope.own('agent', agent);
    try {
      return await this.#attempt(agent, scope, traceparent);
    } catch (error) {
      span.fail(error);
      throw error;
    } finally {
      span.end();
    }
  }

  async #attempt(agent: SwarmLedger, scope: Scope, traceparent: string | undefined): Promise<JobResult> {
    if (this.#why !== undefined) return this.#end(agent, { kind: 'stopped' }, { records: [], folder: undefined });
    const { policy, restoreProject, log, sandbox, bus } = this.#dependencies;
    const folder = await mkdtemp(join(policy.workFolder, 'swarmledger-job-'));
    scope.defer('folder', () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    await chmod(folder, 0o700);
    await restoreProject?.(this.#tenant, this.#job, folder);
    const before = await takeSnapshot(folder);
    const records: RunRecord[] = [];
    const jobLog = scope.own('job log', new JobLog(bus.jobs, { tenant: this.#tenant, id: this.#job.id }, log));
    await this.#report('running', '');
    log.info('agent starts', { sandbox });
    const startMs = performance.now();
    const outcome = await runAgent({
      command: wrapCommand(sandbox, policy.command, {
        folder,
        readable: policy.readable,
        path: policy.passedEnvironment['PATH'],
      }),
      folder,
      environment: this.#environment(folder, traceparent),
      input: this.#job.task,
      deadlineMs: Math.min(policy.deadlineMs, this.#job.deadlineMs ?? Infinity),
      graceMs: policy.graceMs,
      signal: this.#stop.signal,
      onLine: (source, line) => {
        const parsed = source === 'stdout' ? parseOutputLine(line) : ({ kind: 'text', text: line } as const);
        if (parsed.kind === 'text' || records.length >= recordsMax) jobLog.add(line);
        else records.push(parsed);
      },
    });
    await jobLog.close();
    log.info('agent ended', { outcome: outcome.kind, seconds: Math.round((performance.now() - startMs) / 100) / 10 });
    return this.#end(agent, outcome, { records, folder: { path: folder, before } });
  }

  async #end(
    agent: SwarmLedger,
    outcome: AgentOutcome,
    did: {
      readonly records: readonly RunRecord[];
      readonly folder: { readonly path: string; readonly before: Awaited<ReturnType<typeof takeSnapshot>> } | undefined;
    },
  ): Promise<JobResult> {
    if (outcome.kind === 'stopped' && this.#why !== 'cancelled') return this.#giveBack();
    if (outcome.kind === 'stopped') {
      await this.#finish(agent, [], { state: 'cancelled', reason: 'cancelled by a person' });
      return 'cancelled';
    }
    try {
      if (outcome.kind !== 'exited' || outcome.code !== 0) throw new PermanentError('agent_failed', describe(outcome));
      const { folder } = did;
      const changes =
        folder === undefined ? [] : await readChanges(folder.path, folder.before, await takeSnapshot(folder.path));
      await this.#finish(agent, did.records, { state: 'done', reason: '' }, changes);
      return 'done';
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      return this.#fail(agent, did.records, error.message);
    }
  }

  /** What a failed attempt decided is recorded when it is the last one; what it did to the files never is. */
  async #fail(agent: SwarmLedger, records: readonly RunRecord[], reason: string): Promise<JobResult> {
    const { policy, log } = this.#dependencies;
    log.warn('job failed', { reason, attempts_max: policy.attemptsMax });
    if (this.#taken.attempt < policy.attemptsMax) {
      await this.#report('retrying', reason);
      this.#taken.retryLater(policy.retryMs);
      return 'retrying';
    }
    try {
      await this.#commit(agent, records, { state: 'failed', reason });
    } catch (error) {
      // The hub takes nothing of this tenant or project: then the dead letter is all that is left of the job.
      if (!(error instanceof PermanentError)) throw error;
      log.error('job end not recorded', { code: error.code, reason: error.message });
    }
    await bury(this.#dependencies, this.#taken, { reason: 'job_failed', message: reason });
    await this.#report('failed', reason);
    return 'failed';
  }

  async #finish(
    agent: SwarmLedger,
    records: readonly RunRecord[],
    end: Pick<JobEnd, 'state' | 'reason'>,
    changes: Parameters<typeof recordRun>[2]['changes'] = [],
  ): Promise<void> {
    await this.#commit(agent, records, end, changes);
    await this.#taken.ack();
    await this.#report(end.state, end.reason);
  }

  /** Resolves when the ledger has it. Asks once more before: an attempt that was thought dead may have been faster. */
  async #commit(
    agent: SwarmLedger,
    records: readonly RunRecord[],
    end: Pick<JobEnd, 'state' | 'reason'>,
    changes: Parameters<typeof recordRun>[2]['changes'] = [],
  ): Promise<void> {
    if (await this.#isOver()) return;
    await recordRun(agent, this.#job, { records, changes, end: { ...end, attempt: this.#taken.attempt } });
    await agent.flush({ timeoutMs: this.#dependencies.policy.commitMs });
  }

  /** The event that says so has the job's own id. Waits for a hub that is away: its absence is no failure of the job. */
  async #isOver(): Promise<boolean> {
    const { bus, log } = this.#dependencies;
    const { id, project } = this.#job;
    const receipts = await retry(() => bus.receipts.query(this.#tenant, project, [id], { timeoutMs: queryMs }), {
      policy: hubPolicy,
      signal: this.#giveUp.signal,
      onRetry: (error, attempt) => {
        if (attempt === 0) log.warn('waiting', { for: 'the hub', code: errorCode(error), reason: errorMessage(error) });
      },
    });
    return receipts[0]?.kind === 'committed';
  }

  #giveBack(): JobResult {
    if (this.#why === 'claim_lost') {
      throw new TransientError('claim_lost', 'the job could not be claimed again in time: somebody else may have it');
    }
    this.#taken.retryLater(0);
    return 'given_back';
  }

  async #report(state: JobState, reason: string): Promise<void> {
    const { bus, log } = this.#dependencies;
    const { id, project } = this.#job;
    const report = { id, project, state, attempt: this.#taken.attempt, reason, atMs: Date.now() };
    await bus.jobs.report(this.#tenant, report).catch((error: unknown) => {
      log.warn('job state not reported', { code: errorCode(error), reason: errorMessage(error) });
    });
  }

  /** Nothing of the worker's own, but what configuration names. */
  #environment(folder: string, traceparent: string | undefined): Readonly<Record<string, string | undefined>> {
    return {
      ...this.#dependencies.policy.passedEnvironment,
      HOME: folder,
      TMPDIR: this.#dependencies.sandbox === 'bubblewrap' ? '/tmp' : folder,
      AGENT_TENANT: this.#tenant,
      AGENT_PROJECT: this.#job.project,
      AGENT_BRANCH: this.#job.branch,
      AGENT_JOB_ID: this.#job.id,
      AGENT_ATTEMPT: String(this.#taken.attempt),
      ...(traceparent === undefined ? {} : { TRACEPARENT: traceparent }),
    };
  }
}

/** Stores the dead letter, then acks. */
async function bury(
  dependencies: JobDependencies,
  taken: TakenJob,
  why: { readonly reason: string; readonly message: string },
): Promise<void> {
  const { subject, sequence: originalSequence, data, headers } = taken;
  await dependencies.bus.deadLetters.put({ subject, originalSequence, data, headers, ...why });
  await taken.ack();
  dependencies.log.warn('job moved to the dead letters', why);
}

function describe(outcome: AgentOutcome): string {
  switch (outcome.kind) {
    case 'exited':
      return `the agent ended with exit code ${outcome.code}`;
    case 'killed':
      return `the agent was ended by ${outcome.signal}`;
    case 'deadline':
      return 'the agent took longer than its deadline';
    case 'not_started':
      return `the agent did not start: ${outcome.reason}`;
    case 'stopped':
      return 'the agent was stopped';
    default:
      return outcome satisfies never;
  }
}
