import { createTokenVerifier, readBearer } from '@swarmledger/identity';
import { openLedger } from '@swarmledger/ledger';
import { createLogger, runService } from '@swarmledger/runtime';
import { loadConfig } from './http/config.ts';
import { openReplayer } from './http/open-replayer.ts';

const startLog = createLogger({ level: 'info', service: 'replayer' });

process.exitCode = await runService(startLog, async () => {
  const { ledger, issuer, audience, logLevel, ...settings } = loadConfig(process.env);
  const log = createLogger({ level: logLevel, service: 'replayer' });
  const verifier = createTokenVerifier({ issuer, audience });
  return openReplayer(settings, {
    log,
    openLedger: () => openLedger({ connection: ledger, log }),
    authenticate: ({ headers }) => verifier.verify(readBearer(headers.authorization)),
  });
});
