import type { Analytics } from '@swarmledger/analytics';
import type { FeedGroup, FeedRow } from '@swarmledger/ledger';
import type { TenantId } from '@swarmledger/protocol';
import {
  backoffMs,
  errorCode,
  errorMessage,
  pause,
  TransientError,
  type BackoffPolicy,
  type Logger,
} from '@swarmledger/runtime';

/**
 * ClickHouse as the whole process sees it: not there yet, there, or gone. Says so once per change, whoever meets it first.
 * Nothing but the feed depends on it.
 */
export class AnalyticsLink {
  readonly #analytics: Analytics;
  readonly #retry: BackoffPolicy;
  readonly #log: Logger;
  readonly #migrated: Promise<void>;
  #state: 'waiting' | 'up' | 'down' = 'waiting';

  /** Waits in the background for ClickHouse to come, and brings its schema up to date. */
  constructor(
    analytics: Analytics,
    options: { readonly retry: BackoffPolicy; readonly log: Logger; readonly signal: AbortSignal },
  ) {
    this.#analytics = analytics;
    this.#retry = options.retry;
    this.#log = options.log;
    this.#migrated = this.#migrate(options.signal);
  }

  get state(): 'waiting' | 'up' | 'down' {
    return this.#state;
  }

  /** Resolves once the schema is there, or the signal fired. */
  migrated(): Promise<void> {
    return this.#migrated;
  }

  /** @returns how many rows it has. @throws what the insert threw: the caller tries the same group again */
  insertGroup(group: FeedGroup, pages: AsyncIterable<readonly FeedRow[]>): Promise<number> {
    return this.#report(() => this.#analytics.insertGroup(group, pages));
  }

  /** @returns the rows that were there */
  removeTenant(tenant: TenantId): Promise<number> {
    return this.#report(() => this.#analytics.removeTenant(tenant));
  }

  async #report<T>(call: () => Promise<T>): Promise<T> {
    try {
      const result = await call();
      this.#reportSuccess();
      return result;
    } catch (error) {
      this.#reportFailure(error);
      throw error;
    }
  }

  async #migrate(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const migrations = await this.#analytics.migrate();
        if (migrations.length > 0) this.#log.info('analytics schema migrated', { migrations });
        this.#reportSuccess();
        return;
      } catch (error) {
        this.#reportFailure(error);
        await pause(backoffMs(this.#retry, attempt), signal);
      }
    }
  }

  #reportSuccess(): void {
    if (this.#state === 'up') return;
    this.#state = 'up';
    this.#log.info('analytics reached');
  }

  #reportFailure(error: unknown): void {
    if (this.#state === 'down') return;
    this.#state = 'down';
    const fields = { code: errorCode(error), reason: errorMessage(error) };
    if (error instanceof TransientError) this.#log.warn('analytics not reached, the feed waits', fields);
    else this.#log.error('analytics refused, the feed waits', fields);
  }
}
