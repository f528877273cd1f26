import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LedgerConnection } from '@swarmledger/ledger';
import { isRunning, PermanentError } from '@swarmledger/runtime';

/** What a running hub tells the other commands: `<data>/hub.json`, for its owner only, as passwords are in it. */
export interface HubFile {
  readonly version: 1;
  readonly pid: number;
  readonly nats: {
    readonly url: string;
    readonly user: string;
    readonly password: string;
    /** Where NATS runs in operator mode: the hub's own user, and nobody has a password. */
    readonly credentialsFile?: string;
    readonly monitoringUrl: string;
    readonly pid: number;
  };
  readonly analytics: {
    readonly url: string;
    readonly database: string;
    readonly username: string;
    readonly password: string;
    /** Can only read: what people and dashboards get. */
    readonly analyst: { readonly username: string; readonly password: string };
  };
  readonly ledger: LedgerConnection;
  readonly partitions: number;
  /** With `up --auth`: where tenants register and agents sign in. */
  readonly auth?: {
    readonly url: string;
    readonly issuerUrl: string;
    readonly pid: number;
    readonly operator: { readonly username: string; readonly password: string };
  };
  readonly ingestor: { readonly healthUrl: string; readonly pid: number };
}

/** Made once per data folder, so that addresses and passwords that were handed out stay good over restarts. */
export interface HubSecrets {
  readonly natsPassword: string;
  readonly analyticsPassword: string;
  readonly analystPassword: string;
  readonly operatorPassword: string;
  /** Makes the SQL logins of tenants. */
  readonly tenantSecret: string;
}

const ownerOnly = 0o600;
/** In the command line of every hub: the name of its program. */
const hubMarker = 'swarmledger';

export async function writeHubFile(dataDir: string, hub: HubFile): Promise<void> {
  await writeOwnerOnly(join(dataDir, 'hub.json'), hub);
}

export async function removeHubFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, 'hub.json'), { force: true });
}

/** Undefined: no hub has this data folder, or it ended without saying so. */
export async function findHub(dataDir: string): Promise<HubFile | undefined> {
  const text = await readFile(join(dataDir, 'hub.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as HubFile;
  } catch {
    throw new PermanentError('hub_file', `${join(dataDir, 'hub.json')} is damaged: stop the hub and start it again`);
  }
}

/** @throws PermanentError no_hub */
export async function requireHub(dataDir: string): Promise<HubFile> {
  const hub = await findHub(dataDir);
  if (hub !== undefined && isHubRunning(hub)) return hub;
  const where = resolve(dataDir);
  throw new PermanentError(
    'no_hub',
    `no hub is running with its data in ${where}: start one with "npx swarmledger up"`,
  );
}

export async function loadSecrets(dataDir: string): Promise<HubSecrets> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'secrets.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const create = (): string => randomBytes(18).toString('base64url');
  const known = text === undefined ? {} : (JSON.parse(text) as Partial<HubSecrets>);
  const created = {
    natsPassword: create(),
    analyticsPassword: create(),
    analystPassword: create(),
    operatorPassword: create(),
    tenantSecret: create(),
  };
  const secrets = { ...created, ...known };
  // A file of an older release lacks some.
  if (Object.keys(known).length === Object.keys(created).length) return secrets;
  await writeOwnerOnly(file, secrets);
  return secrets;
}

/** The hub that wrote the file still runs. */
export function isHubRunning(hub: HubFile): boolean {
  return isRunning(hub.pid, hubMarker);
}

async function writeOwnerOnly(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: ownerOnly });
  await rename(`${file}.new`, file);
}
