import { createRequire } from 'node:module';
import { exceptions, parseException } from './exceptions.ts';

/** What we use of chDB's Session; the package's own types pull in more than that. */
interface ChdbSession {
  queryBindAsync(sql: string, parameters: object, options: { readonly format: string }): Promise<ChdbResult>;
  queryAsync(sql: string, options?: { readonly format: string }): Promise<ChdbResult>;
  close(): void;
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
  readonly access: 'read_write' | 'read_only';
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
/** One result in memory. */
const resultBytesMax = 512 * 1024 * 1024;

/** chDB on one folder. Each request has a session of its own, so that settings never leak into the next. */
export class Engine {
  readonly version: string;
  readonly #folder: string;
  readonly #Session: new (folder: string) => ChdbSession;
  readonly #base: ChdbSession;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @throws what chDB says when the folder is not usable */
  constructor(folder: string) {
    // chDB is CommonJS with a native addon; a require keeps the engine out of every process that only uses its client.
    const chdb = createRequire(import.meta.url)('chdb') as {
      Session: new (folder: string) => ChdbSession;
      version(): { libchdb: string };
    };
    this.#folder = folder;
    this.#Session = chdb.Session;
    // Keeps the engine up between requests.
    this.#base = new chdb.Session(folder);
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
    const session = new this.#Session(this.#folder);
    try {
      await session.queryAsync(`SET max_result_bytes = ${resultBytesMax}, result_overflow_mode = 'throw'`);
      for (const [name, value] of Object.entries(request.settings)) {
        if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw exceptions.unknownSetting(`Unknown setting '${name}'`);
        await session.queryAsync(`SET ${name} = ${quoteText(value)}`);
      }
      // Last: nothing can be changed after it, and it also forbids file(), url() and the like.
      if (request.access === 'read_only') await session.queryAsync('SET readonly = 1');
      const result = await this.#query(session, request);
      const body = Buffer.from(result.bytes());
      return { body, elapsedSeconds: result.elapsed, rowsRead: result.rowsRead, bytesRead: result.bytesRead };
    } finally {
      session.close();
    }
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
