import { ProtocolError, type RejectionCode } from './errors.ts';
import { limits } from './limits.ts';
import { parseEventId, type EventId } from './uuid.ts';
import { versionBytes, versionFromBytes, versionToBytes, type Version } from './versions.ts';
import { toBytes, wire } from './wire.ts';

/** What the hub says of one event id. */
export type Receipt =
  | { readonly kind: 'committed'; readonly eventId: EventId; readonly version: Version; readonly duplicate: boolean }
  | {
      readonly kind: 'rejected';
      readonly eventId: EventId;
      readonly reason: RejectionCode;
      /** The Nats-Msg-Id of the message that was refused: the event may be on its way again in another one. */
      readonly messageId?: string;
    }
  /** Only in answers to a query. */
  | { readonly kind: 'unknown'; readonly eventId: EventId };

/** @param hubTimeUs the hub's clock, in answers to queries */
export function encodeReceipts(receipts: readonly Receipt[], hubTimeUs?: number): Uint8Array {
  const messages = receipts.map((receipt) => {
    switch (receipt.kind) {
      case 'committed':
        return { eventId: receipt.eventId, version: versionToBytes(receipt.version), duplicate: receipt.duplicate };
      case 'rejected':
        return {
          eventId: receipt.eventId,
          rejected: receipt.reason,
          ...(receipt.messageId === undefined ? {} : { messageId: receipt.messageId }),
        };
      case 'unknown':
        return { eventId: receipt.eventId };
      default:
        return receipt satisfies never;
    }
  });
  const message = { receipts: messages, ...(hubTimeUs === undefined ? {} : { hubTimeUs }) };
  return toBytes((writer) => wire.Receipts.encode(message, writer));
}

/** The hub's clock as an answer to a query has it, Unix microseconds; undefined from a hub that does not say. @throws ProtocolError undecodable */
export function decodeHubTime(data: Uint8Array): number | undefined {
  const hubTimeUs = Number(decodeWith('Receipts', () => wire.Receipts.decode(data)).hubTimeUs);
  return hubTimeUs > 0 ? hubTimeUs : undefined;
}

/** @throws ProtocolError undecodable, invalid_event_id */
export function decodeReceipts(data: Uint8Array): readonly Receipt[] {
  const message = decodeWith('Receipts', () => wire.Receipts.decode(data));
  return message.receipts.map((receipt): Receipt => {
    const eventId = parseEventId(receipt.eventId ?? '');
    if (receipt.version?.length === versionBytes) {
      return {
        kind: 'committed',
        eventId,
        version: versionFromBytes(receipt.version),
        duplicate: receipt.duplicate ?? false,
      };
    }
    if (receipt.rejected) {
      return {
        kind: 'rejected',
        eventId,
        reason: receipt.rejected as RejectionCode,
        ...(receipt.messageId ? { messageId: receipt.messageId } : {}),
      };
    }
    return { kind: 'unknown', eventId };
  });
}

export function encodeReceiptQuery(eventIds: readonly EventId[]): Uint8Array {
  return wire.ReceiptQuery.encode({ eventIds: [...eventIds] }).finish();
}

/** @throws ProtocolError undecodable, invalid_event_id, too_many_events */
export function decodeReceiptQuery(data: Uint8Array): readonly EventId[] {
  const { eventIds } = decodeWith('ReceiptQuery', () => wire.ReceiptQuery.decode(data));
  if (eventIds.length > limits.receiptQueryEventsMax) {
    throw new ProtocolError(
      'too_many_events',
      `a receipt query of ${eventIds.length} ids exceeds ${limits.receiptQueryEventsMax}`,
    );
  }
  return eventIds.map(parseEventId);
}

function decodeWith<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ProtocolError('undecodable', `the bytes are not ${name}`, { cause });
  }
}
