import { connectEventPipeline, EventsRejectedError, type PipelineCounts } from '@swarmledger/sdk';
import { PermanentError, withScope } from '@swarmledger/runtime';
import type { EventGroup } from './event-group.ts';
import { natsCredentials } from '../hub/connect.ts';
import type { HubFile } from '../hub/hub-file.ts';

export interface PublishTarget {
  readonly hub: HubFile;
  readonly tenant: string;
  readonly project: string;
}

export interface PublishOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (counts: PipelineCounts, label: string) => void;
}

/**
 * Publishes groups in order and waits until the ledger has all of them. Event ids of an import are a function of its input: what
 * was committed before is counted as duplicate and not sent again.
 *
 * @throws EventsRejectedError, what `groups` throws, AbortError
 */
export async function publishGroups(
  target: PublishTarget,
  groups: AsyncIterable<EventGroup>,
  options: PublishOptions = {},
): Promise<PipelineCounts> {
  return withScope(async (scope) => {
    let label = '';
    const pipeline = await connectEventPipeline({
      servers: target.hub.nats.url,
      credentials: await natsCredentials(target.hub),
      tenant: target.tenant,
      project: target.project,
      checkBefore: true,
      onProgress: (counts) => options.onProgress?.(counts, label),
    });
    scope.own('pipeline', pipeline);
    for await (const group of groups) {
      options.signal?.throwIfAborted();
      label = group.label;
      await pipeline.publish(group);
    }
    const { signal } = options;
    try {
      return await pipeline.flush({
        until: 'committed',
        timeoutMs: Infinity,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      throw explainRejection(error, target.tenant);
    }
  });
}

/** Says where rejected events are, and what to do about the one reason that people meet. */
function explainRejection(error: unknown, tenant: string): unknown {
  if (!(error instanceof EventsRejectedError)) return error;
  const isBranch = error.rejections.every(({ reason }) => reason === 'unknown_branch');
  const wayOut = isBranch
    ? `there is no such branch: make it with "swarmledger fork", then "swarmledger dlq replay -t ${tenant} --reason unknown_branch"`
    : `see "swarmledger dlq ls -t ${tenant}"`;
  return new PermanentError('events_rejected', `${error.message}; they are kept as dead letters: ${wayOut}`, {
    cause: error,
  });
}
