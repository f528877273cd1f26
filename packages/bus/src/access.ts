import { jwtAuthenticator, type ConnectionOptions, type NatsConnection } from 'nats';
import { backoffMs, errorCode, errorMessage, type BackoffPolicy, type Logger } from '@swarmledger/runtime';
import type { BusCredentials, IssuedJwt } from './contract.ts';
import { toPublicKey } from './operator/hub-keys.ts';
import { inboxPrefix } from './operator/permissions.ts';

/** How a connection signs in, and what keeps it signed in. */
export interface Access {
  readonly options: Partial<ConnectionOptions>;
  keepFresh(connection: NatsConnection): void;
  close(): void;
}

/** A JWT is replaced when this much of its life is left: enough for many attempts, little enough to be rare. */
const renewAtShareLeft = 1 / 3;
const renewPolicy: BackoffPolicy = { initialMs: 200, maxMs: 10_000, attemptsMax: Infinity };
/** Node's timers take no more. */
const timerMsMax = 2 ** 31 - 1;

/** Fetches the first JWT where there is one to fetch. @throws what `issue` throws */
export async function openAccess(credentials: BusCredentials | undefined, log: Logger): Promise<Access> {
  if (credentials === undefined) return createStatic({});
  if (credentials.kind !== 'jwt') return createStatic({ user: credentials.user, pass: credentials.password.reveal() });
  return new JwtAccess(credentials, await credentials.issue(), log);
}

function createStatic(options: Partial<ConnectionOptions>): Access {
  return { options, keepFresh: () => undefined, close: () => undefined };
}

/** Signs in with a JWT that it replaces before its end: a new one, a reconnect that takes a moment, and nothing is lost. */
class JwtAccess implements Access {
  readonly options: Partial<ConnectionOptions>;
  readonly #issue: () => Promise<IssuedJwt>;
  readonly #log: Logger;
  #issued: IssuedJwt;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(credentials: Extract<BusCredentials, { readonly kind: 'jwt' }>, issued: IssuedJwt, log: Logger) {
    const seed = credentials.seed.reveal();
    this.#issue = credentials.issue;
    this.#issued = issued;
    this.#log = log;
    this.options = {
      // Asked at each attempt to connect: always the newest.
      authenticator: jwtAuthenticator(() => this.#issued.jwt, Buffer.from(seed)),
      inboxPrefix: inboxPrefix(toPublicKey(seed)),
    };
  }

  keepFresh(connection: NatsConnection): void {
    const { expiresAtMs } = this.#issued;
    if (this.#isClosed || expiresAtMs === Infinity) return;
    const waitMs = (expiresAtMs - Date.now()) * (1 - renewAtShareLeft);
    this.#schedule(connection, waitMs, 0);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(connection: NatsConnection, waitMs: number, attempt: number): void {
    this.#timer = setTimeout(() => void this.#renew(connection, attempt), Math.max(0, Math.min(waitMs, timerMsMax)));
    this.#timer.unref();
  }

  async #renew(connection: NatsConnection, attempt: number): Promise<void> {
    try {
      const issued = await this.#issue();
      if (this.#isClosed || connection.isClosed()) return;
      this.#issued = issued;
      await connection.reconnect();
      this.keepFresh(connection);
    } catch (error) {
      if (this.#isClosed || connection.isClosed()) return;
      if (attempt === 0)
        this.#log.warn('NATS credentials not renewed, trying again', {
          code: errorCode(error),
          reason: errorMessage(error),
        });
      this.#schedule(connection, backoffMs(renewPolicy, attempt), attempt + 1);
    }
  }
}
