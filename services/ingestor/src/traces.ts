import type { FeedGroup, FeedRow } from '@swarmledger/ledger';
import { formatTraceparent, readTraceparent, type SpanAttributes, type Tracer } from '@swarmledger/runtime';
import type { GoodMessage } from './transactions.ts';

/** Spans of one transaction or group: one that carries a thousand traces shows in these only, and the exporter's queue stays ours. */
const spansMax = 256;

/**
 * One span per trace that a committed transaction carried, below the publish that brought it. Made afterwards: a transaction
 * belongs to many traces and to none.
 */
export function traceCommit(
  tracer: Tracer,
  messages: readonly GoodMessage[],
  commit: { readonly partition: number; readonly startMs: number },
): void {
  if (!tracer.isOn) return;
  const parents = new Map<string, string>();
  for (const { message, append } of messages) {
    addParent(parents, message.traceparent);
    for (const { event } of append.events) addParent(parents, toTraceparent(event));
    if (parents.size >= spansMax) break;
  }
  const attributes = { 'swarmledger.partition': commit.partition, 'swarmledger.messages': messages.length };
  emit(tracer, { name: 'commit', parents, startMs: commit.startMs, attributes });
}

/** One span per trace whose events a group brought into ClickHouse, below the agent's span. */
export class FeedTraces {
  readonly #tracer: Tracer;
  readonly #parents = new Map<string, string>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** Passes the group's rows on, and remembers their traces. */
  async *watch(pages: AsyncIterable<readonly FeedRow[]>): AsyncGenerator<readonly FeedRow[]> {
    for await (const page of pages) {
      if (this.#tracer.isOn) this.#remember(page);
      yield page;
    }
  }

  emit(group: FeedGroup, startMs: number): void {
    const attributes = {
      'swarmledger.partitions': group.slices.map(({ partition }) => partition).join(','),
      'swarmledger.group': group.id,
      'swarmledger.rows': group.rows,
    };
    emit(this.#tracer, { name: 'feed', parents: this.#parents, startMs, attributes });
  }

  #remember(rows: readonly FeedRow[]): void {
    for (const { event } of rows) {
      if (this.#parents.size >= spansMax) return;
      addParent(this.#parents, toTraceparent(event));
    }
  }
}

/** The first one of a trace wins: the publish before its events. */
function addParent(parents: Map<string, string>, traceparent: string | undefined): void {
  const traceId = readTraceparent(traceparent)?.traceId;
  if (traceparent !== undefined && traceId !== undefined && !parents.has(traceId)) parents.set(traceId, traceparent);
}

function toTraceparent(event: { readonly traceId: string; readonly spanId: string }): string | undefined {
  return event.traceId === '' || event.spanId === '' ? undefined : formatTraceparent(event);
}

function emit(
  tracer: Tracer,
  spans: {
    readonly name: string;
    readonly parents: ReadonlyMap<string, string>;
    readonly startMs: number;
    readonly attributes: SpanAttributes;
  },
): void {
  const { name, startMs, attributes } = spans;
  for (const parent of spans.parents.values())
    tracer.start(name, { kind: 'consumer', parent, startMs, attributes }).end();
}
