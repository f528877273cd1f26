import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ClickHouseLogLevel, createClient, type ClickHouseClient, type DataFormat } from '@clickhouse/client';
import { assertSafeName } from './names.ts';
import { PermanentError, silentLogger, type Logger } from '@swarmledger/runtime';
import type { TenantId } from '@swarmledger/protocol';
import type {
  Analytics,
  AnalyticsOptions,
  InsertGroup,
  ProjectCount,
  QueryOptions,
  QueryResult,
  RowPages,
} from './contract.ts';
import { encodeRows, insertColumns } from './encode-row.ts';
import { translateError } from './errors.ts';
import { analyticsLimits } from './limits.ts';
import { migrate } from './migrate.ts';

/** Opens no connection yet: the first call does. */
export function openAnalytics(options: AnalyticsOptions): Analytics {
  const database = options.database ?? 'swarmledger';
  assertSafeName(database);
  const client = createClient({
    url: options.url,
    username: options.username,
    password: options.password.reveal(),
    ...(options.startIn === undefined ? {} : { database: options.startIn }),
    request_timeout: analyticsLimits.requestTimeoutMs,
    max_open_connections: analyticsLimits.connectionsMax,
    compression: { request: false, response: false },
    // Errors are thrown, translated; the client would also print them, queries included.
    log: { level: ClickHouseLogLevel.OFF },
  });
  return new ClickHouseAnalytics(client, database, options.log ?? silentLogger);
}

class ClickHouseAnalytics implements Analytics {
  readonly #client: ClickHouseClient;
  readonly #database: string;
  readonly #log: Logger;

  constructor(client: ClickHouseClient, database: string, log: Logger) {
    this.#client = client;
    this.#database = database;
    this.#log = log;
  }

  async migrate(): Promise<readonly string[]> {
    const runner = {
      command: (sql: string) => this.#command(sql, 'migrate'),
      rows: async (sql: string) => (await this.query(sql)).rows,
    };
    return migrate(runner, this.#database, this.#log);
  }

  async ping(): Promise<boolean> {
    try {
      const { success } = await this.#client.ping();
      return success;
    } catch {
      return false;
    }
  }

  /**
   * One INSERT of one block under the group's id as deduplication token: the same group inserted again is dropped by ClickHouse.
   * Its window is finite, so a group that was given out before is looked up first.
   */
  async insertGroup(group: InsertGroup, pages: RowPages): Promise<number> {
    const { rows, pieces } = await encodeRows(pages, group.id);
    if (rows === 0) return rows;
    let token = group.id;
    if (group.recovered) {
      const present = await this.#countGroup(group.id);
      if (present === rows) return rows;
      if (present > 0) {
        // One block is there whole or not at all; whoever changed that by hand gets the group again from the ledger.
        this.#log.warn('group incomplete in ClickHouse, inserting it again', {
          group: group.id,
          present,
          rows,
        });
        await this.#deleteRows('feed_group = {id:String}', { id: group.id }, 'remove an incomplete group');
        token = `${group.id}/${Date.now()}`;
      }
    }
    const table = `${this.#database}.swarm_events`;
    try {
      const { stream } = await this.#client.exec({
        query: `INSERT INTO ${table} (${insertColumns.join(', ')}) FORMAT JSONCompactEachRow`,
        values: Readable.from(pieces, { objectMode: false }),
        clickhouse_settings: {
          insert_deduplicate: 1,
          insert_deduplication_token: token,
          async_insert: 0,
          input_format_parallel_parsing: 0,
        },
      });
      // The connection is free for others once the answer was read.
      stream.resume();
      await finished(stream);
      return rows;
    } catch (error) {
      throw translateError(error, `insert ${rows} rows`);
    }
  }

  async countByProject(): Promise<readonly ProjectCount[]> {
    const { rows } = await this.query(
      `SELECT tenant_id, project_id, branch, count() FROM ${this.#database}.swarm_events GROUP BY ALL ORDER BY ALL`,
    );
    return rows.map(([tenant, project, branch, count]) => ({
      tenant: String(tenant),
      project: String(project),
      branch: String(branch),
      rows: Number(count),
    }));
  }

  async removeTenant(tenant: TenantId): Promise<number> {
    const table = `${this.#database}.swarm_events`;
    const { rows } = await this.query(`SELECT count() FROM ${table} WHERE tenant_id = {tenant:String}`, {
      parameters: { tenant },
    });
    const count = Number(rows[0]?.[0] ?? 0);
    if (count > 0)
      await this.#deleteRows('tenant_id = {tenant:String}', { tenant }, 'remove the rows of a removed tenant');
    return count;
  }

  async truncate(): Promise<void> {
    await this.#command(`TRUNCATE TABLE ${this.#database}.swarm_events`, 'empty the analytics copy');
  }

  async query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    const text = await this.queryText(sql, 'JSONCompact', options);
    const { meta, data } = JSON.parse(text) as { meta: QueryResult['columns']; data: QueryResult['rows'] };
    return { columns: meta, rows: data };
  }

  async queryText(sql: string, format: string, options: QueryOptions = {}): Promise<string> {
    assertSafeName(format);
    try {
      const result = await this.#client.exec({
        query: sql,
        clickhouse_settings: { default_format: format as DataFormat },
        ...(options.parameters === undefined ? {} : { query_params: { ...options.parameters } }),
        ...(options.signal === undefined ? {} : { abort_signal: options.signal }),
      });
      const chunks: Buffer[] = [];
      for await (const chunk of result.stream) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString('utf8');
    } catch (error) {
      const translated = translateError(error, 'run the query');
      if (!(translated instanceof PermanentError) || translated.code !== 'analytics_refused') throw translated;
      throw new PermanentError('sql_failed', translated.message, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #countGroup(id: string): Promise<number> {
    const { rows } = await this.query(
      `SELECT count() FROM ${this.#database}.swarm_events WHERE feed_group = {id:String}`,
      {
        parameters: { id },
      },
    );
    return Number(rows[0]?.[0] ?? 0);
  }

  /** Resolves once they are gone. */
  async #deleteRows(where: string, parameters: Readonly<Record<string, string>>, what: string): Promise<void> {
    await this.#client
      .command({
        query: `ALTER TABLE ${this.#database}.swarm_events DELETE WHERE ${where}`,
        query_params: { ...parameters },
        clickhouse_settings: { mutations_sync: '1' },
      })
      .catch((error: unknown) => {
        throw translateError(error, what);
      });
  }

  async #command(sql: string, what: string): Promise<void> {
    try {
      await this.#client.command({ query: sql });
    } catch (error) {
      throw translateError(error, what);
    }
  }
}
