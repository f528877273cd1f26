import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openLedger, type AppendedEvent, type Ledger, type Lease, type ProjectHistory } from '@swarmledger/ledger';
import {
  createEventId,
  decodeEvent,
  encodeEvent,
  fileModes,
  limits,
  mainBranch,
  parseProjectId,
  parseTenantId,
  type BranchName,
  type Payload,
  type ProjectPath,
  type SwarmEvent,
} from '@swarmledger/protocol';
import { Scope } from '@swarmledger/runtime';

export const tenant = parseTenantId('acme');
export const project = parseProjectId('rocket');

/** What the ledger takes in one call without splitting it. */
const eventsPerAppend = 500;
const bytesPerAppend = 900_000;

export interface TestProject {
  /** Closed after the test, last opened first. */
  readonly scope: Scope;
  readonly folder: string;
  readonly ledgerFile: string;
  readonly ledger: Ledger;
  /** The hub's clock, which stands still until it is set. Unix milliseconds. */
  readonly clock: { nowMs: number };
  /** Commits events in one transaction, if they fit. */
  append(...events: readonly SwarmEvent[]): Promise<readonly AppendedEvent[]>;
  /** After the first append. */
  history(): Promise<ProjectHistory>;
}

/** A project in an embedded ledger of its own, gone after the test. */
export async function openProject(context: TestContext): Promise<TestProject> {
  const scope = new Scope();
  context.after(() => scope.close());
  return openProjectIn(scope);
}

export async function openProjectIn(scope: Scope): Promise<TestProject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'replay-')));
  scope.defer('folder', () => rm(folder, { recursive: true, force: true }));
  const clock = { nowMs: Date.UTC(2026, 0, 1) };
  const ledgerFile = join(folder, 'ledger.sqlite');
  const connection = { kind: 'embedded', file: ledgerFile } as const;
  const ledger = scope.own('ledger', await openLedger({ connection, clock: () => clock.nowMs }));
  await ledger.tenants.ensure(tenant);
  const lease = await ledger.partitions.acquire(0, 'test');
  return {
    scope,
    folder,
    ledgerFile,
    ledger,
    clock,
    append: (...events) => appendAll(lease, events),
    history: () => ledger.project(tenant, project),
  };
}

async function appendAll(lease: Lease, events: readonly SwarmEvent[]): Promise<readonly AppendedEvent[]> {
  const appended: AppendedEvent[] = [];
  let group: { event: SwarmEvent; raw: Uint8Array }[] = [];
  let bytes = 0;
  const commit = async (): Promise<void> => {
    if (group.length === 0) return;
    const [result] = await lease.append([{ tenant, project, events: group }]);
    assert.ok(result?.kind === 'committed', JSON.stringify(result));
    appended.push(...result.events);
    group = [];
    bytes = 0;
  };
  for (const event of events) {
    const raw = encodeEvent(event);
    if (group.length >= eventsPerAppend || bytes + raw.length > bytesPerAppend) await commit();
    group.push({ event: decodeEvent(raw), raw });
    bytes += raw.length;
  }
  await commit();
  return appended;
}

export type EventFields = Partial<Omit<SwarmEvent, 'payload' | 'tenant' | 'project'>>;

export function makeEvent(payload: Payload, fields: EventFields = {}): SwarmEvent {
  return {
    eventId: createEventId(),
    timestampUs: Date.UTC(2025, 11, 31) * 1_000,
    traceId: '',
    spanId: '',
    agentRole: 'CODER',
    agentId: 'agent-1',
    tenant,
    project,
    branch: mainBranch,
    userId: '',
    parentEventId: '',
    sequence: 0,
    attributes: {},
    payload,
    ...fields,
  };
}

/** The events that put a file in place: chunks first when it is large. */
export function put(
  path: string,
  content: string | Uint8Array,
  fields: EventFields & { readonly mode?: number } = {},
): readonly SwarmEvent[] {
  const { mode, ...eventFields } = fields;
  const bytes = Buffer.from(content);
  const change = (body: { kind: 'content'; content: Uint8Array } | { kind: 'content_sha256'; sha256: Uint8Array }) =>
    makeEvent(
      {
        kind: 'state_change',
        path: path as ProjectPath,
        action: 'UPDATE',
        body,
        mode: mode ?? fileModes.regular,
        contentBytes: 0,
      },
      eventFields,
    );
  if (bytes.length <= limits.inlineContentBytesMax) return [change({ kind: 'content', content: bytes })];
  const sha256 = createHash('sha256').update(bytes).digest();
  const chunks: SwarmEvent[] = [];
  for (let offset = 0; offset < bytes.length; offset += limits.contentChunkBytesMax) {
    const data = bytes.subarray(offset, offset + limits.contentChunkBytesMax);
    chunks.push(makeEvent({ kind: 'content_chunk', sha256, offset, totalBytes: bytes.length, data }));
  }
  return [...chunks, change({ kind: 'content_sha256', sha256 })];
}

export function remove(path: string, fields: EventFields = {}): SwarmEvent {
  return makeEvent(
    {
      kind: 'state_change',
      path: path as ProjectPath,
      action: 'DELETE',
      body: { kind: 'none' },
      mode: 0,
      contentBytes: 0,
    },
    fields,
  );
}

export function rename(from: string, to: string, fields: EventFields = {}): SwarmEvent {
  return makeEvent(
    {
      kind: 'state_change',
      path: to as ProjectPath,
      previousPath: from as ProjectPath,
      action: 'RENAME',
      body: { kind: 'none' },
      mode: 0,
      contentBytes: 0,
    },
    fields,
  );
}

export function decide(title: string, fields: EventFields & { readonly rationale?: string } = {}): SwarmEvent {
  const { rationale, ...eventFields } = fields;
  return makeEvent(
    {
      kind: 'decision',
      title,
      rationale: rationale ?? `because of ${title}`,
      confidenceScore: 0.75,
      alternatives: [],
      model: 'model-1',
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
    },
    eventFields,
  );
}

export function signal(message: string, fields: EventFields = {}): SwarmEvent {
  return makeEvent({ kind: 'system_signal', signal: 'observation', severity: 'INFO', message, data: '' }, fields);
}

export function onBranch(branch: string): { readonly branch: BranchName } {
  return { branch: branch as BranchName };
}
