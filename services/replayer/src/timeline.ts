import type { ProjectHistory, ReadOptions, StoredEvent } from '@swarmledger/ledger';
import { limits, type AgentRole, type BranchName, type SwarmEvent } from '@swarmledger/protocol';
import { readLog, type LogFilter } from './log.ts';

/** What a picture is made of by default: enough for an afternoon of a swarm, read within a second. */
const eventsByDefault = 10_000;
/** Moments that get a line of their own below the picture. */
const highlightsMax = 12;

/** In order of importance: the last one decides how a moment looks. */
export const timelineKinds = ['other', 'signal', 'change', 'decision', 'problem', 'conflict'] as const;
export type TimelineKind = (typeof timelineKinds)[number];
const highlightKinds: readonly TimelineKind[] = ['conflict', 'problem', 'decision'];

export interface TimelineFilter {
  /** Whose clock the picture follows: the producers' (`event`, the default) or the hub's (`commit`). */
  readonly clock?: 'event' | 'commit';
  /** Of that clock, Unix milliseconds, both included. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** Exact agent ids; any of them. */
  readonly agents?: readonly string[];
  /** The newest events at most; 10,000 by default. */
  readonly limit?: number;
}

export interface LaneEvent {
  /** Unix milliseconds. */
  readonly timeMs: number;
  readonly kind: TimelineKind;
}

export interface Lane {
  readonly agentId: string;
  readonly agentRole: AgentRole;
  /** In time order. */
  readonly events: readonly LaneEvent[];
}

export interface Highlight {
  readonly timeMs: number;
  readonly kind: TimelineKind;
  readonly agentId: string;
  readonly stored: StoredEvent;
}

/** Who did what when, ready to be drawn. */
export interface Timeline {
  readonly branch: BranchName;
  readonly clock: 'event' | 'commit';
  /** Of the first and the last event, Unix milliseconds; equal when there is one, 0 when there is none. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly events: number;
  /** There are more events than were asked for: the picture begins later than history does. */
  readonly truncated: boolean;
  /** The agent that began first comes first. */
  readonly lanes: readonly Lane[];
  /** What a reader wants to know first, in time order: conflicts and failures, else the latest decisions. */
  readonly highlights: readonly Highlight[];
}

/** Agents and what stands out, while the events come by, newest first. */
class Collector {
  events = 0;
  readonly #lanes = new Map<string, { readonly agentRole: AgentRole; readonly events: LaneEvent[] }>();
  readonly #highlights = new Map<TimelineKind, Highlight[]>();

  add(stored: StoredEvent, about: StoredEvent | undefined, timeMs: number): void {
    const { agentId, agentRole } = stored.event;
    const kind = about === undefined ? kindOf(stored.event) : 'conflict';
    this.events += 1;
    let lane = this.#lanes.get(agentId);
    if (lane === undefined) this.#lanes.set(agentId, (lane = { agentRole, events: [] }));
    lane.events.push({ timeMs, kind });
    if (!highlightKinds.includes(kind)) return;
    const kept = this.#highlights.get(kind) ?? [];
    this.#highlights.set(kind, kept);
    if (kept.length < highlightsMax) kept.push({ timeMs, kind, agentId, stored: about ?? stored });
  }

  readLanes(): readonly Lane[] {
    const lanes = [...this.#lanes].map(([agentId, { agentRole, events }]) => ({
      agentId,
      agentRole,
      events: events.sort((left, right) => left.timeMs - right.timeMs),
    }));
    return lanes.sort((left, right) => (left.events[0]?.timeMs ?? 0) - (right.events[0]?.timeMs ?? 0));
  }

  readHighlights(): readonly Highlight[] {
    const all = highlightKinds.flatMap((kind) => this.#highlights.get(kind) ?? []);
    return all.slice(0, highlightsMax).sort((left, right) => left.timeMs - right.timeMs);
  }
}

/**
 * The newest events of a branch by agent. A conflict stands in the lane of the agent whose change came second, where it did.
 * Memory follows `limit`; so does the time, unless a window of the producers' clocks has to be searched for.
 *
 * @throws PermanentError unknown_branch
 */
export async function loadTimeline(
  history: ProjectHistory,
  branch: BranchName,
  filter: TimelineFilter = {},
  options: ReadOptions = {},
): Promise<Timeline> {
  const { clock = 'event', limit = eventsByDefault, agents } = filter;
  const collector = new Collector();
  // Newest first, so a conflict comes by right before the change that it is about.
  let conflict: StoredEvent | undefined;
  let truncated = false;
  for await (const stored of readLog(history, branch, boundCommits(filter, clock), options)) {
    const { event } = stored;
    if (event.payload.kind === 'conflict') {
      conflict = stored;
      continue;
    }
    const about = conflict?.event.parentEventId === event.eventId ? conflict : undefined;
    conflict = undefined;
    const timeMs = clock === 'event' ? event.timestampUs / 1_000 : stored.commitTimeMs;
    if (!isWithin(timeMs, filter) || agents?.includes(event.agentId) === false) continue;
    truncated = collector.events >= limit;
    if (truncated) break;
    collector.add(stored, about, timeMs);
  }
  const lanes = collector.readLanes();
  return {
    branch,
    clock,
    fromMs: lanes[0]?.events[0]?.timeMs ?? 0,
    toMs: lanes.reduce((last, lane) => Math.max(last, lane.events.at(-1)?.timeMs ?? 0), 0),
    events: collector.events,
    truncated,
    lanes,
    highlights: collector.readHighlights(),
  };
}

/** What the ledger can leave out: an event is committed after it happened, unless its producer's clock was ahead. */
function boundCommits({ sinceMs, untilMs }: TimelineFilter, clock: 'event' | 'commit'): LogFilter {
  const since = sinceMs === undefined || clock === 'commit' ? sinceMs : sinceMs - limits.clockAheadMsMax;
  return {
    ...(since === undefined ? {} : { sinceMs: since }),
    ...(untilMs === undefined || clock === 'event' ? {} : { untilMs }),
  };
}

function isWithin(timeMs: number, { sinceMs = -Infinity, untilMs = Infinity }: TimelineFilter): boolean {
  return sinceMs <= timeMs && timeMs <= untilMs;
}

function kindOf({ payload }: SwarmEvent): TimelineKind {
  switch (payload.kind) {
    case 'decision':
      return 'decision';
    case 'state_change':
      return 'change';
    case 'system_signal':
      return payload.severity === 'ERROR' || payload.severity === 'CRITICAL' ? 'problem' : 'signal';
    case 'conflict':
      return 'conflict';
    case 'content_chunk':
    case 'encrypted':
      return 'other';
    default:
      return payload satisfies never;
  }
}
