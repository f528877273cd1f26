import { protobuf } from './numbers.ts';
import { swarmledger } from '../gen/swarmledger.js';

/** The generated messages, with 64-bit fields as numbers. Only this package sees them. */
export const wire = swarmledger.v1;
export type WireEvent = swarmledger.v1.SwarmEvent.$Properties;
export type WireChange = swarmledger.v1.StateChange.$Properties;

/** A reader that keeps fields of newer schemas, so that decode and encode lose nothing. */
export function createPreservingReader(bytes: Uint8Array): InstanceType<typeof protobuf.Reader> {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  return reader;
}

export { protobuf };
