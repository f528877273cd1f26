import { createRequire } from 'node:module';
import { tenantSetting, writeEngineConfig } from './engine-config.ts';
import { exceptions, parseException } from './exceptions.ts';
import { assertOneReading, assertReading, type ReadScope } from './guard.ts';

/** What we use of chDB's Session; the package's own types pull in more than that. */
interface ChdbSession {
  queryBindAsync(sql: string, parameters: object, options: { readonly format: string }): Promise<ChdbResult>;
  queryAsync(sql: string, options?: { readonly format: string }): Promise<ChdbResult>;
  close(): void;
}

interface SessionOptions {
  /** As on the command line of clickhouse-local. */
  readonly connectionArgs: readonly string[];
}

interface ChdbResult {
  readonly elapsed: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
  bytes(): Uint8Array;
}

export interface EngineRequest {
  readonly sql: string;
  readonly format: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  /** Of the statement; undefined: `default`. */
  readonly database: string | undefined;
  readonly access: 'read_write' | ReadScope;
}

export interface EngineResult {
  readonly body: Uint8Array;
  readonly elapsedSeconds: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
}

/** Queries that the engine runs at once: its calls hold threads of libuv's pool of four. */
const runningMax = 4;
/** Queries that may wait for a place. */
const waitingMax = 200;
/** What one statement of a reader may cost; seconds, bytes, rows. */
const readerLimits = {
  max_execution_time: 30,
  max_memory_usage: 2 * 1024 ** 3,
  max_result_rows: 1_000_000,
  max_threads: 2,
  max_ast_elements: 50_000,
} as const;
/** Settings that change how an answer looks or is cut, and nothing else. */
const readerSettings = /^(output_format_[a-z0-9_]+|date_time_output_format|session_timezone|extremes|max_block_size)$/;
/** One result in memory. */
const resultBytesMax = 512 * 1024 * 1024;

/** chDB on one folder. Each request has a session of its own, so that settings never leak into the next. */
export class Engine {
  readonly version: string;
  readonly #folder: string;
  readonly #options: SessionOptions;
  readonly #Session: new (folder: string, options: SessionOptions) => ChdbSession;
  readonly #base: ChdbSession;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @throws what chDB says when the folder is not usable */
  constructor(folder: string, database: string) {
    // chDB is CommonJS with a native addon; a require keeps the engine out of every process that only uses its client.
    const chdb = createRequire(import.meta.url)('chdb') as {
      Session: new (folder: string, options: SessionOptions) => ChdbSession;
      version(): { libchdb: string };
    };
    this.#folder = folder;
    this.#options = { connectionArgs: [`--config-file=${writeEngineConfig(folder, database)}`] };
    this.#Session = chdb.Session;
    // Keeps the engine up between requests.
    this.#base = new chdb.Session(folder, this.#options);
    this.version = chdb.version().libchdb.replaceAll('"', '');
  }

  /** @throws EngineException */
  async run(request: EngineRequest): Promise<EngineResult> {
    await this.#enter();
    try {
      return await this.#runNow(request);
    } catch (error) {
      throw parseException(error);
    } finally {
      this.#leave();
    }
  }

  /** Waits for running queries, then lets go of the folder. */
  async close(): Promise<void> {
    while (this.#running > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    this.#base.close();
  }

  async #runNow(request: EngineRequest): Promise<EngineResult> {
    const session = new this.#Session(this.#folder, this.#options);
    try {
      const { access, database } = request;
      if (database !== undefined) await session.queryAsync(`USE ${database}`);
      for (const [name, value] of Object.entries(request.settings)) {
        if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw exceptions.unknownSetting(`Unknown setting '${name}'`);
        if (access !== 'read_write' && !readerSettings.test(name)) throw exceptions.readonlySetting(name);
        await session.queryAsync(`SET ${name} = ${quoteText(value)}`);
      }
      await session.queryAsync(`SET max_result_bytes = ${resultBytesMax}, result_overflow_mode = 'throw'`);
      if (access !== 'read_write') await this.#restrict(session, request, access);
      const result = await this.#query(session, request);
      const body = Buffer.from(result.bytes());
      return { body, elapsedSeconds: result.elapsed, rowsRead: result.rowsRead, bytesRead: result.bytesRead };
    } finally {
      session.close();
    }
  }

  /** Makes a session a reader's: limits, its tenant's rows, nothing outside the engine, and then no way back. */
  async #restrict(session: ChdbSession, request: EngineRequest, access: ReadScope): Promise<void> {
    assertOneReading(request.sql, request.database, access);
    const limits = Object.entries(readerLimits).map(([name, value]) => `${name} = ${value}`);
    await session.queryAsync(`SET ${limits.join(', ')}`);
    if (access.kind === 'tenant') await session.queryAsync(`SET ${tenantSetting} = ${quoteText(access.tenant)}`);
    // Last: nothing can be changed after it. It forbids the table functions file(), url() and the like, but not the function file().
    await session.queryAsync('SET readonly = 1');
    const explained = await this.#query(session, { ...request, sql: `EXPLAIN AST ${request.sql}`, format: 'TSVRaw' });
    assertReading(Buffer.from(explained.bytes()).toString('utf8'), access);
  }

  #query(session: ChdbSession, request: EngineRequest): Promise<ChdbResult> {
    const { sql, format, parameters } = request;
    if (Object.keys(parameters).length === 0) return session.queryAsync(sql, { format });
    return session.queryBindAsync(sql, parameters, { format });
  }

  async #enter(): Promise<void> {
    if (this.#running < runningMax) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= waitingMax)
      throw exceptions.tooManyQueries(`Too many simultaneous queries. Maximum: ${waitingMax}`);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}

function quoteText(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
