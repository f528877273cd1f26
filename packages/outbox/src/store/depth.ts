import type { Connection } from './open-file.ts';

/** In the `depth` table: what is parked. */
export const parkedPriority = 0;

interface Change {
  readonly project: number;
  readonly priority: number;
  entries: number;
  events: number;
  bytes: number;
}

export interface Row {
  readonly project: number;
  readonly priority: number;
  readonly events: number;
  readonly bytes: number;
}

/** Counts of one transaction, written at its end: one row per project and priority, however many entries came and went. */
export class DepthChanges {
  readonly #changes = new Map<string, Change>();
  #bytes = 0;

  /** Of all changes so far. */
  get bytes(): number {
    return this.#bytes;
  }

  add(row: Row, direction: 1 | -1, priority = row.priority): void {
    const key = `${row.project}/${priority}`;
    let change = this.#changes.get(key);
    if (change === undefined) {
      change = { project: row.project, priority, entries: 0, events: 0, bytes: 0 };
      this.#changes.set(key, change);
    }
    change.entries += direction;
    change.events += direction * row.events;
    change.bytes += direction * row.bytes;
    this.#bytes += direction * row.bytes;
  }

  write(connection: Connection): void {
    if (this.#changes.size === 0) return;
    const statement = connection.prepare(`
      INSERT INTO depth VALUES (@project, @priority, @entries, @events, @bytes)
      ON CONFLICT DO UPDATE SET
        entries = entries + excluded.entries, events = events + excluded.events, bytes = bytes + excluded.bytes
    `);
    for (const change of this.#changes.values()) statement.run(change);
  }
}
