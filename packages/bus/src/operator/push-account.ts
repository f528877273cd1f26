import { connect, jwtAuthenticator, type NatsConnection } from 'nats';
import { PermanentError, TransientError } from '@swarmledger/runtime';
import { translateError } from '../errors.ts';
import { busLimits } from '../limits.ts';
import { createUserKey, type HubKeys } from './hub-keys.ts';
import { encodeHubAccountJwt, encodeSystemUserJwt, type AccountState } from './jwts.ts';

/** https://docs.nats.io/running-a-nats-service/configuration/sys_accounts */
const updateSubject = '$SYS.REQ.CLAIMS.UPDATE';
/** Long enough for one update. */
const systemUserLifeMs = 60_000;

interface UpdateAnswer {
  readonly data?: { readonly code?: number };
  readonly error?: { readonly description?: string };
}

/**
 * Gives the servers a new account JWT. They apply it at once: revoked users are disconnected, and users of a signing key that is no longer
 * named too.
 *
 * @throws TransientError disconnected, timeout; PermanentError account_refused
 */
export async function pushAccount(servers: string, keys: HubKeys, state: AccountState): Promise<void> {
  const user = createUserKey();
  const jwt = await encodeSystemUserJwt(keys, user.publicKey, Date.now() + systemUserLifeMs);
  let connection: NatsConnection | undefined;
  try {
    connection = await connect({
      servers: servers.split(','),
      name: 'swarmledger account update',
      authenticator: jwtAuthenticator(jwt, Buffer.from(user.seed)),
      timeout: busLimits.connectTimeoutMs,
      reconnect: false,
    });
    const account = await encodeHubAccountJwt(keys, state);
    const answer = await connection.request(updateSubject, account, { timeout: busLimits.publishTimeoutMs });
    const { data, error } = answer.json<UpdateAnswer>();
    if (error !== undefined || data?.code !== 200)
      throw new PermanentError('account_refused', `the NATS server refuses the account: ${error?.description ?? ''}`);
  } catch (error) {
    throw error instanceof TransientError ? error : translateError(error, 'update the NATS account');
  } finally {
    await connection?.close();
  }
}
