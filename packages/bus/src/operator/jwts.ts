import { encodeAccount, encodeOperator, encodeUser, type Account, type OperatorLimits } from '@nats-io/jwt';
import { partitionMapping, type TenantId } from '@swarmledger/protocol';
import { toPublicKey, type HubKeys } from './hub-keys.ts';
import { tenantPermissions } from './permissions.ts';

/** A claim's zero means "none": https://github.com/nats-io/jwt/blob/main/v2/account_claims.go */
const unlimited: OperatorLimits = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
};
const unlimitedStorage: OperatorLimits = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

/** Of one tenant's user: an agent needs its inbox and its project's receipts. */
const tenantSubscriptionsMax = 200;
const tenantPayloadBytesMax = 1_048_576;

export interface AccountState {
  readonly partitions: number;
  /** Unix seconds by public key: what was issued until then is refused. */
  readonly revocations: Readonly<Record<string, number>>;
}

/** The operator's own JWT: the server trusts accounts that it signed. */
export async function encodeOperatorJwt(keys: HubKeys): Promise<string> {
  return encodeOperator('swarmledger', keys.operatorSeed, { system_account: toPublicKey(keys.systemAccountSeed) });
}

export async function encodeSystemAccountJwt(keys: HubKeys): Promise<string> {
  return encodeAccount('SYS', keys.systemAccountSeed, { limits: unlimited }, { signer: keys.operatorSeed });
}

/** The account of every tenant: JetStream, the partition mapping, signing keys and revocations. */
export async function encodeHubAccountJwt(keys: HubKeys, state: AccountState): Promise<string> {
  const { from, to } = partitionMapping(state.partitions);
  // The library's types lack mappings: https://github.com/nats-io/jwt/blob/main/v2/account_claims.go
  const account: Partial<Account> & { readonly mappings: object } = {
    limits: { ...unlimited, ...unlimitedStorage },
    signing_keys: keys.signingKeys.map(({ publicKey }) => publicKey),
    revocations: { ...state.revocations },
    mappings: { [from]: [{ subject: to, weight: 100 }] },
  };
  // By its public key: KEDA compares the account's name with what it asked for.
  return encodeAccount(toPublicKey(keys.accountSeed), keys.accountSeed, account, { signer: keys.operatorSeed });
}

/** A tenant's agent: publishes its tenant's events, hears its tenant's receipts, and reaches nothing else. */
export async function encodeTenantUserJwt(
  keys: HubKeys,
  user: { readonly publicKey: string; readonly tenant: TenantId; readonly expiresAtMs: number },
): Promise<string> {
  const limits = { subs: tenantSubscriptionsMax, payload: tenantPayloadBytesMax, data: -1 };
  const permissions = tenantPermissions(user.tenant, user.publicKey);
  const signer = keys.signingKeys.at(-1);
  if (signer === undefined) throw new Error('a hub has at least one signing key');
  const account = toPublicKey(keys.accountSeed);
  const claims = { ...permissions, ...limits };
  const validity = { signer: signer.seed, exp: toSeconds(user.expiresAtMs) };
  return encodeUser(`tenant ${user.tenant}`, user.publicKey, account, claims, validity);
}

/** The hub's own services: everything of the account. Signed by the account itself, so that no rotation ends it. */
export async function encodeHubUserJwt(keys: HubKeys, publicKey: string): Promise<string> {
  return encodeUser('hub', publicKey, keys.accountSeed, { subs: -1, payload: -1, data: -1 });
}

/** Of the system account: for account updates. */
export async function encodeSystemUserJwt(keys: HubKeys, publicKey: string, expiresAtMs: number): Promise<string> {
  const limits = { subs: -1, payload: -1, data: -1 };
  return encodeUser('system', publicKey, keys.systemAccountSeed, limits, { exp: toSeconds(expiresAtMs) });
}

function toSeconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
