import type { WaitingMessage } from './contract.ts';

/*
 * A packet of the overflow lane: a version, then for each message
 *   uint32 length of its description, the description (JSON: subject, sequence, headers), uint32 length of its data, its data.
 */
const version = 1;
const lengthBytes = 4;

export function encodePacket(messages: readonly WaitingMessage[]): Buffer {
  const parts: Uint8Array[] = [Buffer.of(version)];
  for (const { subject, sequence, headers, data } of messages) {
    const description = Buffer.from(JSON.stringify([subject, sequence, [...headers]]));
    parts.push(encodeLength(description.length), description, encodeLength(data.length), data);
  }
  return Buffer.concat(parts);
}

/** Messages share memory with `packet`. @throws RangeError for what is no packet */
export function decodePacket(packet: Uint8Array): readonly WaitingMessage[] {
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  if (bytes[0] !== version) throw new RangeError(`a packet begins with ${version}`);
  const messages: WaitingMessage[] = [];
  for (let at = 1; at < bytes.length;) {
    const description = readPart(bytes, at);
    at += lengthBytes + description.length;
    const data = readPart(bytes, at);
    at += lengthBytes + data.length;
    const [subject, sequence, headers] = JSON.parse(description.toString()) as [string, number, [string, string][]];
    messages.push({ subject, sequence, headers: new Map(headers), data });
  }
  return messages;
}

/** Cuts messages into packets of about `bytesTarget`; one above it goes alone. */
export function* cutPackets(
  messages: readonly WaitingMessage[],
  bytesTarget: number,
): Generator<readonly WaitingMessage[]> {
  let packet: WaitingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (packet.length > 0 && bytes + message.data.length > bytesTarget) {
      yield packet;
      packet = [];
      bytes = 0;
    }
    packet.push(message);
    bytes += message.data.length;
  }
  if (packet.length > 0) yield packet;
}

function encodeLength(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(lengthBytes);
  bytes.writeUInt32BE(length);
  return bytes;
}

function readPart(bytes: Buffer, at: number): Buffer {
  const end = at + lengthBytes + bytes.readUInt32BE(at);
  if (end > bytes.length) throw new RangeError('a packet ends too early');
  return bytes.subarray(at + lengthBytes, end);
}
