import { timelineKinds, type Highlight, type Lane, type Timeline, type TimelineKind } from '../timeline.ts';
import { renderPayloadLine } from './event.ts';
import { paint, type Paint, type Style } from './style.ts';
import { safeLine } from './text.ts';
import { labelTimes, formatDuration, formatInstant } from './time-axis.ts';

const glyphs: Readonly<
  Record<TimelineKind, { readonly glyph: string; readonly colour: Paint; readonly name: string }>
> = {
  conflict: { glyph: '✖', colour: 'red', name: 'conflict' },
  problem: { glyph: '!', colour: 'red', name: 'error' },
  decision: { glyph: '◆', colour: 'magenta', name: 'decision' },
  change: { glyph: '●', colour: 'yellow', name: 'change' },
  signal: { glyph: '▪', colour: 'blue', name: 'signal' },
  other: { glyph: '·', colour: 'dim', name: 'other' },
};
/** Most important first, as in the legend. */
const kinds = [...timelineKinds].reverse();
const lanesMax = 20;
const nameColumnsMax = 24;
/** Narrower, and the picture says nothing: lines then run over the edge. Columns. */
const chartColumnsMin = 16;

/** Columns of the terminal, or of the text when there is none. */
export interface TimelineLayout {
  readonly columns: number;
}

/** Lanes of agents along a time axis, one glyph for the most important thing in each column; then what stands out. */
export function renderTimeline(timeline: Timeline, style: Style, layout: TimelineLayout): string {
  if (timeline.events === 0) return `No events on ${timeline.branch} in this window.`;
  const shown = chooseLanes(timeline.lanes);
  const names = shown.map(({ agentId }) => safeLine(agentId, style, nameColumnsMax));
  const nameColumns = Math.max(...names.map((name) => [...name].length));
  const counts = shown.map((lane) => countKinds(lane, style));
  const countColumns = Math.max(...counts.map(({ columns }) => columns));
  const chartColumns = Math.max(chartColumnsMin, layout.columns - nameColumns - countColumns - 5);
  const lines = shown.map((lane, index) => {
    const name = paint((names[index] ?? '').padEnd(nameColumns), 'cyan', style);
    return `${name} │${drawLane(lane, timeline, chartColumns, style)}│ ${counts[index]?.text ?? ''}`.trimEnd();
  });
  const axis = `${' '.repeat(nameColumns + 2)}${labelTimes(timeline, chartColumns)}`.trimEnd();
  const hidden = timeline.lanes.length - shown.length;
  return [
    ...renderHeader(timeline, chartColumns, style),
    '',
    ...lines,
    ...(hidden === 0 ? [] : [paint(`… and ${hidden} more agents with fewer events (--agent shows one)`, 'dim', style)]),
    paint(axis, 'dim', style),
    '',
    kinds.map((kind) => `${draw(kind, style)} ${glyphs[kind].name}`).join('  '),
    ...renderHighlights(timeline.highlights, style, layout.columns),
  ].join('\n');
}

/** A timeline as data: every lane's events in the chosen clock. */
export function timelineToJson(timeline: Timeline): Readonly<Record<string, unknown>> {
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    branch: timeline.branch,
    clock: timeline.clock,
    from: iso(timeline.fromMs),
    to: iso(timeline.toMs),
    events: timeline.events,
    truncated: timeline.truncated,
    lanes: timeline.lanes.map(({ agentId, agentRole, events }) => ({
      agent_id: agentId,
      agent_role: agentRole,
      events: events.map(({ timeMs, kind }) => ({ time: iso(timeMs), kind })),
    })),
  };
}

function renderHeader(timeline: Timeline, chartColumns: number, style: Style): readonly string[] {
  const { branch, clock, fromMs, toMs, events, lanes, truncated } = timeline;
  const whose = clock === 'event' ? "by the agents' clocks" : "by the hub's clock";
  const span = fromMs === toMs ? formatInstant(fromMs) : `${formatInstant(fromMs)} to ${formatInstant(toMs)}`;
  const step = (toMs - fromMs) / chartColumns;
  const scale = toMs === fromMs ? '' : ` (${formatDuration(toMs - fromMs)}; a column is ${formatDuration(step)})`;
  const agents = `${lanes.length} agent${lanes.length === 1 ? '' : 's'}`;
  const count = truncated
    ? `the last ${events} events; older ones are left out (--limit, --until)`
    : `${events} events`;
  return [`${paint(branch, 'bold', style)}: ${count}, ${agents}, ${whose}`, `${span}${scale}`];
}

/** The busiest, in the order of their beginnings. */
function chooseLanes(lanes: readonly Lane[]): readonly Lane[] {
  if (lanes.length <= lanesMax) return lanes;
  const busiest = [...lanes].sort((left, right) => right.events.length - left.events.length).slice(0, lanesMax);
  return lanes.filter((lane) => busiest.includes(lane));
}

function drawLane(lane: Lane, { fromMs, toMs }: Timeline, columns: number, style: Style): string {
  const cells: (TimelineKind | undefined)[] = Array.from({ length: columns });
  for (const { timeMs, kind } of lane.events) {
    const column = toMs === fromMs ? 0 : Math.floor(((timeMs - fromMs) / (toMs - fromMs)) * (columns - 1));
    const there = cells[column];
    if (there === undefined || kinds.indexOf(kind) < kinds.indexOf(there)) cells[column] = kind;
  }
  return cells.map((kind) => (kind === undefined ? ' ' : draw(kind, style))).join('');
}

function countKinds(lane: Lane, style: Style): { readonly text: string; readonly columns: number } {
  const parts = kinds.flatMap((kind) => {
    const count = lane.events.filter((event) => event.kind === kind).length;
    return count === 0 ? [] : [{ text: `${draw(kind, style)} ${count}`, columns: 2 + String(count).length }];
  });
  return {
    text: parts.map(({ text }) => text).join('  '),
    columns: parts.reduce((sum, { columns }) => sum + columns + 2, -2),
  };
}

function renderHighlights(highlights: readonly Highlight[], style: Style, columns: number): readonly string[] {
  if (highlights.length === 0) return [];
  const lines = highlights.map(({ timeMs, kind, agentId, stored }) => {
    const name = safeLine(agentId, style, nameColumnsMax);
    const when = formatInstant(timeMs);
    // What comes before the text, and what may stand around it: `decided … (80 % sure)`.
    const textColumns = Math.max(chartColumnsMin, columns - when.length - name.length - 24);
    const what = renderPayloadLine(stored.event.payload, style, textColumns);
    return `${paint(when, 'dim', style)} ${draw(kind, style)} ${paint(name, 'cyan', style)}  ${what}`;
  });
  return ['', ...lines];
}

function draw(kind: TimelineKind, style: Style): string {
  return paint(glyphs[kind].glyph, glyphs[kind].colour, style);
}
