import {
  deriveEventId,
  limits,
  parseProjectPath,
  tagAttribute,
  type EventId,
  type Payload,
  type ProjectPath,
  type SwarmEvent,
} from '@swarmledger/protocol';
import { eventSeed, type ImportTarget } from '../target.ts';
import { cutText, firstLine } from '../text.ts';
import type { BlobReader, LoadedChange } from './blobs.ts';
import type { GitChange } from './changes.ts';
import type { GitCommit, GitPerson } from './commits.ts';

/** A message above this is generated; its start says what there is to say, and the event stays far below one message. */
const rationaleBytesMax = 256 * 1_024;
const titleBytesMax = 200;

/** A commit on its way to becoming events. */
export interface DatedCommit extends GitCommit {
  /** Unix milliseconds: the committer's date, when this history got the commit. */
  readonly timeMs: number;
}

/** A change whose path the protocol takes. */
export type LegalChange = GitChange & { readonly path: ProjectPath };

/**
 * One decision, then a state change for each path, all at the commit's time and all named after commit and path: the same commit in
 * the same project always gives the same bytes. The last one tags the moment `git:<id>`.
 */
export async function* commitEvents(
  target: ImportTarget,
  commit: DatedCommit,
  changes: { readonly list: readonly LegalChange[]; readonly blobs: BlobReader },
): AsyncGenerator<SwarmEvent> {
  const decisionId = deriveEventId(commit.timeMs, eventSeed(target, 'git', commit.id));
  const tag = { [tagAttribute]: `git:${commit.id}` };
  const isLast = (index: number): boolean => index === changes.list.length;
  yield event(target, commit, {
    eventId: decisionId,
    parentEventId: '',
    attributes: { ...commitAttributes(commit), ...(isLast(0) ? tag : {}) },
    payload: decision(commit),
  });
  let index = 0;
  for await (const change of changes.blobs.load(commit.id, changes.list)) {
    index += 1;
    yield event(target, commit, {
      eventId: deriveEventId(commit.timeMs, eventSeed(target, 'git', commit.id, change.path)),
      parentEventId: decisionId,
      attributes: { 'git.commit': commit.id, ...(isLast(index) ? tag : {}) },
      payload: stateChange(change),
    });
  }
}

interface EventParts {
  readonly eventId: EventId;
  readonly parentEventId: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly payload: Payload;
}

function event(target: ImportTarget, commit: DatedCommit, parts: EventParts): SwarmEvent {
  return {
    timestampUs: commit.timeMs * 1_000,
    traceId: '',
    spanId: '',
    agentRole: 'HUMAN',
    agentId: cutText(commit.author.email || commit.author.name || 'unknown', limits.agentIdBytesMax),
    ...target,
    userId: '',
    // A shallow clone starts counting somewhere else than a full one, and must still give the same events.
    sequence: 0,
    ...parts,
  };
}

function decision(commit: GitCommit): Payload {
  return {
    kind: 'decision',
    title: firstLine(commit.message, titleBytesMax),
    rationale: cutText(commit.message, rationaleBytesMax),
    alternatives: [],
    model: '',
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
  };
}

function commitAttributes(commit: GitCommit): Readonly<Record<string, string>> {
  const all = {
    'git.commit': commit.id,
    'git.author': showPerson(commit.author),
    'git.author_time': showTime(commit.author),
    'git.committer': showPerson(commit.committer),
    'git.committer_time': showTime(commit.committer),
    'git.parents': commit.parents.join(' '),
  };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [key, cutText(value, limits.attributeValueBytesMax)]),
  );
}

function showPerson({ name, email }: GitPerson): string {
  return `${name} <${email}>`;
}

/** Git's own form, seconds and time zone: any date that a commit can have fits in it. */
function showTime({ seconds, timezone }: GitPerson): string {
  return seconds === undefined ? '' : `${seconds} ${timezone}`;
}

function stateChange(change: LoadedChange): Payload {
  const { before, after } = change;
  return {
    kind: 'state_change',
    path: parseProjectPath(change.path),
    action: after === undefined ? 'DELETE' : before === undefined ? 'CREATE' : 'UPDATE',
    body: change.content === undefined ? { kind: 'none' } : { kind: 'content', content: change.content },
    mode: after?.mode ?? 0,
    ...(change.baseSha256 === undefined ? {} : { baseSha256: change.baseSha256 }),
    contentBytes: 0,
  };
}
