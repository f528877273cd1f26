import { setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Ledger } from '@swarmledger/ledger';
import {
  errorCode,
  errorMessage,
  createTelemetry,
  openHealthServer,
  retry,
  Scope,
  type Logger,
  type Metrics,
  type Service,
  type Telemetry,
} from '@swarmledger/runtime';
import type { Address } from './config.ts';
import { Handler, type AskDataKeys, type Authenticate } from './handler.ts';
import { httpLimits } from './limits.ts';

export type { AskDataKeys, Authenticate } from './handler.ts';
export { askAuthService } from './ask-data-keys.ts';
export { httpLimits } from './limits.ts';
export { loadConfig, type ReplayerConfig } from './config.ts';

export interface ReplayerSettings {
  readonly http: Address;
  readonly health: Address;
}

export interface ReplayerDependencies {
  /** It may come later than the service. */
  readonly openLedger: () => Promise<Ledger>;
  readonly authenticate: Authenticate;
  /** By default nothing is decrypted. */
  readonly askDataKeys?: AskDataKeys;
  readonly log: Logger;
  /** Counts only, by default. It stays its opener's. */
  readonly telemetry?: Telemetry;
}

export interface Replayer extends Service {
  readonly port: number;
  readonly healthPort: number;
  readonly metrics: Metrics;
}

const ledgerRetry = { initialMs: 50, maxMs: 5_000, attemptsMax: Infinity } as const;

/**
 * Serves the history of projects over HTTP, read-only; docs/http.md has the addresses. Resolves once it listens: the ledger is waited
 * for, and `/readyz` says so. `close` lets answers under way end, for `httpLimits.drainMs` at most. Plain node:http: everything here
 * is a GET that streams, and a framework would stand between us and the stream's backpressure.
 */
export async function openReplayer(settings: ReplayerSettings, dependencies: ReplayerDependencies): Promise<Replayer> {
  const replayer = new RunningReplayer(dependencies);
  await replayer.open(settings);
  return replayer;
}

class RunningReplayer implements Replayer {
  readonly metrics: Metrics;
  readonly finished: Promise<void>;
  readonly #dependencies: ReplayerDependencies;
  readonly #handler: Handler;
  readonly #server: Server;
  readonly #scope = new Scope();
  readonly #stop = new AbortController();
  readonly #abort = new AbortController();
  #ledger: Ledger | undefined;
  #starting: Promise<void> = Promise.resolve();
  #healthPort = 0;
  #finish: (outcome: Promise<void>) => void = () => undefined;
  #closing: Promise<void> | undefined;

  constructor(dependencies: ReplayerDependencies) {
    this.#dependencies = dependencies;
    this.metrics = (dependencies.telemetry ?? createTelemetry()).metrics;
    this.metrics.onCollect(() => this.#collect());
    // Every request listens: their number is bounded, no leak.
    setMaxListeners(0, this.#abort.signal);
    this.finished = new Promise<void>((resolve) => (this.#finish = resolve));
    // Whoever only calls close() has not asked to hear of a failure.
    this.finished.catch(() => undefined);
    this.#handler = new Handler({
      authenticate: dependencies.authenticate,
      ...(dependencies.askDataKeys === undefined ? {} : { askDataKeys: dependencies.askDataKeys }),
      ledger: () => this.#ledger,
      metrics: this.metrics,
      log: dependencies.log,
      abort: this.#abort.signal,
    });
    this.#server = createServer(
      {
        maxHeaderSize: httpLimits.headerBytesMax,
        headersTimeout: httpLimits.headersMsMax,
        requestTimeout: httpLimits.headersMsMax,
        keepAliveTimeout: httpLimits.keepAliveMs,
      },
      (request, response) => {
        void this.#handler.handle(request, response).finally(() => {
          // Its connection is kept for a next request, which a service that stops does not take.
          if (this.#stop.signal.aborted) setImmediate(() => this.#server.closeIdleConnections());
        });
      },
    );
    this.#server.maxConnections = httpLimits.connectionsMax;
    this.#server.setTimeout(httpLimits.stallMsMax);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get healthPort(): number {
    return this.#healthPort;
  }

  async open({ http, health }: ReplayerSettings): Promise<void> {
    try {
      const server = await openHealthServer(health, {
        ready: () => this.#problem(),
        metrics: this.metrics,
      });
      this.#scope.own('health server', server);
      this.#healthPort = server.port;
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen(http.port, http.host, resolve);
      });
    } catch (error) {
      await this.#scope.close();
      throw error;
    }
    this.#scope.defer('http server', () => this.#closeServer());
    this.#dependencies.log.info('http server listens', { port: this.port, health_port: this.#healthPort });
    this.#starting = this.#openLedger();
    this.#starting.catch((error: unknown) => {
      if (this.#stop.signal.aborted) return;
      this.#finish(Promise.reject(error instanceof Error ? error : new Error(String(error))));
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async #openLedger(): Promise<void> {
    const { log, openLedger } = this.#dependencies;
    this.#ledger = await retry(openLedger, {
      policy: ledgerRetry,
      signal: this.#stop.signal,
      onRetry: (error, attempt) => {
        if (attempt > 0) return;
        log.warn('waiting', { for: 'the ledger', code: errorCode(error), reason: errorMessage(error) });
      },
    });
    log.info('serving');
  }

  /** Answers under way may end; those that take too long are cut, and their readers know by the missing end. */
  async #closeServer(): Promise<void> {
    const cut = setTimeout(() => {
      this.#abort.abort();
      this.#server.closeAllConnections();
    }, httpLimits.drainMs);
    try {
      await new Promise<void>((resolve) => {
        this.#server.close(() => resolve());
        this.#server.closeIdleConnections();
      });
    } finally {
      clearTimeout(cut);
    }
  }

  #problem(): string | undefined {
    if (this.#stop.signal.aborted) return 'stopping';
    return this.#ledger === undefined ? 'waiting for the ledger' : undefined;
  }

  #collect(): void {
    const { requests, streams } = this.#handler.load;
    this.metrics.set('swarmledger_replayer_requests_under_way', 'Requests at work.', requests);
    this.metrics.set(
      'swarmledger_replayer_streams_under_way',
      'Archives, diffs and unpaged listings at work.',
      streams,
    );
  }

  async #drain(): Promise<void> {
    this.#stop.abort();
    try {
      await this.#starting.catch(() => undefined);
      // The server first: what it is answering still reads the ledger.
      await this.#scope.close();
    } finally {
      await this.#ledger?.close();
      this.#finish(Promise.resolve());
    }
  }
}
