import { connectBus, createHubCredentials, loadHubKeys, type BusOptions } from '@swarmledger/bus';
import { openLedger } from '@swarmledger/ledger';
import {
  closingAfter,
  createLogger,
  loadSettings,
  openHealthServer,
  openTelemetry,
  retry,
  runService,
  Scope,
} from '@swarmledger/runtime';
import { loadConfig, type AuthConfig } from './config.ts';
import { openAuth } from './open-auth.ts';

const startLog = createLogger({ level: 'info', service: 'auth' });

process.exitCode = await runService(startLog, async (signal) => {
  const {
    nats,
    ledger,
    logLevel,
    health,
    telemetry: telemetryConfig,
    ...settings
  } = loadSettings(process.env, loadConfig);
  const log = createLogger({ level: logLevel, service: 'auth' });
  const scope = new Scope();
  try {
    const telemetry = scope.own('telemetry', await openTelemetry(telemetryConfig, { service: 'auth', log }));
    let problem: string | undefined = 'waiting for the ledger and NATS';
    const { metrics } = telemetry;
    scope.own('health server', await openHealthServer(health, { ready: () => problem, metrics }));
    const credentials = await chooseCredentials(nats);
    // Started in any order: what it stands on may come later.
    const policy = { initialMs: 100, maxMs: 5_000, attemptsMax: Infinity };
    const auth = await openAuth(
      { ...settings, nats },
      {
        log,
        openLedger: () => retry(() => openLedger({ connection: ledger, log }), { policy, signal }),
        connectBus: () =>
          retry(() => connectBus({ servers: nats.servers, name: 'auth', ...credentials, log }), { policy, signal }),
      },
    );
    problem = undefined;
    return closingAfter(auth, scope);
  } catch (error) {
    await scope.close().catch(() => undefined);
    throw error;
  }
});

async function chooseCredentials({
  user,
  password,
  keysFile,
}: AuthConfig['nats']): Promise<Pick<BusOptions, 'credentials'>> {
  const keys = keysFile === undefined ? undefined : await loadHubKeys(keysFile);
  if (keys !== undefined) return { credentials: createHubCredentials(keys) };
  return password === undefined ? {} : { credentials: { user, password } };
}
