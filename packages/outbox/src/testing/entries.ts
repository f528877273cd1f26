import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  createEventId,
  decodeEvent,
  encodeEvent,
  mainBranch,
  parseProjectId,
  parseTenantId,
  splitBatch,
  type SwarmEvent,
} from '@swarmledger/protocol';
import type { Outbox, OutboxOptions, Priority, SyncLock } from '../contract.ts';
import { openOutbox } from '../open-outbox.ts';
import { priorities, type EntryInput } from '../contract.ts';

export const tenant = parseTenantId('acme');

export async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmledger-outbox-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** An outbox of the test's own, closed before its folder is removed. */
export async function openTestOutbox(
  t: TestContext,
  options: Partial<OutboxOptions> = {},
): Promise<{ readonly outbox: Outbox; readonly file: string }> {
  const file = options.file ?? join(await makeFolder(t), 'outbox.sqlite');
  const outbox = await openOutbox({ ...options, file });
  // Hooks run in the order they were made, and the folder's came first.
  t.after(() => outbox.close());
  return { outbox, file };
}

export interface NoteOptions {
  readonly project?: string;
  readonly agentId?: string;
  readonly priority?: Priority;
  readonly sequence?: EntryInput['sequence'];
  readonly padding?: string;
}

/** Signals that carry their text: what order is checked by. */
export function createEntry(texts: readonly string[], options: NoteOptions = {}): EntryInput {
  const { project: name = 'web', agentId = 'agent', priority = priorities.normal, padding = '' } = options;
  const project = parseProjectId(name);
  const events = texts.map((text) => {
    const event: SwarmEvent = {
      eventId: createEventId(),
      timestampUs: Date.now() * 1_000,
      traceId: '',
      spanId: '',
      agentRole: 'CODER',
      agentId,
      tenant,
      project,
      branch: mainBranch,
      userId: '',
      parentEventId: '',
      sequence: 0,
      attributes: {},
      payload: {
        kind: 'system_signal',
        signal: 'note',
        severity: 'INFO',
        message: text,
        data: padding && JSON.stringify(padding),
      },
    };
    return { eventId: event.eventId, raw: encodeEvent(event) };
  });
  return { tenant, project, agentId, priority, sequence: options.sequence ?? 'by_outbox', events };
}

export const request = {
  eventsMax: 1_000,
  bytesMax: 900_000,
  priorityMin: priorities.background,
  compress: false,
  isSuspect: false,
} as const;

export function readEvents(data: Uint8Array): readonly SwarmEvent[] {
  return splitBatch(data).map((raw) => decodeEvent(raw));
}

export function readTexts(data: Uint8Array): readonly string[] {
  return readEvents(data).map(({ payload }) => (payload.kind === 'system_signal' ? payload.message : payload.kind));
}

/** Reads and settles until a project has nothing left. */
export async function drainEvents(lock: SyncLock, project = 1): Promise<readonly SwarmEvent[]> {
  const events: SwarmEvent[] = [];
  for (;;) {
    const { batch } = await lock.readBatch({ ...request, project });
    if (batch === undefined) return events;
    events.push(...readEvents(batch.data));
    await lock.settle(
      batch.entries.map(({ entry }) => entry),
      { day: '2026-01-01', bytes: batch.data.length, messages: 1, committedEvents: batch.eventIds.length },
    );
  }
}

export const textOf = ({ payload }: SwarmEvent): string =>
  payload.kind === 'system_signal' ? payload.message : payload.kind;

/** Runs a module of this folder in a process of its own. */
export function startChild(name: string, args: readonly string[]): ChildProcess {
  const file = new URL(`./${name}.js`, import.meta.url).pathname;
  return spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}
