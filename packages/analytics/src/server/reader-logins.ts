import { randomBytes } from 'node:crypto';
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import type { AnalyticsOptions } from '../contract.ts';
import type { TenantLogin } from '../endpoint/tenant-users.ts';
import { translateError } from '../errors.ts';
import { analyticsLimits } from '../limits.ts';
import {
  createReaderName,
  describeReader,
  describeReaderAccess,
  describeReaderRemoval,
  readReaderName,
} from './access-sql.ts';

/** Users of a ClickHouse server who read one tenant's rows. */
export interface ReaderLogins extends AsyncDisposable {
  /** @throws TransientError, PermanentError analytics_refused, unauthorized */
  create(tenant: string, expiresAtMs: number): Promise<TenantLogin>;
  /** Ends every login of a tenant. @throws as create */
  removeTenant(tenant: string): Promise<void>;
  close(): Promise<void>;
}

/** @param options.username a user with access management, and not the ingestor's. No connection is made before the first call. */
export function openReaderLogins(options: AnalyticsOptions, clock: () => number = Date.now): ReaderLogins {
  return new ServerReaderLogins(options, clock);
}

class ServerReaderLogins implements ReaderLogins {
  readonly #client: ClickHouseClient;
  readonly #database: string;
  readonly #clock: () => number;
  #prepared: Promise<void> | undefined;

  constructor({ url, username, password, database = 'swarmledger' }: AnalyticsOptions, clock: () => number) {
    this.#client = createClient({
      url,
      username,
      password: password.reveal(),
      request_timeout: analyticsLimits.requestTimeoutMs,
      log: { level: ClickHouseLogLevel.OFF },
    });
    this.#database = database;
    this.#clock = clock;
  }

  async create(tenant: string, expiresAtMs: number): Promise<TenantLogin> {
    await this.#prepare();
    await this.#drop(tenant, (endsAtMs) => endsAtMs <= this.#clock());
    const username = createReaderName(tenant, expiresAtMs, randomBytes(8).toString('hex'));
    const password = randomBytes(32).toString('base64url');
    await this.#run(describeReader(username, password, expiresAtMs));
    return { username, password };
  }

  async removeTenant(tenant: string): Promise<void> {
    await this.#drop(tenant, () => true);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Role and policies, once a process: a failure is tried again with the next login. */
  async #prepare(): Promise<void> {
    this.#prepared ??= this.#run(describeReaderAccess(this.#database));
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }

  async #drop(tenant: string, isOver: (expiresAtMs: number) => boolean): Promise<void> {
    const names = await this.#userNames(`tenant.${tenant}.`);
    const over = names.filter((name) => {
      const reader = readReaderName(name);
      return reader?.tenant === tenant && isOver(reader.expiresAtMs);
    });
    await this.#run(over.map(describeReaderRemoval));
  }

  async #userNames(prefix: string): Promise<readonly string[]> {
    try {
      const result = await this.#client.query({
        query: 'SELECT name FROM system.users WHERE startsWith(name, {prefix:String})',
        query_params: { prefix },
        format: 'JSONEachRow',
      });
      return (await result.json<{ name: string }>()).map(({ name }) => name);
    } catch (error) {
      throw translateError(error, 'list the readers of a tenant');
    }
  }

  async #run(statements: readonly string[]): Promise<void> {
    for (const query of statements) {
      try {
        await this.#client.command({ query });
      } catch (error) {
        throw translateError(error, 'manage the readers of a tenant');
      }
    }
  }
}
