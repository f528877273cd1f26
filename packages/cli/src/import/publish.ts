import { connectEventPipeline, EventsRejectedError, type PipelineCounts } from '@swarmledger/sdk';
import { PermanentError, withScope } from '@swarmledger/runtime';
import type { EventGroup } from './event-group.ts';
import { natsCredentials } from '../hub/connect.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { HubFile } from '../hub/hub-file.ts';

export interface PublishTarget {
  readonly hub: HubFile;
  readonly tenant: string;
  readonly project: string;
}

export interface PublishOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (counts: PipelineCounts, label: string) => void;
  /** Gives up when the hub has confirmed nothing for so long while we wait for it; two minutes by default. */
  readonly silenceMsMax?: number;
}

/** Longer than anything that heals by itself: a message comes again after 30 s, a child of the hub is started again within some. */
export const silenceMsDefault = 120_000;

/**
 * Publishes groups in order and waits until the ledger has all of them. Event ids of an import are a function of its input: what
 * was committed before is counted as duplicate and not sent again.
 *
 * @throws EventsRejectedError, what `groups` throws, AbortError, TransientError hub_silent
 */
export async function publishGroups(
  target: PublishTarget,
  groups: AsyncIterable<EventGroup>,
  options: PublishOptions = {},
): Promise<PipelineCounts> {
  return withScope(async (scope) => {
    let label = '';
    const silence = new SilenceWatch(options.silenceMsMax ?? silenceMsDefault);
    scope.own('silence watch', silence);
    const pipeline = await connectEventPipeline({
      servers: target.hub.nats.url,
      credentials: await natsCredentials(target.hub),
      tenant: target.tenant,
      project: target.project,
      checkBefore: true,
      onProgress: (counts) => {
        silence.heard(counts);
        options.onProgress?.(counts, label);
      },
    });
    scope.own('pipeline', pipeline);
    for await (const group of groups) {
      options.signal?.throwIfAborted();
      label = group.label;
      await silence.until(() => pipeline.publish(group));
    }
    const { signal } = options;
    try {
      return await silence.until(() =>
        pipeline.flush({
          until: 'committed',
          timeoutMs: Infinity,
          ...(signal === undefined ? {} : { signal }),
        }),
      );
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
