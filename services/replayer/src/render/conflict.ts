import type { StoredEvent } from '@swarmledger/ledger';
import type { ConflictEntry } from '../conflicts/conflict.ts';
import type { SideDiff } from '../conflicts/diff-sides.ts';
import type { ConflictDetails, Proposal } from '../conflicts/show-conflict.ts';
import type { Side } from '../conflicts/sides.ts';
import { renderHunks } from './diff.ts';
import { renderConfidence, renderPayloadLine } from './event.ts';
import { paint, type Style } from './style.ts';
import { formatBytes, formatTimeMs, indent, safeLine, safePath, safeText } from './text.ts';

/** One line: id, commit time, state, path, reason. */
export function renderConflictEntry(entry: ConflictEntry, style: Style): string {
  const { conflict, settledBy } = entry;
  const { payload } = conflict.event;
  const state = settledBy === undefined ? paint('open   ', 'red', style) : paint('settled', 'green', style);
  const reason = safeLine(payload.reason, style, 40);
  return `${conflict.event.eventId}  ${formatTimeMs(conflict.commitTimeMs)}  ${state}  ${safePath(payload.path, style)} (${reason})`;
}

/** A conflict as data. */
export function conflictToJson({ conflict, settledBy }: ConflictEntry): Readonly<Record<string, unknown>> {
  const { payload } = conflict.event;
  return {
    conflict: conflict.event.eventId,
    version: conflict.version,
    branch: conflict.event.branch,
    commit_time: new Date(conflict.commitTimeMs).toISOString(),
    state: settledBy === undefined ? 'open' : 'settled',
    path: payload.path,
    reason: payload.reason,
    first_event_id: payload.otherEventId,
    second_event_id: payload.eventId,
    ...(settledBy === undefined ? {} : { settled_by: settledBy.event.eventId }),
  };
}

/** Everything about one conflict, several lines. */
export function renderConflict(details: ConflictDetails, diffs: readonly SideDiff[], style: Style): string {
  const { conflict, first, second, sides, settledBy, branch } = details;
  const { payload } = conflict.event;
  const [firstFate, secondFate] = sides.standing === 'first' ? ['stayed', 'not applied'] : ['overwritten', 'stood'];
  const lines = [
    `${paint('conflict', 'red', style)} ${conflict.event.eventId} over ${safePath(sides.path, style)}, on ${branch}`,
    `    ${explainReason(payload.reason)}; found ${formatTimeMs(conflict.commitTimeMs)}`,
    '',
    `${paint('first', 'bold', style)}   ${first === undefined ? 'nothing was there' : `${renderChange(first, style)}, ${firstFate}`}`,
    ...renderDecision(details.firstDecision, style),
    `${paint('second', 'bold', style)}  ${renderChange(second, style)}, ${secondFate}`,
    ...renderDecision(details.secondDecision, style),
    `${paint('base', 'bold', style)}    ${describeSide(sides.base)}`,
    `${paint('now', 'bold', style)}     ${describeSide(details.current)}`,
  ];
  for (const { name, body } of diffs) {
    if (body === undefined) continue;
    lines.push('', paint(name, 'bold', style));
    if (body.kind === 'text') lines.push(...renderHunks(body.hunks, style));
    else lines.push(body.kind === 'same' ? '(no difference)' : `(${body.kind})`);
  }
  if (sides.second.kind === 'diff') {
    lines.push(
      '',
      paint('the diff of the second', 'bold', style),
      indent(safeText(sides.second.diff, style).trimEnd(), '    '),
    );
  }
  lines.push(
    '',
    settledBy === undefined ? renderProposal(details.proposal, style) : `settled by ${renderChange(settledBy, style)}`,
  );
  return lines.join('\n');
}

function renderChange(stored: StoredEvent, style: Style): string {
  const { event } = stored;
  const who = paint(safeLine(event.agentId, style, 40), 'cyan', style);
  return `${event.eventId} ${who}: ${renderPayloadLine(event.payload, style)}`;
}

function renderDecision(decision: StoredEvent | undefined, style: Style): readonly string[] {
  if (decision?.event.payload.kind !== 'decision') return [];
  const { title, rationale, confidenceScore } = decision.event.payload;
  const heading = safeLine(title || rationale || 'decision', style, 100);
  return [`        ${paint('because', 'magenta', style)} ${heading}${renderConfidence(confidenceScore)}`];
}

function describeSide(side: Side): string {
  switch (side.kind) {
    case 'content':
      return `${formatBytes(side.bytes)}, sha256 ${side.sha256.toString('hex')}`;
    case 'absent':
      return 'nothing';
    case 'unknown':
      return side.sha256 === undefined ? 'not said' : `never in this project: sha256 ${side.sha256.toString('hex')}`;
    case 'diff':
      return 'a diff';
    default:
      return side satisfies never;
  }
}

function renderProposal(proposal: Proposal, style: Style): string {
  switch (proposal.kind) {
    case 'clean':
      return paint('The two merge cleanly.', 'green', style);
    case 'nothing_lost':
      return paint('What is there now has everything: nothing was lost.', 'green', style);
    case 'marked':
      return paint(
        `Both changed the same lines, in ${proposal.places} place${proposal.places === 1 ? '' : 's'}: a person has to choose.`,
        'yellow',
        style,
      );
    case 'manual':
      return paint(`A person has to choose: ${proposal.why}.`, 'yellow', style);
    default:
      return proposal satisfies never;
  }
}

const reasons: Readonly<Record<string, string>> = {
  base_mismatch: 'the second change was made to something else than what was there',
  path_exists: 'the second change put a new file where there was one already',
  diff_rejected: "the second change's diff did not apply to what was there",
  diff_base_too_large: 'what was there is too large to apply a diff to it while committing',
  base_missing: 'the second change was to a path that did not exist',
};

function explainReason(reason: string): string {
  return reasons[reason] ?? safeLine(reason, { colour: 'none', controls: 'escape' }, 40);
}
