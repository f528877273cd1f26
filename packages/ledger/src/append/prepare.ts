import { createHash } from 'node:crypto';
import { detachContent, type ProjectId, type ReceivedEvent, type TenantId } from '@swarmledger/protocol';
import type { AppendMessage } from '../partitions.ts';

/** A history value holds an event up to this; FoundationDB's limit is 100 kB, the record adds a little. Bytes. */
export const eventBytesMax = 90_000;

/** Bytes and their hash. */
export interface HashedBytes {
  readonly sha256: Buffer;
  readonly bytes: Uint8Array;
}

/** What can be computed of an event before the transaction, once however often that runs. */
export interface PreparedEvent extends ReceivedEvent {
  /** As it is stored: content detached. */
  readonly stored: Uint8Array;
  /** Inline content of a state change. */
  readonly content?: HashedBytes;
  /** `stored` when it goes to the content store. */
  readonly overflow?: HashedBytes;
}

export interface PreparedMessage {
  /** Its place among the messages of the append. */
  readonly index: number;
  readonly events: readonly PreparedEvent[];
}

/** The messages of one project, in order. */
export interface PreparedProject {
  readonly tenant: TenantId;
  readonly project: ProjectId;
  readonly messages: readonly PreparedMessage[];
}

/** Sorts messages by project and takes the content out of their events. */
export function prepareMessages(messages: readonly AppendMessage[]): readonly PreparedProject[] {
  const projects = new Map<string, PreparedProject & { readonly messages: PreparedMessage[] }>();
  messages.forEach(({ tenant, project, events }, index) => {
    // Neither id can hold a dot.
    const key = `${tenant}.${project}`;
    let prepared = projects.get(key);
    if (prepared === undefined) projects.set(key, (prepared = { tenant, project, messages: [] }));
    prepared.messages.push({ index, events: events.map(prepareEvent) });
  });
  return [...projects.values()];
}

function prepareEvent({ event, raw }: ReceivedEvent): PreparedEvent {
  const { payload } = event;
  const carriesContent =
    payload.kind === 'content_chunk' || (payload.kind === 'state_change' && payload.body.kind === 'content');
  // Decoding once more is only worth it where there is something to take out.
  const { raw: stored, content } = carriesContent ? detachContent(raw) : { raw };
  const prepared = content === undefined ? { event, raw, stored } : { event, raw, stored, content };
  return stored.length <= eventBytesMax ? prepared : { ...prepared, overflow: hashBytes(stored) };
}

export function hashBytes(bytes: Uint8Array): HashedBytes {
  return { sha256: createHash('sha256').update(bytes).digest(), bytes };
}
