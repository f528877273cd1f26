import { limits } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';

/** How a pipeline batches, how much it holds, and when it stops trusting silence. */
export interface PipelinePolicy {
  /** Events of one message, for those that may share one. */
  readonly batchEventsMax: number;
  /** Bytes that such a message is filled up to. */
  readonly batchBytesTarget: number;
  /** How long the first event of a message waits for others, milliseconds. */
  readonly lingerMs: number;
  /** Encoded bytes that the stream has not accepted yet; a call that finds more waits. One call may exceed it. */
  readonly bufferBytesMax: number;
  /** Events that are not known to be committed or rejected yet; a call that finds more waits. */
  readonly unconfirmedEventsMax: number;
  /** Calls that wait for room; one more fails with `buffer_full`. */
  readonly waitingCallsMax: number;
  /** A receipt that has not come this long after the publish was accepted is asked for, milliseconds. */
  readonly receiptWaitMs: number;
}

export const defaultPolicy: PipelinePolicy = {
  // Half of a ledger transaction's target: the ingestor still groups messages of several projects.
  batchEventsMax: 500,
  batchBytesTarget: limits.batchBytesTarget,
  lingerMs: 5,
  bufferBytesMax: 16 * 1024 * 1024,
  // About 10 MB of ids.
  unconfirmedEventsMax: 50_000,
  waitingCallsMax: 1_000,
  receiptWaitMs: 1_000,
};

/** Fills in the defaults. @throws PermanentError invalid_config */
export function resolvePolicy(policy: Partial<PipelinePolicy> = {}): PipelinePolicy {
  const resolved = { ...defaultPolicy, ...policy };
  for (const [name, value] of Object.entries(resolved)) {
    const lowest = name === 'lingerMs' || name === 'waitingCallsMax' ? 0 : 1;
    if (!Number.isFinite(value) || value < lowest) {
      throw new PermanentError('invalid_config', `pipeline policy: ${name} is not a number from ${lowest}`);
    }
  }
  if (resolved.batchEventsMax > limits.batchEventsMax || resolved.batchBytesTarget > limits.batchBytesTarget) {
    throw new PermanentError(
      'invalid_config',
      `pipeline policy: a batch is at most ${limits.batchEventsMax} events and ${limits.batchBytesTarget} bytes`,
    );
  }
  return resolved;
}
