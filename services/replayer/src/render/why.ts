import type { ChangeReason } from '../why.ts';
import { renderConfidence, renderPayloadLine, storedEventToJson } from './event.ts';
import { paint, type Style } from './style.ts';
import { formatTimeMs, indent, safeLine, safeText } from './text.ts';

/** A change and its decision as data. */
export function whyToJson({ change, stored, decision }: ChangeReason): Readonly<Record<string, unknown>> {
  return {
    path: change.path,
    exists: change.exists,
    change: storedEventToJson(stored),
    decision: decision === undefined ? null : storedEventToJson(decision),
  };
}

/** One change and the decision behind it, several lines. */
export function renderWhy(reason: ChangeReason, style: Style): string {
  const { stored, decision } = reason;
  const { event } = stored;
  const who = paint(safeLine(event.agentId, style, 40), 'cyan', style);
  const lines = [
    `${paint(stored.version, 'dim', style)}  ${formatTimeMs(stored.commitTimeMs)}  ${who} (${event.agentRole.toLowerCase()})`,
    `    ${renderPayloadLine(event.payload, style)}`,
  ];
  if (event.payload.kind === 'state_change' && event.payload.mergedEventIds !== undefined) {
    lines.push(`    merges ${event.payload.mergedEventIds.join(' and ')}`);
  }
  if (event.traceId !== '') lines.push(paint(`    trace ${event.traceId}`, 'dim', style));
  if (decision?.event.payload.kind !== 'decision') {
    lines.push(paint('    no decision recorded', 'dim', style));
    return lines.join('\n');
  }
  const { title, rationale, confidenceScore } = decision.event.payload;
  const heading = safeLine(title || 'decision', style);
  lines.push(`    ${paint('because', 'magenta', style)} ${heading}${renderConfidence(confidenceScore)}`);
  lines.push(paint(`    decision ${decision.event.eventId}`, 'dim', style));
  // A commit's message is a rationale that begins with its title.
  const more = rationale.startsWith(title) ? rationale.slice(title.length).trimStart() : rationale;
  if (more !== '') lines.push(indent(safeText(more, style).trimEnd(), '        '));
  return lines.join('\n');
}
