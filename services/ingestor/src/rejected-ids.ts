import { parseEventId, ProtocolError, splitBatch, type EventId } from '@swarmledger/protocol';
import type { BusMessage } from '@swarmledger/bus';

/** Field 1, length-delimited, 36 bytes: `SwarmEvent.event_id` as every encoder that keeps field order writes it. */
const eventIdPrefix = Buffer.from([(1 << 3) | 2, 36]);

/**
 * The event ids in a message that cannot be committed, as far as they can be read: their producer wants to know. An id that is
 * itself broken, or not at the front of its event, is left out.
 */
export function readRejectedIds(message: BusMessage): readonly EventId[] {
  try {
    const raws = message.kind === 'batch' ? splitBatch(message.data) : [message.data];
    return raws.flatMap(readEventId);
  } catch (error) {
    if (error instanceof ProtocolError) return [];
    throw error;
  }
}

function readEventId(raw: Uint8Array): readonly EventId[] {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  if (!bytes.subarray(0, eventIdPrefix.length).equals(eventIdPrefix)) return [];
  const text = bytes.toString('latin1', eventIdPrefix.length, eventIdPrefix.length + 36);
  try {
    return [parseEventId(text)];
  } catch {
    return [];
  }
}
