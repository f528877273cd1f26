import type { Job } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { BatchRecorder, ChangeInput, DecisionInput, SignalInput, SwarmLedger } from '@swarmledger/sdk';

/** What an attempt did, in order. */
export type RunRecord =
  | { readonly kind: 'decision'; readonly decision: DecisionInput }
  | { readonly kind: 'signal'; readonly signal: SignalInput };

/** How a job ended for good. */
export interface JobEnd {
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly attempt: number;
  readonly reason: string;
}

/**
 * Records a whole run as one message, the job's end with it: all of it is committed, or nothing, and the end's event id is the
 * job's, so that a worker who gets the job again finds it. What does not fit one message goes in order, the end last.
 */
export async function recordRun(
  agent: SwarmLedger,
  job: Job,
  run: { readonly records: readonly RunRecord[]; readonly changes: readonly ChangeInput[]; readonly end: JobEnd },
): Promise<void> {
  const { records, changes, end } = run;
  const last: SignalInput = {
    eventId: job.id,
    kind: `job_${end.state}`,
    message: end.reason === '' ? `the job is ${end.state}` : end.reason,
    severity: end.state === 'failed' ? 'ERROR' : 'INFO',
    data: { job_id: job.id, attempt: end.attempt },
  };
  try {
    await agent.batch((batch) => {
      let behind: string | undefined;
      for (const record of records) behind = recordOne(batch, record) ?? behind;
      for (const change of changes) batch.recordChange(withParent(change, behind));
      batch.recordSignal(last);
    });
  } catch (error) {
    if (!(error instanceof PermanentError) || error.code !== 'group_too_large') throw error;
    let behind: string | undefined;
    for (const record of records) {
      if (record.kind === 'decision') behind = await agent.recordDecision(record.decision);
      else await agent.recordSignal(record.signal);
    }
    for (const change of changes) await agent.recordChange(withParent(change, behind));
    await agent.recordSignal(last);
  }
}

function recordOne(batch: BatchRecorder, record: RunRecord): string | undefined {
  if (record.kind === 'decision') return batch.recordDecision(record.decision);
  batch.recordSignal(record.signal);
  return undefined;
}

/** The last decision is what is behind the files as they are at the end. */
function withParent(change: ChangeInput, parent: string | undefined): ChangeInput {
  return parent === undefined ? change : { ...change, parent };
}
