import { createHash } from 'node:crypto';
import {
  createEventId,
  decodeEvent,
  encodeEvent,
  limits,
  mainBranch,
  parseBranchName,
  parseProjectId,
  parseProjectPath,
  parseTenantId,
  type ChangeBody,
  type Payload,
  type ReceivedEvent,
  type StateChange,
  type SwarmEvent,
} from '@swarmledger/protocol';
import type { AppendMessage } from '../partitions.ts';

export const tenant = parseTenantId('acme');
export const project = parseProjectId('shop');

/** An event as it comes off the bus: encoded and decoded once. */
export function receive(payload: Payload, fields: Partial<SwarmEvent> = {}): ReceivedEvent {
  const raw = encodeEvent({
    eventId: createEventId(),
    timestampUs: Date.now() * 1_000,
    traceId: '',
    spanId: '',
    agentRole: 'CODER',
    agentId: 'agent',
    tenant,
    project,
    branch: mainBranch,
    userId: '',
    parentEventId: '',
    sequence: 0,
    attributes: {},
    payload,
    ...fields,
  });
  return { event: decodeEvent(raw), raw };
}

export function decision(rationale: string, fields: Partial<SwarmEvent> = {}): ReceivedEvent {
  const payload = { title: '', rationale, alternatives: [], model: '', inputTokens: 0, outputTokens: 0, costUsd: 0 };
  return receive({ kind: 'decision', ...payload }, fields);
}

export type ChangeFields = Partial<Omit<StateChange, 'path' | 'previousPath'>> & { readonly from?: string };

export function change(path: string, fields: ChangeFields = {}, event: Partial<SwarmEvent> = {}): ReceivedEvent {
  const { from, ...rest } = fields;
  return receive(
    {
      kind: 'state_change',
      path: parseProjectPath(path),
      action: 'UPDATE',
      body: { kind: 'none' },
      mode: 0,
      contentBytes: 0,
      ...(from === undefined ? {} : { previousPath: parseProjectPath(from) }),
      ...rest,
    },
    event,
  );
}

/** A change to a whole new content. */
export function write(path: string, content: string | Buffer, event: Partial<SwarmEvent> = {}): ReceivedEvent {
  return change(path, { body: inline(content) }, event);
}

export function remove(path: string, event: Partial<SwarmEvent> = {}): ReceivedEvent {
  return change(path, { action: 'DELETE' }, event);
}

export function rename(
  from: string,
  path: string,
  fields: ChangeFields = {},
  event: Partial<SwarmEvent> = {},
): ReceivedEvent {
  return change(path, { action: 'RENAME', from, ...fields }, event);
}

export function inline(content: string | Buffer): ChangeBody {
  return { kind: 'content', content: Buffer.from(content) };
}

/** The content_chunk events of a content. */
export function chunks(content: Buffer, sha256 = hash(content)): readonly ReceivedEvent[] {
  const events: ReceivedEvent[] = [];
  for (let offset = 0; offset < content.length; offset += limits.contentChunkBytesMax) {
    const data = content.subarray(offset, offset + limits.contentChunkBytesMax);
    events.push(receive({ kind: 'content_chunk', sha256, offset, totalBytes: content.length, data }));
  }
  return events;
}

export function hash(content: string | Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}

/** One bus message. */
export function message(...events: readonly ReceivedEvent[]): AppendMessage {
  const [first] = events;
  return { tenant: first?.event.tenant ?? tenant, project: first?.event.project ?? project, events };
}

export function branchNamed(name: string): { readonly branch: SwarmEvent['branch'] } {
  return { branch: parseBranchName(name) };
}
