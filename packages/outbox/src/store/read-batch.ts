import {
  amendClockOffset,
  createEventId,
  decodeEvent,
  encodeBatch,
  eventIdFromBytes,
  limits,
  parseProjectId,
  parseTenantId,
  splitBatch,
  type EventId,
  type EventScope,
} from '@swarmledger/protocol';
import { errorCode, errorMessage } from '@swarmledger/runtime';
import {
  priorities,
  type BatchRequest,
  type EntryProblem,
  type EntryRef,
  type Priority,
  type ReadBatch,
} from '../contract.ts';
import type { Connection } from './open-file.ts';

interface EntryRow {
  readonly id: number;
  readonly events: number;
  readonly eventIds: Buffer;
  readonly body: Buffer;
}

const lanes = Object.values(priorities);
const eventIdBytes = 16;
/** Framing of an event in its batch, and what a clock offset adds. */
const perEventBytes = 20;

/** Reads entries into batches; one object per connection. */
export class BatchReader {
  readonly #inOrder;
  readonly #project;

  constructor(connection: Connection) {
    this.#inOrder = connection.prepare(`
      SELECT id, events, event_ids AS eventIds, body FROM entries WHERE project = ? AND priority = ? ORDER BY id
    `);
    this.#project = connection.prepare('SELECT tenant, project FROM projects WHERE id = ?');
  }

  /** The oldest entries of a project, highest priority first. */
  read(request: BatchRequest): ReadBatch {
    const scope = this.#readScope(request.project);
    if (scope === undefined) return { batch: undefined, problems: [] };
    const gathered = new Gathered(request, scope);
    let isLast = true;
    for (const lane of lanes) {
      if (lane < request.priorityMin) break;
      for (const row of this.#inOrder.iterate(request.project, lane) as Iterable<EntryRow>) {
        isLast = gathered.take(row, lane);
        if (!isLast) break;
      }
      if (!isLast) break;
    }
    return { batch: gathered.finish(isLast), problems: gathered.problems };
  }

  #readScope(project: number): EventScope | undefined {
    const row = this.#project.get(project) as { readonly tenant: string; readonly project: string } | undefined;
    return row === undefined ? undefined : { tenant: parseTenantId(row.tenant), project: parseProjectId(row.project) };
  }
}

class Gathered {
  readonly problems: EntryProblem[] = [];
  readonly #request: BatchRequest;
  readonly #scope: EventScope;
  readonly #raws: Uint8Array[] = [];
  readonly #entries: EntryRef[] = [];
  readonly #eventIds: EventId[] = [];
  #bytes = 0;
  #lowest: Priority = priorities.critical;

  constructor(request: BatchRequest, scope: EventScope) {
    this.#request = request;
    this.#scope = scope;
  }

  /** False: it does not fit any more. */
  take(row: EntryRow, lane: Priority): boolean {
    const { eventsMax, bytesMax, clockOffsetUs } = this.#request;
    const bytes = this.#bytes + row.body.length + row.events * perEventBytes;
    const isFull = this.#raws.length + row.events > eventsMax || bytes > bytesMax;
    if (this.#entries.length > 0 && isFull) return false;
    const raws = this.#split(row);
    if (raws === undefined) return true;
    for (const raw of raws) this.#raws.push(clockOffsetUs === undefined ? raw : amendClockOffset(raw, clockOffsetUs));
    for (let at = 0; at < row.eventIds.length; at += eventIdBytes) {
      this.#eventIds.push(eventIdFromBytes(row.eventIds.subarray(at, at + eventIdBytes)));
    }
    // Lanes come highest first.
    this.#lowest = lane;
    this.#entries.push({ entry: row.id, events: row.events });
    this.#bytes = bytes;
    return true;
  }

  finish(isLast: boolean): ReadBatch['batch'] {
    const [first] = this.#raws;
    if (first === undefined) return undefined;
    const batchId = createEventId();
    const data = encodeBatch(batchId, this.#raws, { compress: this.#request.compress });
    const traceparent = readTraceparent(first);
    return {
      ...this.#scope,
      batchId,
      data,
      plainBytes: this.#bytes,
      entries: this.#entries,
      eventIds: this.#eventIds,
      lowest: this.#lowest,
      isLast,
      ...(traceparent === undefined ? {} : { traceparent }),
    };
  }

  /** Undefined: it is a problem. */
  #split(row: EntryRow): readonly Uint8Array[] | undefined {
    try {
      const raws = splitBatch(row.body);
      if (raws.length !== row.events || row.eventIds.length !== row.events * eventIdBytes) {
        throw new RangeError('the entry is not what was written');
      }
      if (this.#request.isSuspect) for (const raw of raws) decodeEvent(raw, this.#scope);
      return raws;
    } catch (error) {
      const code = error instanceof RangeError ? 'undecodable' : errorCode(error);
      this.problems.push({ entry: row.id, code, message: errorMessage(error) });
      return undefined;
    }
  }
}

/** No batch is filled further: its message stays under NATS's limit also when it does not compress. */
export const batchBytesMax = limits.batchBytesTarget;

function readTraceparent(raw: Uint8Array): string | undefined {
  try {
    const { traceId, spanId } = decodeEvent(raw);
    return traceId === '' || spanId === '' ? undefined : `00-${traceId}-${spanId}-01`;
  } catch {
    // It is the hub's to say what is wrong with it.
    return undefined;
  }
}
