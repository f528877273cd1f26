import type { BusMessage } from '@swarmledger/bus';

// A PubAck is JSON that begins like this; no protobuf message can begin with "{" (field 15, a group).
const ackStart = Buffer.from('{"stream":"');
const ackBytesMax = 512;

/**
 * Whether a message is JetStream's acknowledgement of somebody's publish. A publisher chooses where its acknowledgement goes, and the server
 * asks nobody whether it may: so a tenant can send them into another tenant's stream. They are nobody's event and no dead letter of that tenant,
 * nor may they trip a breaker.
 */
export function isMisdirectedAck(message: Pick<BusMessage, 'data' | 'headers'>): boolean {
  const { data } = message;
  // Of nearly every message, one byte decides; headers are parsed when they are asked for.
  if (data[0] !== ackStart[0] || data.length > ackBytesMax) return false;
  return ackStart.equals(data.subarray(0, ackStart.length)) && message.headers.size === 0;
}
