import type { ProjectHistory } from '@swarmledger/ledger';
import {
  isUuid,
  parseBranchName,
  parseEventId,
  parseTagName,
  parseVersion,
  type BranchName,
} from '@swarmledger/protocol';
import { replayError } from './errors.ts';
import { parseMomentTime, parseMomentTimeMs } from './moment-time.ts';
import { resolveMoment, type Moment, type MomentOptions, type MomentQuery } from './moment.ts';

/** For help texts. */
export const momentSpecForms =
  'a branch, a version, an event id (right after it), before:EVENT, tag:NAME, git:SHA, a time of the hub’s clock ' +
  '(2026-11-21T05:00Z, "10m ago"), event-time:TIME; after BRANCH@ on that branch';

const prefixes = {
  'tag:': (text: string): MomentQuery => ({ kind: 'tag', name: parseTagName(text) }),
  'version:': (text: string): MomentQuery => ({ kind: 'version', version: parseVersion(text) }),
  'before:': (text: string): MomentQuery => ({ kind: 'before_event', eventId: parseEventId(text) }),
  'after:': (text: string): MomentQuery => ({ kind: 'after_event', eventId: parseEventId(text) }),
  'at:': (text: string, nowMs?: number): MomentQuery => ({
    kind: 'commit_time',
    timeMs: parseMomentTimeMs(text, nowMs),
  }),
  'event-time:': (text: string, nowMs?: number): MomentQuery => ({
    kind: 'event_time',
    timeUs: parseMomentTime(text, nowMs),
  }),
} as const;

/**
 * A moment in one word, as `diff A B` takes it: see `momentSpecForms`. What fits several forms is taken in their order: a
 * branch of that name first, then version, event, tag, time.
 *
 * @param branch the one that is meant where the text names none
 * @throws PermanentError unknown_moment, and what `resolveMoment` throws; ProtocolError
 */
export async function resolveMomentSpec(
  history: ProjectHistory,
  branch: BranchName,
  text: string,
  options: MomentOptions = {},
): Promise<Moment> {
  const at = text.indexOf('@');
  if (at > 0) return resolveOn(history, parseBranchName(text.slice(0, at)), text.slice(at + 1), options);
  const branches = await history.branches(options);
  const named = branches.find(({ name }) => name === text);
  if (named !== undefined) return resolveMoment(history, named.name, { kind: 'head' }, options);
  return resolveOn(history, branch, text, options);
}

async function resolveOn(
  history: ProjectHistory,
  branch: BranchName,
  text: string,
  options: MomentOptions,
): Promise<Moment> {
  return resolveMoment(history, branch, await readQuery(history, text, options), options);
}

async function readQuery(history: ProjectHistory, text: string, options: MomentOptions): Promise<MomentQuery> {
  for (const [prefix, read] of Object.entries(prefixes)) {
    if (text.startsWith(prefix)) return read(text.slice(prefix.length), options.nowMs);
  }
  if (text === '' || text === 'head' || text === 'HEAD') return { kind: 'head' };
  if (/^[0-9a-f]{28}$/.test(text)) return { kind: 'version', version: parseVersion(text) };
  if (isUuid(text)) return { kind: 'after_event', eventId: parseEventId(text) };
  if (text.startsWith('git:')) return { kind: 'tag', name: parseTagName(text) };
  const timeMs = readTime(text, options.nowMs);
  if (timeMs !== undefined) return { kind: 'commit_time', timeMs };
  const name = parseTagName(text);
  if ((await history.tag(name, options)) !== undefined) return { kind: 'tag', name };
  throw replayError('unknown_moment', `${JSON.stringify(text.slice(0, 80))} is no moment: give ${momentSpecForms}`);
}

function readTime(text: string, nowMs: number | undefined): number | undefined {
  try {
    return parseMomentTimeMs(text, nowMs);
  } catch {
    // Not a time; it may be something else.
    return undefined;
  }
}
