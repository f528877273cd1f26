import type { ProjectId, TenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { TransactOptions } from '../fdb/store.ts';
import { readIdentity, writeIdentity, type LedgerIdentity } from '../identity.ts';
import { copyRange, type CopyCount } from './copy-range.ts';
import { clearProgress, comesAfter, readProgress, type CopyPoint } from './copy-progress.ts';
import { withPlace, type LedgerAddress, type LedgerPlace } from './open-place.ts';
import { sealLedger } from './seal.ts';

export interface CopyReport extends CopyCount {
  readonly tenants: number;
  readonly projects: number;
  /** An earlier run had begun it; the counts are of this run. */
  readonly resumed: boolean;
  /** Of the copy: it is the ledger now. */
  readonly identity: LedgerIdentity;
}

export interface CopyOptions extends TransactOptions {
  readonly onProgress?: (count: CopyCount) => void;
  /** Unix milliseconds; `Date.now` by default. */
  readonly clock?: () => number;
}

/**
 * Moves a ledger: every record with its version, event for event the same. The source is sealed first and stays so; the target is
 * writable when all of it is there, under a higher incarnation, so that what is written there comes after everything that was
 * copied. A copy that was cut off is taken up where it stopped when it is called again.
 *
 * The target is empty, or the unfinished copy of this source, or an older state of this very ledger, sealed when it was copied
 * away: that one is replaced.
 *
 * @throws PermanentError same_ledger, target_not_empty, ledger_receiving
 */
export function copyLedger(from: LedgerAddress, to: LedgerAddress, options: CopyOptions = {}): Promise<CopyReport> {
  return withPlace(from, (source) => withPlace(to, (target) => copyPlaces(source, target, options)));
}

async function copyPlaces(source: LedgerPlace, target: LedgerPlace, options: CopyOptions): Promise<CopyReport> {
  const nowMs = (options.clock ?? Date.now)();
  const begun = await admit(source, target);
  const identity = await sealLedger(source, 'it was copied to another place', nowMs);
  const before = await beginReceiving(target, identity, nowMs);
  const start = await readProgress(target);
  if (start === undefined && begun !== 'empty') await removeTenants(target, options);
  const counter = new Counter(options);
  const { tenants, projects } = await copyTenants({ source, target, start, counter }, options);
  await copyRemoved(source, target, options);
  await copyFeed({ source, target, start, counter }, options);
  const finished = await finish(target, identity, before.incarnation);
  return { ...counter.count, tenants, projects, resumed: begun === 'begun', identity: finished };
}

interface Copying {
  readonly source: LedgerPlace;
  readonly target: LedgerPlace;
  /** Where an earlier run stopped. */
  readonly start: CopyPoint | undefined;
  readonly counter: Counter;
}

/** Whether the target may be filled from this source. Writes nothing. */
async function admit(source: LedgerPlace, target: LedgerPlace): Promise<'empty' | 'begun' | 'older'> {
  const from = await source.store.read((tn) => readIdentity(tn, source.directories.identity));
  const to = await target.store.read((tn) => readIdentity(tn, target.directories.identity));
  const isEmpty = (await target.directories.tenants().next()).done === true;
  if (to.state.kind === 'receiving') {
    if (to.state.fromId === from.id) return 'begun';
    throw new PermanentError('target_not_empty', 'the target is the unfinished copy of another ledger');
  }
  if (to.id === from.id) {
    if (to.state.kind === 'sealed' && to.incarnation < from.incarnation) return 'older';
    throw new PermanentError(
      'same_ledger',
      'source and target are one ledger, and the target is not the older state of it',
    );
  }
  if (!isEmpty) throw new PermanentError('target_not_empty', 'the target holds another ledger: copy to an empty place');
  return 'empty';
}

/** Nobody writes to the target from here on. Returns what it was. */
async function beginReceiving(
  { store, directories }: LedgerPlace,
  source: LedgerIdentity,
  nowMs: number,
): Promise<LedgerIdentity> {
  return store.transact(async (tn) => {
    const identity = await readIdentity(tn, directories.identity);
    if (identity.state.kind === 'receiving') return identity;
    const state = { kind: 'receiving', sinceMs: nowMs, fromId: source.id } as const;
    writeIdentity(tn, directories.identity, { ...identity, state });
    clearProgress(tn, directories);
    const leases = directories.leases.all();
    tn.clearRange(leases.begin, leases.end);
    return identity;
  });
}

async function removeTenants({ directories }: LedgerPlace, options: CopyOptions): Promise<void> {
  for await (const tenant of directories.tenants(options.signal)) await directories.removeTenant(tenant);
}

async function copyTenants(copying: Copying, options: CopyOptions): Promise<{ tenants: number; projects: number }> {
  const { source } = copying;
  let tenants = 0;
  let projects = 0;
  for await (const tenant of source.directories.tenants(options.signal)) {
    tenants += 1;
    await copyTenant(copying, tenant, options);
    for await (const project of source.directories.projects(tenant, options.signal)) {
      projects += 1;
      await copyProject(copying, tenant, project, options);
    }
  }
  return { tenants, projects };
}

async function copyTenant(copying: Copying, tenant: TenantId, options: CopyOptions): Promise<void> {
  const { source, target, start, counter } = copying;
  const point: CopyPoint = { stage: 'tenants', tenant, project: '', after: '' };
  if (start !== undefined && comesAfter(start, point)) return;
  const place = await source.store.read((tn) => source.directories.findTenant(tn, tenant));
  if (place === undefined) return;
  const created = await target.store.transact((tn) => target.directories.createTenant(tn, tenant));
  const range = { from: place.prefix, to: created.prefix };
  await copyRange({ source, target, range, point, start }, { ...options, onCopied: counter.add });
}

async function copyProject(
  copying: Copying,
  tenant: TenantId,
  project: ProjectId,
  options: CopyOptions,
): Promise<void> {
  const { source, target, start, counter } = copying;
  const point: CopyPoint = { stage: 'tenants', tenant, project, after: '' };
  if (start !== undefined && comesAfter(start, point)) return;
  const place = await source.directories.findProject(tenant, project);
  const created = place === undefined ? undefined : await target.directories.ensureProject(tenant, project);
  if (place === undefined || created === undefined) return;
  const range = { from: place.prefix, to: created.prefix };
  await copyRange({ source, target, range, point, start }, { ...options, onCopied: counter.add });
}

/** The names of removed tenants, which nobody may take, and those of which ClickHouse may still have rows. */
async function copyRemoved(source: LedgerPlace, target: LedgerPlace, options: CopyOptions): Promise<void> {
  for await (const tenant of source.directories.removedTenants(options.signal))
    await target.store.transact((tn) => target.directories.noteRemoved(tn, tenant));
  for await (const tenant of source.directories.retiredTenants(options.signal))
    await target.store.transact((tn) => target.directories.noteRetired(tn, tenant));
}

/** What is not in ClickHouse yet, with the groups that are being inserted, so that each row comes there once. */
async function copyFeed({ source, target, start, counter }: Copying, options: CopyOptions): Promise<void> {
  const range = { from: source.directories.feedPrefix, to: target.directories.feedPrefix };
  const point: CopyPoint = { stage: 'feed', tenant: '', project: '', after: '' };
  await copyRange({ source, target, range, point, start }, { ...options, onCopied: counter.add });
}

async function finish(
  { store, directories }: LedgerPlace,
  source: LedgerIdentity,
  targetIncarnation: number,
): Promise<LedgerIdentity> {
  const incarnation = Math.max(source.incarnation, targetIncarnation) + 1;
  const identity: LedgerIdentity = { id: source.id, incarnation, state: { kind: 'open' } };
  await store.transact(async (tn) => {
    writeIdentity(tn, directories.identity, identity);
    clearProgress(tn, directories);
  });
  return identity;
}

class Counter {
  count: CopyCount = { keys: 0, bytes: 0 };
  readonly #onProgress: CopyOptions['onProgress'];

  constructor(options: CopyOptions) {
    this.#onProgress = options.onProgress;
  }

  readonly add = ({ keys, bytes }: CopyCount): void => {
    this.count = { keys: this.count.keys + keys, bytes: this.count.bytes + bytes };
    this.#onProgress?.(this.count);
  };
}
