import {
  decodeEnvelope,
  decodePlainPayload,
  encodeEnvelope,
  encodePlainPayload,
  type EncryptedPayload,
  type Payload,
  type SwarmEvent,
} from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import { seal, unseal } from './aes.ts';
import type { DataKey, DataKeys } from './data-keys.ts';

/** Whose payload it is: a ciphertext opens in this place and in no other. */
type Place = Pick<SwarmEvent, 'tenant' | 'project' | 'eventId'>;

/** @param payload a decision, a system signal or a state change */
export function sealPayload(key: DataKey, place: Place, payload: Payload): EncryptedPayload {
  const sealed = seal(key.key, encodePlainPayload(payload), contextOf(place, key.id));
  return { kind: 'encrypted', bytes: encodeEnvelope({ keyId: key.id, ...sealed }) };
}

/**
 * The payload behind an encrypted one.
 *
 * @throws PermanentError unknown_envelope: made by a newer version, or no envelope at all; unknown_data_key: under a key that is not
 *   among these; payload_not_authentic: changed since, or moved from another event, project or tenant; ProtocolError: sealed by a
 *   key holder who did not check it
 */
export function openPayload(keys: DataKeys, place: Place, payload: EncryptedPayload): Payload {
  const event = `event ${place.eventId}`;
  const envelope = decodeEnvelope(payload.bytes);
  if (envelope === undefined)
    throw new PermanentError('unknown_envelope', `${event}: its encrypted payload has another format`);
  const key = keys.byId.get(envelope.keyId);
  if (key === undefined)
    throw new PermanentError('unknown_data_key', `${event} is encrypted with data key ${envelope.keyId}`);
  const plain = unseal(key.key, envelope, contextOf(place, key.id));
  if (plain === undefined)
    throw new PermanentError('payload_not_authentic', `${event}: its encrypted payload was changed, or moved here`);
  return decodePlainPayload(plain, place.eventId);
}

/** No part can hold a newline. */
function contextOf({ tenant, project, eventId }: Place, keyId: string): string {
  return ['swarmledger.payload.v1', keyId, tenant, project, eventId].join('\n');
}
