import { protobuf } from './wire.ts';

// In protobuf the last one of a field that is not repeated counts, wherever it stands: so a field can be set without decoding.
const sequenceTag = (26 << 3) | 0;
const clockOffsetTag = (28 << 3) | 0;

/** The event's bytes with `SwarmEvent.sequence` set. */
export function amendSequence(raw: Uint8Array, sequence: number): Uint8Array {
  return append(raw, protobuf.Writer.create().uint32(sequenceTag).uint64(sequence).finish());
}

/** The event's bytes with `SwarmEvent.clock_offset_us` set. */
export function amendClockOffset(raw: Uint8Array, clockOffsetUs: number): Uint8Array {
  return append(raw, protobuf.Writer.create().uint32(clockOffsetTag).sint64(clockOffsetUs).finish());
}

/** Bytes that `amendSequence` and `amendClockOffset` may add to one event, together. */
export const amendedBytesMax = 2 * 12;

function append(raw: Uint8Array, field: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(raw.length + field.length);
  bytes.set(raw);
  bytes.set(field, raw.length);
  return bytes;
}
