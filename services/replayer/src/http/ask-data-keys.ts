import { parseDataKeys } from '@swarmledger/encryption';
import { errorCode, errorMessage, type Logger } from '@swarmledger/runtime';
import type { AskDataKeys } from './handler.ts';

const timeoutMs = 5_000;

/**
 * Asks the auth service with the caller's own token: it alone decides who may have keys, and records who was given them. Whoever gets
 * none, for whatever reason, reads what is encrypted as it is.
 *
 * @param authUrl `http://host:port`
 */
export function askAuthService(authUrl: string, log: Logger): AskDataKeys {
  const base = authUrl.replace(/\/$/, '');
  return async ({ headers: { authorization = '' } }, tenant) => {
    try {
      const response = await fetch(`${base}/v1/tenants/${tenant}/data-keys`, {
        headers: { authorization },
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.ok) return parseDataKeys(await response.json(), 'the auth service');
      if (response.status >= 500) log.warn('no data keys', { status: response.status });
    } catch (error) {
      log.warn('no data keys', { code: errorCode(error), reason: errorMessage(error) });
    }
    return undefined;
  };
}
