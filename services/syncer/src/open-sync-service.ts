import {
  openOutbox,
  openSyncer,
  type OutboxOptions,
  type Syncer,
  type SyncPolicy,
  type Uplink,
} from '@swarmledger/outbox';
import {
  createTelemetry,
  openHealthServer,
  Scope,
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

/**
 * Drains one outbox until it is closed. Waits while another syncer does. `/readyz` says why nothing moves.
 *
 * @throws what openOutbox throws
 */
export async function openSyncService(
  settings: SyncServiceSettings,
  {
    openUplink,
    log,
    telemetry = createTelemetry(),
  }: { readonly openUplink: () => Uplink; readonly log: Logger; readonly telemetry?: Telemetry },
): Promise<SyncService> {
  const scope = new Scope();
  try {
    const outbox = scope.own('outbox', await openOutbox({ ...settings.outbox, log }));
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

function describeProblem(syncer: Syncer): string | undefined {
  const { state, lastError } = syncer.status();
  if (state === 'idle' || state === 'sending') return undefined;
  return lastError === undefined ? state : `${state}: ${lastError.message}`;
}
