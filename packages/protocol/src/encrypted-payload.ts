import { encodePayload } from './encode.ts';
import { ProtocolError } from './errors.ts';
import { decodePayload } from './decode.ts';
import type { Payload } from './event.ts';
import { isUuid } from './uuid.ts';
import { wire } from './wire.ts';

/*
 * What lies in `encrypted_payload`, version 1:
 *
 *   1 byte    version: 1
 *   16 bytes  id of the data key, a UUID
 *   12 bytes  nonce
 *   n bytes   AES-256-GCM of a SwarmEvent message that has only its payload
 *   16 bytes  tag
 */
const version = 1;
const keyIdBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + keyIdBytes + nonceBytes;

export interface EncryptedEnvelope {
  /** A UUID, lower case with dashes. */
  readonly keyId: string;
  /** 12 bytes. */
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
  /** 16 bytes. */
  readonly tag: Uint8Array;
}

/** Bytes that an envelope has beside its ciphertext. */
export const envelopeBytes = headBytes + tagBytes;

export function encodeEnvelope({ keyId, nonce, ciphertext, tag }: EncryptedEnvelope): Uint8Array {
  const id = Buffer.from(keyId.replaceAll('-', ''), 'hex');
  if (!isUuid(keyId) || nonce.length !== nonceBytes || tag.length !== tagBytes)
    throw new RangeError('an envelope’s key id, nonce or tag has another length');
  return Buffer.concat([Buffer.of(version), id, nonce, ciphertext, tag]);
}

/** Parts share memory with `bytes`. Undefined: it is no envelope of a version that this one knows. */
export function decodeEnvelope(bytes: Uint8Array): EncryptedEnvelope | undefined {
  if (bytes[0] !== version || bytes.length < envelopeBytes) return undefined;
  const hex = Buffer.from(bytes.subarray(1, 1 + keyIdBytes)).toString('hex');
  const keyId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  if (!isUuid(keyId)) return undefined;
  const end = bytes.length - tagBytes;
  return {
    keyId,
    nonce: bytes.subarray(1 + keyIdBytes, headBytes),
    ciphertext: bytes.subarray(headBytes, end),
    tag: bytes.subarray(end),
  };
}

/** What an envelope's ciphertext is made of. */
export function encodePlainPayload(payload: Payload): Uint8Array {
  return wire.SwarmEvent.encode(encodePayload(payload)).finish();
}

/**
 * Reads what `encodePlainPayload` made, with every check of a received event.
 *
 * @throws ProtocolError, also for what does not belong into an envelope: an envelope, a content chunk, a conflict
 */
export function decodePlainPayload(bytes: Uint8Array, eventId: string): Payload {
  const payload = decodePayload(bytes, eventId);
  switch (payload.kind) {
    case 'decision':
    case 'state_change':
    case 'system_signal':
      return payload;
    case 'conflict':
    case 'content_chunk':
    case 'encrypted':
      throw new ProtocolError('invalid_field', `event ${eventId}: a ${payload.kind} lies in its encrypted payload`);
    default:
      return payload satisfies never;
  }
}
