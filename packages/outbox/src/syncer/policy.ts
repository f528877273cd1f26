import { limits } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { SyncPolicy } from './contract.ts';

export const defaultSyncPolicy: SyncPolicy = {
  batchEventsInitial: 50,
  // The hub commits a message in one transaction, best near a thousand events; a message's bytes end before its events do.
  batchEventsMax: 2_000,
  batchBytesMax: limits.batchBytesTarget,
  latencyTargetMs: 1_000,
  lingerMsMax: 1_000,
  // With messages below 1 MB they hold less than 10 MB.
  projectsAtOnce: 8,
  unconfirmedProjectsMax: 256,
  retry: { initialMs: 200, maxMs: 30_000, attemptsMax: Infinity },
  refusedRetry: { initialMs: 5_000, maxMs: 300_000, attemptsMax: Infinity },
  republishAfterMs: 60_000,
  bytesPerSecond: Infinity,
  burstBytes: 4_000_000,
  criticalShare: 0.1,
  dailyBytesMax: Infinity,
  compress: true,
  clockIntervalMs: 600_000,
};

/** Of `republishAfterMs`, however often it was doubled. */
export const republishAfterMsMax = 900_000;

/** Fills in the defaults. @throws PermanentError invalid_config */
export function resolveSyncPolicy(policy: Partial<SyncPolicy> = {}): SyncPolicy {
  const resolved = { ...defaultSyncPolicy, ...policy };
  for (const [name, value] of Object.entries(resolved)) {
    const lowest = name === 'lingerMsMax' || name === 'criticalShare' ? 0 : 1;
    if (typeof value === 'number' && !(value >= lowest)) {
      throw new PermanentError('invalid_config', `sync policy: ${name} is not a number from ${lowest}`);
    }
  }
  const { batchEventsMax, batchEventsInitial, batchBytesMax, criticalShare } = resolved;
  if (
    batchEventsMax > limits.batchEventsMax ||
    batchBytesMax > limits.batchBytesTarget ||
    batchEventsInitial > batchEventsMax
  ) {
    throw new PermanentError(
      'invalid_config',
      `sync policy: a message is at most ${limits.batchEventsMax} events and ${limits.batchBytesTarget} bytes`,
    );
  }
  if (criticalShare > 1) throw new PermanentError('invalid_config', 'sync policy: criticalShare is not within 0..1');
  return resolved;
}
