import { engineLimits, fdbLimits } from './limits.ts';
import { asBytes, openReader, prepareGet, prepareVersion, type Connection, type Statement } from './sqlite-file.ts';

type Row = readonly [key: Buffer, value: Buffer];

/** The database as it was at one version. Shared by every transaction that began while nothing was committed. */
export class Snapshot {
  readonly version: number;
  readonly openedMs: number;
  readonly #reader: Reader;
  #expired = false;

  constructor(reader: Reader, version: number, openedMs: number) {
    this.#reader = reader;
    this.version = version;
    this.openedMs = openedMs;
  }

  /** Its five seconds are over: nothing can be read any more. */
  get isExpired(): boolean {
    return this.#expired;
  }

  expire(): void {
    this.#expired = true;
  }

  get(key: Buffer): Buffer | undefined {
    return this.#reader.get(key);
  }

  /** Rows of [begin, end) in order, at most `limit`. */
  scan(begin: Buffer, end: Buffer, limit: number, direction: 'forward' | 'reverse'): readonly Row[] {
    const statement = direction === 'forward' ? this.#reader.forward : this.#reader.reverse;
    const rows = statement.all(begin, end, limit) as Row[];
    for (const row of rows) row.forEach(asBytes);
    return rows;
  }

  /** Keys and values of [begin, end), bytes. */
  measure(begin: Buffer, end: Buffer): number {
    return Number(this.#reader.measure.get(begin, end));
  }
}

interface Reader {
  readonly connection: Connection;
  readonly get: (key: Buffer) => Buffer | undefined;
  readonly forward: Statement;
  readonly reverse: Statement;
  readonly measure: Statement;
  readonly version: () => number;
}

interface Held {
  readonly snapshot: Snapshot;
  readonly reader: Reader;
  readonly dataVersion: number;
  readonly timer: NodeJS.Timeout;
  users: number;
}

/** Lends snapshots: one SQLite read transaction for each distinct moment that somebody still reads. */
export class SnapshotPool {
  readonly #file: string;
  readonly #monitor: Connection;
  readonly #idle: Reader[] = [];
  readonly #held = new Map<Snapshot, Held>();
  #latest: Held | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#monitor = openReader(file);
  }

  /** Changes whenever any connection of any process has committed. */
  dataVersion(): number {
    return Number(this.#monitor.pragma('data_version', { simple: true }));
  }

  acquire(): Snapshot {
    const dataVersion = this.dataVersion();
    const latest = this.#latest;
    const now = performance.now();
    const young = latest !== undefined && now - latest.snapshot.openedMs < fdbLimits.transactionMs;
    if (latest !== undefined && young && latest.dataVersion === dataVersion && !latest.snapshot.isExpired) {
      latest.users += 1;
      return latest.snapshot;
    }
    if (this.#held.size >= engineLimits.snapshotsMax) this.#expireOldest();
    return this.#open(dataVersion, now);
  }

  release(snapshot: Snapshot): void {
    const held = this.#held.get(snapshot);
    if (held === undefined) return;
    held.users -= 1;
    if (held.users === 0) this.#end(held);
  }

  close(): void {
    for (const held of [...this.#held.values()]) this.#end(held);
    for (const reader of this.#idle.splice(0)) reader.connection.close();
    this.#monitor.close();
  }

  #open(dataVersion: number, now: number): Snapshot {
    const reader = this.#idle.pop() ?? this.#openReader();
    const snapshot = begin(reader, now);
    // Whoever forgets a transaction must not keep the WAL from being checkpointed.
    const timer = setTimeout(() => this.#end(held), engineLimits.snapshotMs);
    timer.unref();
    const held: Held = { snapshot, reader, dataVersion, timer, users: 1 };
    this.#held.set(snapshot, held);
    this.#latest = held;
    return snapshot;
  }

  #openReader(): Reader {
    const connection = openReader(this.#file);
    const rows = (order: string): Statement =>
      connection.prepare(`SELECT k, v FROM kv WHERE k >= ? AND k < ? ORDER BY k ${order} LIMIT ?`).raw(true);
    return {
      connection,
      get: prepareGet(connection),
      forward: rows('ASC'),
      reverse: rows('DESC'),
      measure: connection
        .prepare('SELECT coalesce(sum(length(k) + length(v)), 0) FROM kv WHERE k >= ? AND k < ?')
        .pluck(),
      version: prepareVersion(connection),
    };
  }

  #expireOldest(): void {
    const oldest = this.#held.values().next().value;
    if (oldest !== undefined) this.#end(oldest);
  }

  #end(held: Held): void {
    if (!this.#held.delete(held.snapshot)) return;
    clearTimeout(held.timer);
    held.snapshot.expire();
    if (this.#latest === held) this.#latest = undefined;
    try {
      held.reader.connection.exec('COMMIT');
      this.#idle.push(held.reader);
    } catch {
      // The file is damaged, which its reads have said. Nothing was written; the next snapshot gets another connection.
      held.reader.connection.close();
    }
  }
}

function begin(reader: Reader, openedMs: number): Snapshot {
  try {
    reader.connection.exec('BEGIN');
    return new Snapshot(reader, reader.version(), openedMs);
  } catch (error) {
    reader.connection.close();
    throw error;
  }
}
