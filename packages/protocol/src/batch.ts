import { gunzipSync, gzipSync } from 'node:zlib';
import { decodeEvent, type EventScope } from './decode.ts';
import { ProtocolError } from './errors.ts';
import type { SwarmEvent } from './event.ts';
import { limits } from './limits.ts';
import type { EventId } from './uuid.ts';
import { protobuf, wire } from './wire.ts';

// SwarmEventBatch.events: field 2, length-delimited.
const eventsTag = (2 << 3) | 2;
const batchIdTag = (1 << 3) | 2;
/** The schema's Compression numbers. */
const compression = { none: 0, gzip: 1 } as const;
/** Below this gzip costs more than it saves. */
const compressAboveBytes = 1_024;
/** Of trajectories 6 % more bytes than at gzip's own 6, in two thirds of its time: an edge sends from the cores that its agents work on. */
const compressionLevel = 4;
/** Compression has to save a tenth to be worth the receiver's time. */
const compressRatioMax = 0.9;

/** An event with the bytes that it came as: the bytes are what the ledger keeps. */
export interface ReceivedEvent {
  readonly event: SwarmEvent;
  readonly raw: Uint8Array;
}

/**
 * One message of several encoded events.
 *
 * @param events the bytes of each event, of one tenant and project
 * @throws ProtocolError too_many_events, empty_batch, message_too_large
 */
export function encodeBatch(
  batchId: EventId,
  events: readonly Uint8Array[],
  options: { readonly compress: boolean },
): Uint8Array {
  if (events.length === 0) throw new ProtocolError('empty_batch', 'a batch needs at least one event');
  if (events.length > limits.batchEventsMax) {
    throw new ProtocolError('too_many_events', `a batch of ${events.length} events exceeds ${limits.batchEventsMax}`);
  }
  const plain = frame(batchId, events);
  const encoded = options.compress && plain.length > compressAboveBytes ? compress(batchId, events, plain) : plain;
  if (encoded.length > limits.messageBytesMax) {
    throw new ProtocolError(
      'message_too_large',
      `a batch of ${encoded.length} bytes exceeds ${limits.messageBytesMax}`,
    );
  }
  return encoded;
}

/** Events as they stand in a batch: such runs, one behind the other, are a batch again, and `splitBatch` reads them. */
export function encodeEvents(events: readonly Uint8Array[]): Uint8Array {
  return frame('', events);
}

function frame(batchId: string, events: readonly Uint8Array[]): Uint8Array {
  const writer = protobuf.Writer.create();
  if (batchId !== '') writer.uint32(batchIdTag).string(batchId);
  for (const event of events) writer.uint32(eventsTag).bytes(event);
  return writer.finish();
}

function compress(batchId: string, events: readonly Uint8Array[], plain: Uint8Array): Uint8Array {
  const compressed = gzipSync(frame('', events), { level: compressionLevel });
  if (plain.length > limits.decompressedBytesMax || compressed.length > plain.length * compressRatioMax) return plain;
  return wire.SwarmEventBatch.encode({ batchId, compression: compression.gzip, compressed }).finish();
}

/**
 * The events of one message, all of them legal, or an error: a batch is all or nothing.
 *
 * @param kind `batch` when the message's Swarm-Content header says so
 * @param scope tenant and project of the subject
 * @throws ProtocolError
 */
export function decodeMessage(data: Uint8Array, kind: 'event' | 'batch', scope: EventScope): readonly ReceivedEvent[] {
  if (kind === 'event') return [{ event: decodeEvent(data, scope), raw: data }];
  const raws = splitBatch(data);
  if (raws.length === 0) throw new ProtocolError('empty_batch', 'the batch has no events');
  return raws.map((raw) => ({ event: decodeEvent(raw, scope), raw }));
}

/** The bytes of each event of a batch, not yet decoded. @throws ProtocolError undecodable, too_many_events, content_too_large */
export function splitBatch(data: Uint8Array): readonly Uint8Array[] {
  const outer = readFrame(data);
  if (outer.compression === compression.none) return outer.events;
  if (outer.compression !== compression.gzip) {
    throw new ProtocolError('undecodable', `batch compression ${outer.compression} is not known to this version`);
  }
  return readFrame(decompress(outer.compressed)).events;
}

function decompress(data: Uint8Array): Uint8Array {
  try {
    return gunzipSync(data, { maxOutputLength: limits.decompressedBytesMax });
  } catch (cause) {
    const tooLarge = cause instanceof RangeError;
    if (tooLarge)
      throw new ProtocolError(
        'message_too_large',
        `the batch decompresses to more than ${limits.decompressedBytesMax} bytes`,
      );
    throw new ProtocolError('undecodable', 'the batch is not valid gzip', { cause });
  }
}

interface BatchFrame {
  readonly events: readonly Uint8Array[];
  readonly compression: number;
  readonly compressed: Uint8Array;
}

// By hand rather than with the generated decoder: the ledger keeps each event's own bytes, fields of newer schemas included.
function readFrame(data: Uint8Array): BatchFrame {
  const events: Uint8Array[] = [];
  let method = 0;
  let compressed: Uint8Array = new Uint8Array();
  try {
    const reader = protobuf.Reader.create(data);
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === eventsTag) events.push(reader.bytes());
      else if (tag >>> 3 === 3) method = reader.int32();
      else if (tag >>> 3 === 4) compressed = reader.bytes();
      else reader.skipType(tag & 7);
    }
  } catch (cause) {
    throw new ProtocolError('undecodable', `${data.length} bytes are not a SwarmEventBatch`, { cause });
  }
  if (events.length > limits.batchEventsMax) {
    throw new ProtocolError('too_many_events', `a batch of ${events.length} events exceeds ${limits.batchEventsMax}`);
  }
  return { events, compression: method, compressed };
}
