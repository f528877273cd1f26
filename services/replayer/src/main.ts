import { createTokenVerifier, readBearer } from '@swarmledger/identity';
import { openLedger } from '@swarmledger/ledger';
import { closingAfter, createLogger, loadSettings, openTelemetry, runService } from '@swarmledger/runtime';
import { loadConfig } from './http/config.ts';
import { askAuthService, openReplayer } from './http/open-replayer.ts';

const startLog = createLogger({ level: 'info', service: 'replayer' });

process.exitCode = await runService(startLog, async () => {
  const {
    ledger,
    issuer,
    audience,
    authUrl,
    logLevel,
    telemetry: telemetryConfig,
    ...settings
  } = loadSettings(process.env, loadConfig);
  const log = createLogger({ level: logLevel, service: 'replayer' });
  const telemetry = await openTelemetry(telemetryConfig, { service: 'replayer', log });
  const verifier = createTokenVerifier({ issuer, audience });
  const service = await openReplayer(settings, {
    log,
    telemetry,
    openLedger: () => openLedger({ connection: ledger, log }),
    ...(authUrl === undefined ? {} : { askDataKeys: askAuthService(authUrl, log) }),
    authenticate: ({ headers }) => verifier.verify(readBearer(headers.authorization)),
  });
  return closingAfter(service, telemetry);
});
