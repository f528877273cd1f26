import { eventIdFromBytes, parseProjectId, parseTenantId, splitBatch, type EventId } from '@swarmledger/protocol';
import type {
  DayUsage,
  OutboxStats,
  ParkedEntry,
  ParkedFilter,
  PendingProject,
  Priority,
  PriorityDepth,
} from '../contract.ts';
import { parkedPriority } from './depth.ts';
import type { Connection } from './open-file.ts';
import { parkedCondition } from './settle.ts';

/** What the outbox tells about itself; one object per connection. */
export class Queries {
  readonly #connection: Connection;
  readonly #statements;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = {
      depth: connection.prepare(`
        SELECT priority, sum(entries) AS entries, sum(events) AS events, sum(bytes) AS bytes
        FROM depth GROUP BY priority HAVING sum(entries) > 0 ORDER BY priority DESC
      `),
      pending: connection.prepare(`
        SELECT projects.id, tenant, projects.project, sum(entries) AS entries, max(priority) AS highest
        FROM depth JOIN projects ON projects.id = depth.project
        WHERE entries > 0 AND priority > ${parkedPriority} GROUP BY projects.id
      `),
      oldest: connection.prepare('SELECT appended_ms FROM entries ORDER BY id LIMIT 1').pluck(),
      dropped: connection.prepare(`SELECT value FROM counters WHERE name = 'dropped_events'`).pluck(),
      today: connection.prepare(
        'SELECT day, bytes, messages, committed_events AS committedEvents FROM days WHERE day = ?',
      ),
      isWaiting: connection
        .prepare('SELECT 1 FROM entries WHERE project = ? AND priority = ? AND id <= ? LIMIT 1')
        .pluck(),
      lanes: connection
        .prepare('SELECT priority FROM depth WHERE project = ? AND priority > 0 AND entries > 0')
        .pluck(),
      sequence: connection
        .prepare(
          `SELECT last_sequence FROM agents JOIN projects ON projects.id = agents.project
           WHERE tenant = ? AND projects.project = ? AND agent = ?`,
        )
        .pluck(),
      parkedBody: connection.prepare('SELECT body FROM parked WHERE id = ?').pluck(),
    };
  }

  stats(day: string, bytesMax: number): OutboxStats {
    const depths = this.#statements.depth.all() as PriorityDepth[];
    const waiting = depths.filter(({ priority }) => Number(priority) !== parkedPriority);
    const parked = depths.find(({ priority }) => Number(priority) === parkedPriority);
    const sum = (field: 'entries' | 'events' | 'bytes'): number =>
      waiting.reduce((total, depth) => total + depth[field], 0);
    const oldestMs = this.#statements.oldest.get() as number | undefined;
    const today = this.#statements.today.get(day) as DayUsage | undefined;
    return {
      events: sum('events'),
      entries: sum('entries'),
      bytes: sum('bytes'),
      byPriority: waiting,
      parked: { entries: parked?.entries ?? 0, events: parked?.events ?? 0, bytes: parked?.bytes ?? 0 },
      projects: this.pending().length,
      oldestMs,
      droppedEvents: Number(this.#statements.dropped.get() ?? 0),
      bytesMax,
      today: today ?? { day, bytes: 0, messages: 0, committedEvents: 0 },
    };
  }

  pending(): readonly PendingProject[] {
    const rows = this.#statements.pending.all() as {
      readonly id: number;
      readonly tenant: string;
      readonly project: string;
      readonly entries: number;
      readonly highest: Priority;
    }[];
    return rows.map((row) => ({ ...row, tenant: parseTenantId(row.tenant), project: parseProjectId(row.project) }));
  }

  isSettled(project: number, entry: number): boolean {
    const lanes = this.#statements.lanes.all(project) as number[];
    return lanes.every((lane) => this.#statements.isWaiting.get(project, lane, entry) === undefined);
  }

  nextSequence(tenant: string, project: string, agentId: string): number {
    return Number(this.#statements.sequence.get(tenant, project, agentId) ?? 0) + 1;
  }

  parked(filter: ParkedFilter, limit: number): readonly ParkedEntry[] {
    const { condition, values } = parkedCondition(filter);
    const rows = this.#connection
      .prepare(
        `SELECT parked.id AS entry, tenant, projects.project, agents.agent AS agentId, priority, event_ids AS eventIds, bytes,
           appended_ms AS appendedMs, parked_ms AS parkedMs, code, message
         FROM parked JOIN projects ON projects.id = parked.project JOIN agents ON agents.id = parked.agent
         ${condition} ORDER BY parked.id LIMIT @limit`,
      )
      .all({ ...values, limit }) as (Omit<ParkedEntry, 'eventIds'> & { readonly eventIds: Buffer })[];
    return rows.map((row) => ({ ...row, eventIds: splitIds(row.eventIds) }));
  }

  parkedEvents(entry: number): readonly Uint8Array[] | undefined {
    const body = this.#statements.parkedBody.get(entry) as Buffer | undefined;
    if (body === undefined) return undefined;
    // Copies: what crosses threads takes its whole buffer along.
    return splitBatch(body).map((raw) => Uint8Array.from(raw));
  }
}

function splitIds(bytes: Buffer): readonly EventId[] {
  const ids: EventId[] = [];
  for (let at = 0; at < bytes.length; at += 16) ids.push(eventIdFromBytes(bytes.subarray(at, at + 16)));
  return ids;
}
