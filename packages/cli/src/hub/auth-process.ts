import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort, sleep, TransientError, type Environment } from '@swarmledger/runtime';
import { startProgram, type ProgramProcess } from './program.ts';

export interface AuthProcess extends ProgramProcess {
  readonly url: string;
  readonly issuerUrl: string;
  readonly port: number;
}

const readyMs = 60_000;
const pollMs = 50;

/** The auth service's own program with its local issuer; resolves when it answers. @throws TransientError auth_not_ready */
export async function startAuth(
  environment: Environment,
  options: { readonly port: number; readonly logFile: string },
): Promise<AuthProcess> {
  const port = options.port === 0 ? await findFreePort() : options.port;
  const program = join(dirname(fileURLToPath(import.meta.resolve('@swarmledger/auth'))), 'main.js');
  const env = {
    ...environment,
    SWARMLEDGER_AUTH_HOST: '127.0.0.1',
    SWARMLEDGER_AUTH_PORT: String(port),
    SWARMLEDGER_HEALTH_PORT: '0',
  };
  const child = await startProgram(program, env, options.logFile);
  const url = `http://127.0.0.1:${port}`;
  const auth = { ...child, url, issuerUrl: `${url}/realms/swarmledger`, port };
  try {
    await waitUntilReady(auth, options.logFile);
    return auth;
  } catch (error) {
    await child.close();
    throw error;
  }
}

async function waitUntilReady(auth: AuthProcess, logFile: string): Promise<void> {
  const deadlineMs = performance.now() + readyMs;
  let hasExited = false;
  void auth.exited.then(() => (hasExited = true));
  while (performance.now() < deadlineMs && !hasExited) {
    try {
      const response = await fetch(`${auth.issuerUrl}/.well-known/openid-configuration`, {
        signal: AbortSignal.timeout(2_000),
      });
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    await sleep(pollMs);
  }
  throw new TransientError('auth_not_ready', `the auth service is not ready. Its log: ${logFile}`);
}
