import type { ProjectHistory, ReadOptions, StoredEvent, Tag } from '@swarmledger/ledger';
import { formatTimestampUs, type BranchName, type EventId, type TagName, type Version } from '@swarmledger/protocol';
import { replayError } from './errors.ts';

/** How a person names a moment. */
export type MomentQuery =
  /** Now: the last event of the branch. */
  | { readonly kind: 'head' }
  /** Right after the last event at or before a version. */
  | { readonly kind: 'version'; readonly version: Version }
  /** Where a tag points. A unique beginning of a `git:<sha>` tag, from 4 digits on, will do. */
  | { readonly kind: 'tag'; readonly name: TagName }
  /** What the hub knew: right after the last commit at or before a time of the hub's clock. */
  | { readonly kind: 'commit_time'; readonly timeMs: number }
  /** What the agents had done by their own clocks, whenever the hub heard of it. */
  | { readonly kind: 'event_time'; readonly timeUs: number }
  | { readonly kind: 'before_event'; readonly eventId: EventId }
  /** Right after an event, itself included. */
  | { readonly kind: 'after_event'; readonly eventId: EventId };

/** A point of a project's history that will mean the same for ever. */
export interface Moment {
  readonly branch: BranchName;
  /** The last event that belongs to it. */
  readonly version: Version;
  /** Of that event: hub's clock, Unix milliseconds. */
  readonly commitTimeMs: number;
  /**
   * Only events up to this time of their producers' clocks count, applied in version order; Unix microseconds. Each path
   * then shows what the last such event left there when it was committed.
   */
  readonly eventTimeUs?: number;
  /** For people: how it was named and what it is. */
  readonly description: string;
}

export interface MomentOptions extends ReadOptions {
  /** The hub's clock; `Date.now()` by default. */
  readonly nowMs?: number;
}

const tagPrefixPattern = /^git:[0-9a-f]{4,63}$/;

/**
 * Finds the moment that a query names. Tags and events bring their own branch; `branch` is for all other kinds.
 *
 * @throws PermanentError empty_history, unknown_branch, unknown_tag, unknown_event, before_first_event, not_ingested_yet,
 * time_in_future
 */
export async function resolveMoment(
  history: ProjectHistory,
  branch: BranchName,
  query: MomentQuery,
  options: MomentOptions = {},
): Promise<Moment> {
  const nowMs = options.nowMs ?? Date.now();
  switch (query.kind) {
    case 'head':
      return toMoment(branch, await readLatest(history, branch, options), 'the head');
    case 'version':
      return resolveVersion(history, branch, query.version, options);
    case 'tag':
      return resolveTag(history, query.name, options);
    case 'commit_time':
      return resolveCommitTime(history, branch, query.timeMs, { ...options, nowMs });
    case 'event_time':
      return resolveEventTime(history, branch, query.timeUs, { ...options, nowMs });
    case 'before_event':
      return resolveBeforeEvent(history, query.eventId, options);
    case 'after_event':
      return resolveAfterEvent(history, query.eventId, options);
    default:
      return query satisfies never;
  }
}

async function resolveVersion(
  history: ProjectHistory,
  branch: BranchName,
  version: Version,
  options: ReadOptions,
): Promise<Moment> {
  const latest = await readLatest(history, branch, options);
  if (version > latest.version) {
    throw replayError('not_ingested_yet', `version ${version} is not in ${branch} yet: its last is ${latest.version}`);
  }
  const last = await readLast(history, branch, version, options);
  if (last === undefined) throw await beforeFirst(history, branch, `version ${version}`, options);
  return toMoment(branch, last, `version ${version}`);
}

async function resolveTag(history: ProjectHistory, name: TagName, options: ReadOptions): Promise<Moment> {
  const tag = (await history.tag(name, options)) ?? (await findTagByPrefix(history, name, options));
  if (tag === undefined) throw replayError('unknown_tag', `there is no tag ${JSON.stringify(name)}`);
  const last = await readLast(history, tag.branch, tag.version, options);
  if (last === undefined) throw await beforeFirst(history, tag.branch, `tag ${JSON.stringify(name)}`, options);
  return toMoment(tag.branch, last, `tag ${tag.name}`);
}

async function findTagByPrefix(history: ProjectHistory, name: TagName, options: ReadOptions): Promise<Tag | undefined> {
  if (!tagPrefixPattern.test(name)) return undefined;
  const matches = (await history.tags(options)).filter((tag) => tag.name.startsWith(name));
  if (matches.length > 1)
    throw replayError('unknown_tag', `${matches.length} tags begin with ${name}: give more of it`);
  return matches[0];
}

async function resolveCommitTime(
  history: ProjectHistory,
  branch: BranchName,
  timeMs: number,
  options: ReadOptions & { readonly nowMs: number },
): Promise<Moment> {
  await readLatest(history, branch, options);
  refuseFuture(timeMs * 1_000, options.nowMs);
  const version = await history.versionAtTime(branch, timeMs, options);
  const last = version === undefined ? undefined : await readLast(history, branch, version, options);
  const name = `${formatTime(timeMs)} (commit time)`;
  if (last === undefined) throw await beforeFirst(history, branch, name, options);
  return toMoment(branch, last, name);
}

async function resolveEventTime(
  history: ProjectHistory,
  branch: BranchName,
  timeUs: number,
  options: ReadOptions & { readonly nowMs: number },
): Promise<Moment> {
  const latest = await readLatest(history, branch, options);
  refuseFuture(timeUs, options.nowMs);
  const name = `${formatTimestampUs(timeUs)} (event time)`;
  for await (const stored of history.events({ branch, until: latest.version }, options)) {
    if (stored.event.timestampUs > timeUs) continue;
    return { ...toMoment(branch, latest, name), eventTimeUs: timeUs };
  }
  throw replayError('before_first_event', `no event of ${branch} happened at or before ${name}`);
}

async function resolveBeforeEvent(history: ProjectHistory, eventId: EventId, options: ReadOptions): Promise<Moment> {
  const point = await history.versionBefore(eventId, options);
  if (point === undefined) {
    throw replayError('before_first_event', `event ${eventId} is the first of its branch: nothing was before it`);
  }
  const last = await readLast(history, point.branch, point.version, options);
  if (last === undefined) throw await beforeFirst(history, point.branch, `event ${eventId}`, options);
  return toMoment(point.branch, last, `just before event ${eventId}`);
}

async function resolveAfterEvent(history: ProjectHistory, eventId: EventId, options: ReadOptions): Promise<Moment> {
  const stored = await history.find(eventId, options);
  if (stored === undefined) throw replayError('unknown_event', `there is no event ${eventId} in this project`);
  return toMoment(stored.event.branch, stored, `right after event ${eventId}`);
}

async function readLatest(history: ProjectHistory, branch: BranchName, options: ReadOptions): Promise<StoredEvent> {
  const latest = await history.latest(branch, options);
  const last = latest === undefined ? undefined : await readLast(history, branch, latest, options);
  if (last === undefined) throw replayError('empty_history', `branch ${branch} has no events yet`);
  return last;
}

/** The last event at or before a version. */
async function readLast(
  history: ProjectHistory,
  branch: BranchName,
  until: Version,
  options: ReadOptions,
): Promise<StoredEvent | undefined> {
  for await (const stored of history.events({ branch, until, order: 'newest_first', limit: 1 }, options)) return stored;
  return undefined;
}

function refuseFuture(timeUs: number, nowMs: number): void {
  if (timeUs <= nowMs * 1_000) return;
  const [asked, now] = [formatTimestampUs(timeUs), formatTime(nowMs)];
  throw replayError('time_in_future', `${asked} is in the future: the hub's clock says ${now}`);
}

async function beforeFirst(
  history: ProjectHistory,
  branch: BranchName,
  name: string,
  options: ReadOptions,
): Promise<Error> {
  for await (const first of history.events({ branch, limit: 1 }, options)) {
    const began = `${formatTime(first.commitTimeMs)} with version ${first.version}`;
    return replayError('before_first_event', `${name} is before the first event: ${branch} begins at ${began}`);
  }
  return replayError('empty_history', `branch ${branch} has no events yet`);
}

function toMoment(branch: BranchName, last: StoredEvent, name: string): Moment {
  const place = name === `version ${last.version}` ? name : `${name}: version ${last.version}`;
  const description = `${place}, committed ${formatTime(last.commitTimeMs)}`;
  return { branch, version: last.version, commitTimeMs: last.commitTimeMs, description };
}

function formatTime(ms: number): string {
  return new Date(ms).toISOString();
}
