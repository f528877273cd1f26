import type { SwarmEvent } from '@swarmledger/protocol';
import type { ChangeRun } from './change-runs.ts';

/** Git reads these as the commit's last paragraph: `git log --format='%(trailers:key=SwarmLedger-Agent)'`. */
export const trailerKeys = {
  agent: 'SwarmLedger-Agent',
  role: 'SwarmLedger-Role',
  branch: 'SwarmLedger-Branch',
  version: 'SwarmLedger-Version',
  decision: 'SwarmLedger-Decision',
  confidence: 'SwarmLedger-Confidence',
  model: 'SwarmLedger-Model',
  trace: 'SwarmLedger-Trace',
  merges: 'SwarmLedger-Merges',
  gitCommit: 'SwarmLedger-Git-Commit',
} as const;

const hub = 'SwarmLedger <swarmledger@localhost>';
/** What git's raw dates can be: seconds from 1970 on, and a zone that exists. */
const rawDatePattern = /^\d{1,11} [+-](0\d|1[0-4])[0-5]\d$/;
const personPattern = /^[^<>\n\0]* ?<[^<>\n\0]*>$/;
const trailerBlockPattern = /\n\n(?:[A-Za-z0-9-]+: .*\n?)+$/;

/** Author and committer, as fast-import takes them: `Name <email> seconds zone`. */
export interface CommitPeople {
  readonly author: string;
  readonly committer: string;
}

/**
 * The author is the agent, at its own clock; the committer is the hub, at its own. An imported Git commit keeps both, with their
 * dates.
 */
export function commitPeople(run: ChangeRun): CommitPeople {
  const { first, last } = run;
  const agentDate = `${Math.floor(last.event.timestampUs / 1_000_000)} +0000`;
  const hubDate = `${Math.floor(last.commitTimeMs / 1_000)} +0000`;
  const attributes = run.gitCommit === undefined ? {} : (run.decision?.event.attributes ?? {});
  return {
    author: person(attributes['git.author'], attributes['git.author_time'], `${agent(first.event)} ${agentDate}`),
    committer: person(attributes['git.committer'], attributes['git.committer_time'], `${hub} ${hubDate}`),
  };
}

function person(recorded: string | undefined, time: string | undefined, otherwise: string): string {
  if (recorded === undefined || !personPattern.test(recorded)) return otherwise;
  const date = time !== undefined && rawDatePattern.test(time) ? time : otherwise.slice(otherwise.lastIndexOf('>') + 2);
  return `${recorded} ${date}`;
}

function agent({ agentId }: SwarmEvent): string {
  const name = oneLine(agentId).replace(/[<>]/g, '') || 'unknown';
  return `${name} <${/^[^\s@]+@[^\s@]+$/.test(name) ? name : `${name.replace(/[\s@]+/g, '-')}@agents.invalid`}>`;
}

/** Title, reasons, then who and where as trailers. */
export function commitMessage(run: ChangeRun): string {
  const text = (run.decision === undefined ? describeChanges(run) : decisionText(run.decision.event)).trimEnd();
  const body = text === '' ? '(no message)' : text;
  const separator = trailerBlockPattern.test(`${body}\n`) ? '\n' : '\n\n';
  return `${body}${separator}${trailers(run)}`;
}

function decisionText({ payload }: SwarmEvent): string {
  if (payload.kind !== 'decision') return '';
  const [title, rationale] = [oneLine(payload.title), withoutNul(payload.rationale)];
  // An imported Git commit has its whole message for a rationale.
  if (title === '' || rationale.trimStart().startsWith(title)) return rationale;
  return rationale.trim() === '' ? title : `${title}\n\n${rationale}`;
}

function describeChanges({ first, paths }: ChangeRun): string {
  const { payload } = first.event;
  if (payload.kind !== 'state_change') return '';
  if (paths.size > 1) return `Change ${paths.size} paths`;
  const verb = { UNSPECIFIED: 'Change', CREATE: 'Create', UPDATE: 'Update', DELETE: 'Delete', RENAME: 'Rename' };
  return `${verb[payload.action]} ${oneLine(payload.path)}`;
}

function trailers({ first, last, decision, gitCommit }: ChangeRun): string {
  const made = decision?.event.payload.kind === 'decision' ? decision.event.payload : undefined;
  const values: readonly (readonly [string, string | undefined])[] = [
    [trailerKeys.agent, first.event.agentId],
    [trailerKeys.role, first.event.agentRole],
    [trailerKeys.branch, last.event.branch],
    [trailerKeys.version, last.version],
    [trailerKeys.decision, decision?.event.eventId],
    [trailerKeys.confidence, made?.confidenceScore?.toFixed(2)],
    [trailerKeys.model, made?.model],
    [trailerKeys.trace, last.event.traceId],
    [
      trailerKeys.merges,
      last.event.payload.kind === 'state_change' ? last.event.payload.mergedEventIds?.join(' ') : '',
    ],
    [trailerKeys.gitCommit, gitCommit],
  ];
  return values
    .map(([key, value]) => [key, oneLine(value ?? '')] as const)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

function oneLine(text: string): string {
  return withoutNul(text).replace(/\s+/g, ' ').trim();
}

/** Git ends texts at a NUL. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
