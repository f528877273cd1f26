import { isUtf8 } from 'node:buffer';
import type { ProjectHistory, ReadOptions, StoredEvent } from '@swarmledger/ledger';
import { isUuid, parseEventId, type EventId } from '@swarmledger/protocol';
import { readBeginning } from './content.ts';
import { replayError } from './errors.ts';

/** Enough to recognise a file by; the whole is what `restore` is for. */
const previewBytesMax = 8 * 1024;
/** Decisions rest on decisions; what a change hangs on is found within a few steps. */
const causeStepsMax = 16;

export interface ShownEvent {
  readonly stored: StoredEvent;
  /** The event that it names as its cause, when the ledger has it. */
  readonly parent?: StoredEvent;
  /** The beginning of the content that a change put in place. */
  readonly preview?: ContentPreview;
}

export type ContentPreview =
  | { readonly kind: 'text'; readonly text: string; readonly truncated: boolean }
  | { readonly kind: 'binary'; readonly bytes: number };

/** @throws PermanentError unknown_event */
export async function showEvent(
  history: ProjectHistory,
  eventId: EventId,
  options: ReadOptions = {},
): Promise<ShownEvent> {
  const stored = await history.find(eventId, options);
  if (stored === undefined) throw replayError('unknown_event', `there is no event ${eventId} in this project`);
  const parent = await findParent(history, stored, options);
  const preview = await readPreview(history, stored, options);
  return { stored, ...(parent === undefined ? {} : { parent }), ...(preview === undefined ? {} : { preview }) };
}

/** The nearest decision among an event's causes: its parent, or its parent's parent, and so on. */
export async function findDecision(
  history: ProjectHistory,
  stored: StoredEvent,
  options: ReadOptions = {},
): Promise<StoredEvent | undefined> {
  let cause = await findParent(history, stored, options);
  for (let step = 1; cause !== undefined && step < causeStepsMax; step++) {
    if (cause.event.payload.kind === 'decision') return cause;
    cause = await findParent(history, cause, options);
  }
  return cause?.event.payload.kind === 'decision' ? cause : undefined;
}

async function findParent(
  history: ProjectHistory,
  stored: StoredEvent,
  options: ReadOptions,
): Promise<StoredEvent | undefined> {
  const { parentEventId } = stored.event;
  // A parent may carry another tool's id, which the ledger cannot hold.
  if (!isUuid(parentEventId) || parentEventId.charAt(14) !== '7') return undefined;
  return history.find(parseEventId(parentEventId), options);
}

async function readPreview(
  history: ProjectHistory,
  stored: StoredEvent,
  options: ReadOptions,
): Promise<ContentPreview | undefined> {
  const { payload } = stored.event;
  if (payload.kind !== 'state_change' || payload.body.kind !== 'content_sha256') return undefined;
  const ref = { path: payload.path, sha256: payload.body.sha256, bytes: payload.contentBytes };
  const beginning = await readBeginning(history, ref, { ...options, bytesMax: previewBytesMax });
  const truncated = payload.contentBytes > beginning.length;
  const text = decodeText(truncated ? trimPartialCharacter(beginning) : beginning);
  return text === undefined ? { kind: 'binary', bytes: payload.contentBytes } : { kind: 'text', text, truncated };
}

/** Git's rule: a NUL among the first 8,000 bytes means binary. What is not UTF-8 is read as Latin-1, byte by byte. */
export function decodeText(bytes: Buffer): string | undefined {
  if (bytes.subarray(0, 8_000).includes(0)) return undefined;
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
}

/** A cut may fall into a character; its first bytes alone must not make the text look like another encoding. */
function trimPartialCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes.readUInt8(bytes.length - back);
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back);
    if (byte < 0x80) return bytes;
  }
  return bytes;
}
