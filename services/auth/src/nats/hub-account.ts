import {
  assertUserPublicKey,
  encodeTenantUserJwt,
  inboxPrefix,
  loadHubKeys,
  pushAccount,
  rotateSigningKey,
  saveHubKeys,
  type HubKeys,
} from '@swarmledger/bus';
import type { TenantDocuments } from '@swarmledger/ledger';
import type { TenantId } from '@swarmledger/protocol';
import { errorCode, errorMessage, PermanentError, type Logger } from '@swarmledger/runtime';
import { authLimits } from '../limits.ts';

export interface NatsCredentials {
  readonly jwt: string;
  readonly inboxPrefix: string;
  readonly expiresAtMs: number;
}

export interface NatsCaller {
  /** The subject that asks. */
  readonly by: string;
  /** Called before a key gets its first JWT, and not when it renews one. */
  readonly beforeFirst: () => Promise<void>;
}

/** The NATS users of tenants' agents: a hub in operator mode has them. */
export interface HubAccount {
  /** @throws PermanentError invalid_public_key, revoked_key, too_many_keys, not_operator_mode, unknown_tenant; what `beforeFirst` throws */
  issue(tenant: TenantId, publicKey: string, caller: NatsCaller): Promise<NatsCredentials>;
  /** Ends within seconds what these keys may do. @throws PermanentError unknown_key */
  revokeKey(tenant: TenantId, publicKey: string): Promise<void>;
  /** The same for every key that a caller was given. */
  revokeCaller(tenant: TenantId, by: string): Promise<void>;
  revokeTenant(tenant: TenantId): Promise<void>;
}

export interface HubAccountOptions {
  readonly keysFile: string;
  readonly servers: string;
  readonly partitions: number;
  readonly documents: TenantDocuments;
  /** Whose documents hold the revocations: they outlive the tenants. */
  readonly operators: TenantId;
  readonly clock: () => number;
  readonly log: Logger;
}

/** A key that a tenant's caller has a JWT for. */
interface IssuedKey {
  readonly by: string;
  readonly expiresAtMs: number;
}

type Revocations = Readonly<Record<string, number>>;

const keyKind = 'nats-key';
const accountKind = 'nats-account';
const revocationsId = 'revocations';

/**
 * Signs tenants' users with a new key from now on, and drops no client: the servers hear of the key before anybody has a JWT of it, and
 * the key before it is taken for as long as its JWTs live.
 *
 * @param options.servers undefined: no server runs; the auth service pushes when it starts
 * @throws PermanentError hub_keys; as pushAccount
 */
export async function rotateHubKeys(
  options: Pick<HubAccountOptions, 'keysFile' | 'partitions' | 'documents' | 'operators' | 'clock'> & {
    readonly servers: string | undefined;
  },
): Promise<HubKeys> {
  const { keysFile, servers, partitions, documents, operators, clock } = options;
  const keys = await loadHubKeys(keysFile);
  if (keys === undefined) throw noKeys(keysFile);
  const rotated = rotateSigningKey(keys, clock(), 2 * authLimits.natsUserLifeMs);
  if (servers !== undefined)
    await pushAccount(servers, rotated, { partitions, revocations: await loadRevocations(documents, operators) });
  await saveHubKeys(keysFile, rotated);
  return rotated;
}

/** A hub whose NATS knows one password has no users to hand out. */
export const noHubAccount: HubAccount = {
  issue: async () => {
    throw new PermanentError('not_operator_mode', 'this hub’s NATS has no users of its own; start it with keys');
  },
  revokeKey: async () => {
    throw new PermanentError('not_operator_mode', 'this hub’s NATS has no users of its own; start it with keys');
  },
  revokeCaller: async () => undefined,
  revokeTenant: async () => undefined,
};

/** User JWTs from the hub's keys, and revocations that are in the ledger first and then at the servers. */
export class OperatorHubAccount implements HubAccount {
  readonly #options: HubAccountOptions;

  constructor(options: HubAccountOptions) {
    this.#options = options;
  }

  /** What the ledger says is what the servers do: called at the start and from time to time. @throws as pushAccount */
  async push(): Promise<void> {
    const { documents, operators, servers, partitions } = this.#options;
    const revocations = await loadRevocations(documents, operators);
    await pushAccount(servers, await this.#loadKeys(), { partitions, revocations });
  }

  /** Like `push`; a failure is logged, and the next time makes it good. */
  async keepPushed(): Promise<void> {
    await this.push().catch((error: unknown) => {
      this.#options.log.warn('NATS account not pushed', { code: errorCode(error), reason: errorMessage(error) });
    });
  }

  async issue(tenant: TenantId, publicKey: string, { by, beforeFirst }: NatsCaller): Promise<NatsCredentials> {
    const { documents, operators, clock } = this.#options;
    assertUserPublicKey(publicKey);
    const revocations = await loadRevocations(documents, operators);
    if (revocations[publicKey] !== undefined)
      throw new PermanentError('revoked_key', 'this key was revoked; make a new one');
    const now = clock();
    const known = await this.#prune(tenant, now);
    const isFirst = !known.includes(publicKey);
    if (isFirst && known.length >= authLimits.natsKeysMax)
      throw new PermanentError('too_many_keys', `a tenant has at most ${authLimits.natsKeysMax} keys at a time`);
    if (isFirst) await beforeFirst();
    const expiresAtMs = now + authLimits.natsUserLifeMs;
    const issued: IssuedKey = { by, expiresAtMs };
    // First: a JWT that nobody knows of could not be revoked.
    await documents.update(tenant, keyKind, publicKey, () => issued);
    const jwt = await encodeTenantUserJwt(await this.#loadKeys(), { publicKey, tenant, expiresAtMs });
    return { jwt, inboxPrefix: inboxPrefix(publicKey), expiresAtMs };
  }

  async revokeKey(tenant: TenantId, publicKey: string): Promise<void> {
    if ((await this.#options.documents.get(tenant, keyKind, publicKey)) === undefined)
      throw new PermanentError('unknown_key', 'no credentials were given for this key');
    await this.#revoke([publicKey]);
  }

  async revokeCaller(tenant: TenantId, by: string): Promise<void> {
    const keys = await this.#options.documents.list(tenant, keyKind);
    await this.#revoke(keys.filter(({ value }) => (value as IssuedKey).by === by).map(({ id }) => id));
  }

  async revokeTenant(tenant: TenantId): Promise<void> {
    const keys = await this.#options.documents.list(tenant, keyKind);
    await this.#revoke(keys.map(({ id }) => id));
  }

  async #revoke(publicKeys: readonly string[]): Promise<void> {
    if (publicKeys.length === 0) return;
    const { documents, operators, clock } = this.#options;
    const seconds = Math.floor(clock() / 1_000);
    // Nothing that was issued before this has life left.
    const oldest = seconds - (2 * authLimits.natsUserLifeMs) / 1_000;
    await documents.update(operators, accountKind, revocationsId, (current) => {
      const kept = Object.entries((current ?? {}) as Revocations).filter(([, at]) => at > oldest);
      return Object.fromEntries([...kept, ...publicKeys.map((key) => [key, seconds] as const)]);
    });
    await this.push();
  }

  /** The tenant's keys with life left. */
  async #prune(tenant: TenantId, now: number): Promise<readonly string[]> {
    const { documents } = this.#options;
    const living: string[] = [];
    for (const { id, value } of await documents.list(tenant, keyKind)) {
      if ((value as IssuedKey).expiresAtMs > now) living.push(id);
      else await documents.update(tenant, keyKind, id, () => undefined);
    }
    return living;
  }

  /** Read each time: a rotation is a new file. */
  async #loadKeys(): Promise<HubKeys> {
    const keys = await loadHubKeys(this.#options.keysFile);
    if (keys !== undefined) return keys;
    throw new PermanentError(
      'hub_keys',
      `there are no hub keys in ${this.#options.keysFile}: run "swarmledger keys init"`,
    );
  }
}

async function loadRevocations(documents: TenantDocuments, operators: TenantId): Promise<Revocations> {
  return ((await documents.get(operators, accountKind, revocationsId)) ?? {}) as Revocations;
}

function noKeys(file: string): PermanentError {
  return new PermanentError('hub_keys', `there are no hub keys in ${file}: run "swarmledger keys init"`);
}
