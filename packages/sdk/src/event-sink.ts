import type { EventGroup } from './encode-group.ts';
import type { CloseOptions, FlushOptions, PipelineCounts } from './pipeline-contract.ts';

/** Where an agent's events go: the bus, or an outbox. */
export interface EventSink {
  readonly counts: PipelineCounts;
  /** What the next event will be counted as; undefined: the client counts. */
  readonly nextSequence: number | undefined;
  /** Takes a group in the order of the calls; what is refused is thrown at once. */
  offer(group: EventGroup): Promise<void>;
  flush(options?: FlushOptions): Promise<PipelineCounts>;
  close(options?: CloseOptions): Promise<void>;
}
