import {
  openOutbox,
  openSyncer,
  type Outbox,
  type OutboxOptions,
  type Syncer,
  type SyncPolicy,
  type Uplink,
} from '@swarmledger/outbox';
import {
  createTelemetry,
  errorCode,
  errorMessage,
  openHealthServer,
  retry,
  Scope,
  type BackoffPolicy,
  type Logger,
  type Service,
  type Telemetry,
} from '@swarmledger/runtime';
import { currentStatus, setSyncMetrics } from './sync-metrics.ts';

export interface SyncServiceSettings {
  readonly outbox: OutboxOptions;
  readonly health: { readonly host: string; readonly port: number };
  readonly policy: SyncPolicy;
}

export interface SyncService extends Service {
  readonly syncer: Syncer;
  /** Where `/healthz`, `/readyz` and `/metrics` are. */
  readonly healthPort: number;
}

export interface SyncDependencies {
  readonly openUplink: () => Uplink;
  readonly log: Logger;
  /** Counts only, by default. It stays its opener's. */
  readonly telemetry?: Telemetry;
  /** Ends the wait for an outbox that cannot be opened yet. */
  readonly signal?: AbortSignal;
}

/** Its disk may be full, or its file locked: that passes. */
const untilOpen: BackoffPolicy = { initialMs: 100, maxMs: 5_000, attemptsMax: Infinity };

/**
 * Drains one outbox until it is closed. Waits while another syncer does. `/readyz` says why nothing moves.
 *
 * @throws what openOutbox throws and trying again will not help
 */
export async function openSyncService(
  settings: SyncServiceSettings,
  { openUplink, log, telemetry = createTelemetry(), signal }: SyncDependencies,
): Promise<SyncService> {
  const scope = new Scope();
  try {
    const outbox = scope.own('outbox', await waitForOutbox(settings.outbox, log, signal));
    const uplink = scope.own('uplink', openUplink());
    const syncer = scope.own('syncer', await openSyncer({ outbox, uplink, policy: settings.policy, log }));
    const { metrics } = telemetry;
    metrics.onCollect(async () =>
      setSyncMetrics(metrics, await outbox.stats(), currentStatus(syncer, outbox.file), Date.now()),
    );
    const server = await openHealthServer(settings.health, {
      ready: () => describeProblem(syncer),
      metrics,
    });
    scope.own('health server', server);
    log.info('health server listens', { port: server.port });
    return { syncer, healthPort: server.port, finished: syncer.finished, close: () => scope.close() };
  } catch (error) {
    await scope.close().catch(() => undefined);
    throw error;
  }
}

function waitForOutbox(options: OutboxOptions, log: Logger, signal: AbortSignal | undefined): Promise<Outbox> {
  return retry(() => openOutbox({ ...options, log }), {
    policy: untilOpen,
    ...(signal === undefined ? {} : { signal }),
    onRetry: (error, attempt) => {
      if (attempt > 0) return;
      log.warn('outbox not opened, trying on', { code: errorCode(error), reason: errorMessage(error) });
    },
  });
}

function describeProblem(syncer: Syncer): string | undefined {
  const { state, lastError } = syncer.status();
  if (state === 'idle' || state === 'sending') return undefined;
  return lastError === undefined ? state : `${state}: ${lastError.message}`;
}
