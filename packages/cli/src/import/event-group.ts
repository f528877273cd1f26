import { createHash } from 'node:crypto';
import { deriveEventId, encodeEvent, limits, type EventId, type SwarmEvent } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';

const microsecondsPerMs = 1_000;
/** Field tag and length in front of each event of an encoded batch; a length below 2 MB takes at most three bytes. */
const framingBytesPerEvent = 5;
/** The batch id's own field. */
const batchOverheadBytes = 64;

/** What travels as one message: committed all or nothing. Within the protocol's limits. */
export interface EventGroup {
  /** What people call it: a short commit id, `run step 3`, `line 501`. */
  readonly label: string;
  /** Made of the events' ids: the same events have the same one. */
  readonly batchId: EventId;
  readonly events: readonly SwarmEvent[];
  /** The bytes of each event: what `encodeBatch` takes. */
  readonly encoded: readonly Uint8Array[];
  /** The unit (commit, step, file) is complete with this group. */
  readonly last: boolean;
}

/**
 * Puts the events of one unit (a commit, a step) into as few groups as the protocol's limits allow: one, unless the unit is
 * larger than a message. Content above the inline limit leaves first, in groups of one content chunk each.
 */
export class GroupPacker {
  readonly #eventsMax: number;
  #label = '';
  #events: SwarmEvent[] = [];
  #encoded: Uint8Array[] = [];
  #bytes = batchOverheadBytes;

  constructor(eventsMax: number = limits.batchEventsMax) {
    this.#eventsMax = eventsMax;
  }

  /**
   * Adds one event; gives the groups that have to leave before it. A group has the label of its first event.
   *
   * @throws PermanentError event_too_large
   */
  *add(event: SwarmEvent, label: string): Generator<EventGroup> {
    const { chunks, event: bare } = detachLargeContent(event);
    for (const chunk of chunks) yield seal(label, [chunk], [encodeEvent(chunk)], false);
    const encoded = encodeEvent(bare);
    const bytes = encoded.length + framingBytesPerEvent;
    if (bytes + batchOverheadBytes > limits.messageBytesMax) {
      throw new PermanentError(
        'event_too_large',
        `event ${event.eventId} has ${encoded.length} bytes, more than the ${limits.messageBytesMax} of one message`,
      );
    }
    const full = this.#bytes + bytes > limits.batchBytesTarget || this.#events.length === this.#eventsMax;
    if (full && this.#events.length > 0) yield this.#flush(false);
    if (this.#events.length === 0) this.#label = label;
    this.#events.push(bare);
    this.#encoded.push(encoded);
    this.#bytes += bytes;
  }

  /** The group that completes the unit; nothing when nothing was added. */
  *finish(): Generator<EventGroup> {
    if (this.#events.length > 0) yield this.#flush(true);
  }

  #flush(last: boolean): EventGroup {
    const group = seal(this.#label, this.#events, this.#encoded, last);
    this.#events = [];
    this.#encoded = [];
    this.#bytes = batchOverheadBytes;
    return group;
  }
}

function seal(label: string, events: readonly SwarmEvent[], encoded: readonly Uint8Array[], last: boolean): EventGroup {
  const timeMs = (events[0]?.timestampUs ?? 0) / microsecondsPerMs;
  const batchId = deriveEventId(timeMs, `batch ${events.map((event) => event.eventId).join(' ')}`);
  return { label, batchId, events, encoded, last };
}

interface DetachedContent {
  readonly chunks: readonly SwarmEvent[];
  readonly event: SwarmEvent;
}

function detachLargeContent(event: SwarmEvent): DetachedContent {
  const change = event.payload;
  if (change.kind !== 'state_change' || change.body.kind !== 'content') return { chunks: [], event };
  const { content } = change.body;
  if (content.length <= limits.inlineContentBytesMax) return { chunks: [], event };
  const sha256 = createHash('sha256').update(content).digest();
  const hash = sha256.toString('hex');
  const chunks: SwarmEvent[] = [];
  for (let offset = 0; offset < content.length; offset += limits.contentChunkBytesMax) {
    chunks.push({
      ...event,
      // Of the content too: one event may be tried again with another one.
      eventId: deriveEventId(event.timestampUs / microsecondsPerMs, `chunk ${event.eventId} ${hash} ${offset}`),
      // Numbers and labels belong to the change itself.
      sequence: 0,
      attributes: {},
      payload: {
        kind: 'content_chunk',
        sha256,
        offset,
        totalBytes: content.length,
        data: content.subarray(offset, offset + limits.contentChunkBytesMax),
      },
    });
  }
  return { chunks, event: { ...event, payload: { ...change, body: { kind: 'content_sha256', sha256 } } } };
}
