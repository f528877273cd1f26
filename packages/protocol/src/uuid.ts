import { createHash, randomFillSync } from 'node:crypto';
import { ProtocolError } from './errors.ts';
import { quote } from './ids.ts';

declare const eventIdBrand: unique symbol;
/** A UUID in lower-case text with dashes. */
export type EventId = string & { readonly [eventIdBrand]: true };

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const uuidV7Pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const randomPool = Buffer.alloc(10 * 256);
let randomOffset = randomPool.length;
let lastMs = 0;
let counter = 0;

/**
 * A new UUIDv7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, a 12-bit counter that orders ids of one millisecond of this
 * process, 62 random bits.
 */
export function createEventId(nowMs: number = Date.now()): EventId {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = 0;
  } else {
    counter += 1;
    if (counter > 0xfff) {
      lastMs += 1;
      counter = 0;
    }
  }
  if (randomOffset + 8 > randomPool.length) {
    randomFillSync(randomPool);
    randomOffset = 0;
  }
  const random = randomPool.toString('hex', randomOffset, randomOffset + 8);
  randomOffset += 8;
  return layOut(lastMs, counter.toString(16).padStart(3, '0'), random);
}

/** The UUIDv7 that the same time and seed always give: what makes an import repeatable. `timeMs` in Unix milliseconds. */
export function deriveEventId(timeMs: number, seed: string): EventId {
  const hash = createHash('sha256').update(seed).digest('hex');
  return layOut(Math.max(0, Math.floor(timeMs)), hash.slice(0, 3), hash.slice(3, 19));
}

/** @throws ProtocolError invalid_event_id unless it is a UUIDv7 in its canonical lower-case form */
export function parseEventId(text: string): EventId {
  if (!uuidV7Pattern.test(text)) {
    throw new ProtocolError('invalid_event_id', `event id ${quote(text)} is not a UUIDv7 in lower case`);
  }
  return text as EventId;
}

/** A UUID of any version, as a parent may be made by other tools. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/** 16 bytes. */
export function eventIdToBytes(id: EventId): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

/** @param bytes 16 bytes, such as `eventIdToBytes` gave */
export function eventIdFromBytes(bytes: Uint8Array): EventId {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}` as EventId;
}

function layOut(timeMs: number, twelveBits: string, random: string): EventId {
  const time = timeMs.toString(16).padStart(12, '0');
  const variant = ((parseInt(random.slice(0, 1), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${twelveBits}-${variant}${random.slice(1, 4)}-${random.slice(4, 16)}` as EventId;
}
