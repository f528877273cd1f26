import type { StoredEvent } from '@swarmledger/ledger';
import { decodeEnvelope, eventToJson, formatTimestampUs, type Payload, type Severity } from '@swarmledger/protocol';
import type { ShownEvent } from '../show.ts';
import { formatMode } from '../git-modes.ts';
import { paint, type Paint, type Style } from './style.ts';
import { formatBytes, formatTimeMs, indent, safeLine, safePath, safeText } from './text.ts';

/** A line of a log is for finding things; `show` has the rest. Characters. */
const summaryLengthMax = 100;
/** Less of a text says nothing, however narrow the terminal. */
const textLengthMin = 20;

const severityPaints: Readonly<Record<Severity, Paint>> = {
  UNSPECIFIED: 'dim',
  DEBUG: 'dim',
  INFO: 'dim',
  WARNING: 'yellow',
  ERROR: 'red',
  CRITICAL: 'red',
};

/**
 * One line: version, commit time, who, what.
 *
 * @param columns of the terminal: names and texts are cut so that the line fits, as far as they can be. Paths are not.
 */
export function renderLogEntry(stored: StoredEvent, style: Style, columns = Infinity): string {
  const { event } = stored;
  const who = safeLine(event.agentId, style, columns < 160 ? 24 : 40);
  const when = formatTimeMs(stored.commitTimeMs);
  const isWeighed = event.payload.kind === 'decision' && event.payload.confidenceScore !== undefined;
  // Spaces between the parts, and what stands around the text: `decided … (80 % sure)`.
  const left = columns - stored.version.length - when.length - who.length - 6 - (isWeighed ? 22 : 9);
  const what = renderPayloadLine(event.payload, style, Math.min(summaryLengthMax, Math.max(textLengthMin, left)));
  return `${paint(stored.version, 'dim', style)}  ${when}  ${paint(who, 'cyan', style)}  ${what}`;
}

/** What an event says, in one line. @param lengthMax of the text in it, characters */
export function renderPayloadLine(payload: Payload, style: Style, lengthMax = summaryLengthMax): string {
  switch (payload.kind) {
    case 'decision': {
      const text = safeLine(payload.title || payload.rationale, style, lengthMax);
      return `${paint('decided', 'magenta', style)} ${text}${renderConfidence(payload.confidenceScore)}`;
    }
    case 'state_change': {
      const path = safePath(payload.path, style);
      const from = payload.previousPath === undefined ? '' : `${safePath(payload.previousPath, style)} -> `;
      const content = payload.action === 'DELETE' ? '' : ` (${formatBytes(payload.contentBytes)})`;
      return `${paint(payload.action.toLowerCase(), 'yellow', style)} ${from}${path}${content}`;
    }
    case 'system_signal': {
      const kind = paint(safeLine(payload.signal || 'signal', style, 40), severityPaints[payload.severity], style);
      return `${kind} ${safeLine(payload.message, style, lengthMax)}`.trimEnd();
    }
    case 'conflict': {
      const reason = safeLine(payload.reason, style, 40);
      return `${paint('conflict', 'red', style)} ${safePath(payload.path, style)} (${reason})`;
    }
    case 'content_chunk':
      return `${paint('content', 'dim', style)} ${formatBytes(payload.totalBytes)} from byte ${payload.offset}`;
    case 'encrypted':
      return `${paint('encrypted', 'dim', style)} ${formatBytes(payload.bytes.length)}`;
    default:
      return payload satisfies never;
  }
}

/** Everything about one event, several lines. */
export function renderEvent(shown: ShownEvent, style: Style): string {
  const { stored, parent, preview } = shown;
  const { event } = stored;
  const attributes = Object.entries(event.attributes).map(([key, value]) => `${key}=${value}`);
  const fields: readonly (readonly [string, string])[] = [
    ['event', event.eventId],
    ['version', stored.version],
    ['committed', `${formatTimeMs(stored.commitTimeMs)} (hub's clock)`],
    ['happened', `${formatTimestampUs(event.timestampUs).replace('T', ' ')} (producer's clock)`],
    ['branch', event.branch],
    ['agent', `${event.agentId} (${event.agentRole.toLowerCase()})`],
    ['user', event.userId],
    ['trace', [event.traceId, event.spanId].filter((id) => id !== '').join(' / ')],
    ['because of', event.parentEventId],
    ['sequence', event.sequence === 0 ? '' : String(event.sequence)],
    ['attributes', attributes.join(', ')],
  ];
  const lines = fields
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${paint(name.padEnd(11), 'dim', style)} ${safeLine(value, style)}`);
  if (parent !== undefined) lines.push(`${' '.repeat(12)}${renderPayloadLine(parent.event.payload, style)}`);
  lines.push('', renderPayloadLine(event.payload, style), ...renderDetails(event.payload, style));
  if (preview?.kind === 'binary') lines.push('', paint(`(binary, ${formatBytes(preview.bytes)})`, 'dim', style));
  if (preview?.kind === 'text') {
    lines.push('', indent(safeText(preview.text, style).trimEnd(), '    '));
    if (preview.truncated) lines.push(paint('    … (restore the path to see all of it)', 'dim', style));
  }
  return lines.join('\n');
}

function renderDetails(payload: Payload, style: Style): readonly string[] {
  const block = (text: string): string => indent(safeText(text, style).trimEnd(), '    ');
  switch (payload.kind) {
    case 'decision': {
      const used = [payload.model, payload.inputTokens > 0 ? `${payload.inputTokens} tokens in` : '']
        .concat(payload.outputTokens > 0 ? `${payload.outputTokens} tokens out` : '')
        .concat(payload.costUsd > 0 ? `$${payload.costUsd}` : '')
        .filter((part) => part !== '');
      return [
        ...(payload.rationale === '' ? [] : [block(payload.rationale)]),
        ...payload.alternatives.map((alternative) => `    instead of: ${safeLine(alternative, style)}`),
        ...(used.length === 0 ? [] : [`    ${safeLine(used.join(', '), style)}`]),
      ];
    }
    case 'state_change': {
      const mode = payload.mode === 0 ? [] : [`    mode ${formatMode(payload.mode)}`];
      const hash =
        payload.body.kind === 'content_sha256'
          ? [`    sha256 ${Buffer.from(payload.body.sha256).toString('hex')}`]
          : [];
      const base =
        payload.baseSha256 === undefined
          ? []
          : [`    made to sha256 ${Buffer.from(payload.baseSha256).toString('hex')}`];
      const merged = (payload.mergedEventIds ?? []).map((id) => `    merges ${id}`);
      const diff = payload.body.kind === 'unified_diff' ? [block(payload.body.diff)] : [];
      return [...mode, ...hash, ...base, ...merged, ...diff];
    }
    case 'system_signal':
      return [payload.message, payload.data].filter((text) => text !== '').map(block);
    case 'conflict':
      return [
        `    ${safeLine(payload.eventId, style)} did not know of ${safeLine(payload.otherEventId || 'nothing', style)}`,
      ];
    case 'encrypted': {
      const keyId = decodeEnvelope(payload.bytes)?.keyId;
      return keyId === undefined ? [] : [`    under data key ${keyId}`];
    }
    case 'content_chunk':
      return [];
    default:
      return payload satisfies never;
  }
}

export function renderConfidence(score: number | undefined): string {
  return score === undefined ? '' : ` (${Math.round(score * 100)} % sure)`;
}

/** An event as data: the schema's keys, and where and when it was committed. */
export function storedEventToJson(stored: StoredEvent): Readonly<Record<string, unknown>> {
  return {
    version: stored.version,
    commit_time: new Date(stored.commitTimeMs).toISOString(),
    ...eventToJson(stored.event),
  };
}
