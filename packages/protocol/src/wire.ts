import { protobuf } from './numbers.ts';
import { swarmledger } from '../gen/swarmledger.js';

/** The generated messages, with 64-bit fields as numbers. Only this package sees them. */
export const wire = swarmledger.v1;
export type WireEvent = swarmledger.v1.SwarmEvent.$Properties;
export type WireChange = swarmledger.v1.StateChange.$Properties;

type Writer = InstanceType<typeof protobuf.Writer>;

/** A writer that has grown beyond this is not kept. */
const keptBytesMax = 64 * 1_024;
let kept = protobuf.Writer.create();

/** What `encode` writes. One writer for all messages: one for each would grow from 128 bytes on and copy what it has, for most events three times. */
export function toBytes(encode: (writer: Writer) => Writer): Uint8Array {
  try {
    const bytes = encode(kept.reset()).finish();
    if (bytes.length > keptBytesMax) kept = protobuf.Writer.create();
    return bytes;
  } catch (error) {
    // It may stand in the middle of a message.
    kept = protobuf.Writer.create();
    throw error;
  }
}

/** A reader that keeps fields of newer schemas, so that decode and encode lose nothing. */
export function createPreservingReader(bytes: Uint8Array): InstanceType<typeof protobuf.Reader> {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  return reader;
}

export { protobuf };
