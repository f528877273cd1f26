import { amendSequence, encodeEvents } from '@swarmledger/protocol';
import { TransientError } from '@swarmledger/runtime';
import { priorities, type Appended, type Priority } from '../contract.ts';
import { outboxLimits } from '../limits.ts';
import type { DepthChanges } from './depth.ts';
import type { Connection } from './open-file.ts';

/** An entry as it comes to the writer's thread. */
export interface AppendRequest {
  readonly tenant: string;
  readonly project: string;
  readonly agentId: string;
  readonly priority: Priority;
  readonly sequence: 'by_outbox' | 'by_producer';
  /** 16 bytes each. */
  readonly eventIds: Uint8Array;
  readonly raws: readonly Uint8Array[];
  /** Unix milliseconds. */
  readonly nowMs: number;
}

export interface AppendLimits {
  readonly bytesMax: number;
  readonly whenFull: 'fail' | 'drop_background';
}

/** Of an event in its body, with the sequence. */
const framingBytes = 16;

/** Appends entries; one object per connection, one `begin` per transaction. */
export class Appender {
  readonly #connection: Connection;
  readonly #limits: AppendLimits;
  readonly #statements;
  /** Numbers of projects and agents never change. */
  readonly #projects = new Map<string, number>();
  readonly #agents = new Map<string, number>();
  #bytes = 0;

  constructor(connection: Connection, limits: AppendLimits) {
    this.#connection = connection;
    this.#limits = limits;
    this.#statements = {
      bytes: connection.prepare('SELECT coalesce(sum(bytes), 0) FROM depth').pluck(),
      insert: connection.prepare(`
        INSERT INTO entries (project, priority, agent, events, bytes, appended_ms, event_ids, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      `),
      count: connection
        .prepare('UPDATE agents SET last_sequence = last_sequence + ? WHERE id = ? RETURNING last_sequence')
        .pluck(),
      background: connection.prepare(`
        SELECT id, project, priority, events, bytes FROM entries WHERE priority = ${priorities.background} ORDER BY id
      `),
      backgroundBytes: connection
        .prepare(`SELECT coalesce(sum(bytes), 0) FROM depth WHERE priority = ${priorities.background}`)
        .pluck(),
      remove: connection.prepare('DELETE FROM entries WHERE id = ?'),
      countDropped: connection.prepare(`
        INSERT INTO counters VALUES ('dropped_events', ?) ON CONFLICT DO UPDATE SET value = value + excluded.value
      `),
    };
  }

  /** Reads what other processes may have changed. */
  begin(): void {
    this.#bytes = Number(this.#statements.bytes.get());
  }

  /** What was remembered in a transaction that was undone may not be there. */
  forget(): void {
    this.#projects.clear();
    this.#agents.clear();
  }

  /** @throws TransientError outbox_full; then it has written nothing */
  append(requests: readonly AppendRequest[], depth: DepthChanges): readonly Appended[] {
    const bytes = requests.reduce((sum, request) => sum + entryBytes(request), 0);
    // What goes together is as important as the most important of it.
    const priority = requests.reduce<Priority>(
      (highest, request) => (request.priority > highest ? request.priority : highest),
      priorities.background,
    );
    if (this.#makeRoom(bytes, depth, priority)) return requests.map((request) => this.#insert(request, depth));
    for (const { raws } of requests) this.#statements.countDropped.run(raws.length);
    return requests.map(() => ({ kind: 'dropped' }));
  }

  #insert(request: AppendRequest, depth: DepthChanges): Appended {
    const { priority, raws, eventIds, nowMs } = request;
    const bytes = entryBytes(request);
    const project = this.#findProject(request.tenant, request.project);
    const agent = this.#findAgent(project, request.agentId);
    let body = raws;
    let firstSequence: number | undefined;
    if (request.sequence === 'by_outbox') {
      const first = Number(this.#statements.count.get(raws.length, agent)) - raws.length + 1;
      body = raws.map((raw, index) => amendSequence(raw, first + index));
      firstSequence = first;
    }
    const row = { project, priority, events: raws.length, bytes };
    const { lastInsertRowid } = this.#statements.insert.run(
      project,
      priority,
      agent,
      raws.length,
      bytes,
      nowMs,
      eventIds,
      encodeEvents(body),
    );
    depth.add(row, 1);
    return { kind: 'durable', entry: Number(lastInsertRowid), project, firstSequence };
  }

  /** False: it is a background signal that is to be dropped. @throws TransientError outbox_full */
  #makeRoom(bytes: number, depth: DepthChanges, priority: Priority): boolean {
    const missing = this.#bytes + depth.bytes + bytes - this.#limits.bytesMax;
    if (missing <= 0) return true;
    if (this.#limits.whenFull === 'drop_background') {
      if (priority === priorities.background) return false;
      if (this.#dropBackground(missing, depth)) return true;
    }
    throw new TransientError(
      'outbox_full',
      `the outbox holds its ${this.#limits.bytesMax} bytes: nothing was recorded. Let it sync, or give it more room`,
    );
  }

  // All or nothing: signals are not dropped for an entry that does not fit even then.
  #dropBackground(missing: number, depth: DepthChanges): boolean {
    const rows: {
      readonly id: number;
      readonly project: number;
      readonly priority: number;
      readonly events: number;
      readonly bytes: number;
    }[] = [];
    let freed = 0;
    for (const row of this.#statements.background.iterate() as Iterable<(typeof rows)[number]>) {
      rows.push(row);
      freed += row.bytes;
      if (freed >= missing) break;
    }
    if (freed < missing) return false;
    for (const row of rows) {
      this.#statements.remove.run(row.id);
      this.#statements.countDropped.run(row.events);
      depth.add(row, -1);
    }
    return true;
  }

  #findProject(tenant: string, project: string): number {
    const key = `${tenant}/${project}`;
    const known = this.#projects.get(key);
    if (known !== undefined) return known;
    this.#connection.prepare('INSERT OR IGNORE INTO projects (tenant, project) VALUES (?, ?)').run(tenant, project);
    const id = Number(
      this.#connection.prepare('SELECT id FROM projects WHERE tenant = ? AND project = ?').pluck().get(tenant, project),
    );
    this.#projects.set(key, id);
    return id;
  }

  #findAgent(project: number, agent: string): number {
    const key = `${project}/${agent}`;
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    this.#connection
      .prepare('INSERT OR IGNORE INTO agents (project, agent, last_sequence) VALUES (?, ?, 0)')
      .run(project, agent);
    const id = Number(
      this.#connection.prepare('SELECT id FROM agents WHERE project = ? AND agent = ?').pluck().get(project, agent),
    );
    this.#agents.set(key, id);
    return id;
  }
}

/** What an entry counts towards the cap. */
function entryBytes({ raws, eventIds }: AppendRequest): number {
  const bodyBytes = raws.reduce((sum, raw) => sum + raw.length + framingBytes, 0);
  return bodyBytes + eventIds.length + outboxLimits.entryOverheadBytes;
}
