import type { EntryProblem, ParkedFilter, SentUsage } from '../contract.ts';
import { outboxLimits } from '../limits.ts';
import { parkedPriority, type DepthChanges, type Row } from './depth.ts';
import type { Connection } from './open-file.ts';

/** How entries leave the queue; one object per connection, each call inside a transaction. */
export class Settler {
  readonly #connection: Connection;
  readonly #statements;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = {
      // By id, never by range: something that was parked may have come back in between.
      remove: connection.prepare('DELETE FROM entries WHERE id = ? RETURNING project, priority, events, bytes'),
      park: connection.prepare('INSERT INTO parked SELECT *, @nowMs, @code, @message FROM entries WHERE id = @entry'),
      unpark: connection.prepare(`
        INSERT INTO entries SELECT id, project, priority, agent, events, bytes, appended_ms, event_ids, body
        FROM parked WHERE id = ?
      `),
      removeParked: connection.prepare('DELETE FROM parked WHERE id = ? RETURNING project, priority, events, bytes'),
      usage: connection.prepare(`
        INSERT INTO days VALUES (@day, @bytes, @messages, @committedEvents) ON CONFLICT DO UPDATE SET
          bytes = bytes + excluded.bytes, messages = messages + excluded.messages,
          committed_events = committed_events + excluded.committed_events
      `),
    };
  }

  settle(entries: readonly number[], usage: SentUsage, depth: DepthChanges): void {
    for (const entry of entries) {
      const row = this.#statements.remove.get(entry) as Row | undefined;
      if (row !== undefined) depth.add(row, -1);
    }
    this.countSent(usage);
  }

  countSent(usage: SentUsage): void {
    if (usage.bytes > 0 || usage.committedEvents > 0) this.#statements.usage.run(usage);
  }

  park(problems: readonly EntryProblem[], nowMs: number, depth: DepthChanges): void {
    for (const { entry, code, message } of problems) {
      const { changes } = this.#statements.park.run({
        entry,
        nowMs,
        code,
        message: message.slice(0, outboxLimits.errorLengthMax),
      });
      const row = this.#statements.remove.get(entry) as Row | undefined;
      if (changes === 0 || row === undefined) continue;
      depth.add(row, -1);
      depth.add(row, 1, parkedPriority);
    }
  }

  /** Returns how many. */
  retryParked(filter: ParkedFilter, depth: DepthChanges): number {
    const ids = this.#findParked(filter);
    for (const id of ids) {
      this.#statements.unpark.run(id);
      const row = this.#statements.removeParked.get(id) as Row;
      depth.add(row, -1, parkedPriority);
      depth.add(row, 1);
    }
    return ids.length;
  }

  /** Returns how many. */
  dropParked(filter: ParkedFilter, depth: DepthChanges): number {
    const ids = this.#findParked(filter);
    for (const id of ids) depth.add(this.#statements.removeParked.get(id) as Row, -1, parkedPriority);
    return ids.length;
  }

  #findParked(filter: ParkedFilter): readonly number[] {
    const { condition, values } = parkedCondition(filter);
    return this.#connection
      .prepare(
        `SELECT parked.id FROM parked JOIN projects ON projects.id = parked.project ${condition} ORDER BY parked.id`,
      )
      .pluck()
      .all(values) as number[];
  }
}

/** Values are bound, never written into the text. */
export function parkedCondition(filter: ParkedFilter): {
  readonly condition: string;
  readonly values: Readonly<Record<string, string | number>>;
} {
  const columns = { entry: 'parked.id', tenant: 'projects.tenant', project: 'projects.project', code: 'parked.code' };
  const values: Record<string, string | number> = {};
  const terms: string[] = [];
  for (const [name, column] of Object.entries(columns)) {
    const value = filter[name as keyof ParkedFilter];
    if (value === undefined) continue;
    values[name] = value;
    terms.push(`${column} = @${name}`);
  }
  return { condition: terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`, values };
}
