import { parseProjectId, parseTenantId, type ProjectId, type TenantId } from '@swarmledger/protocol';
import type { DirectoryLayer, Subspace, TupleItem } from 'foundationdb';
import { foundationdb } from './fdb/package.ts';
import { keyAfter, type KeyRange, readPage, type Store, type Transaction } from './fdb/store.ts';
import { Lineages } from './lineage.ts';
import { loadIdentity, type LedgerIdentity } from './identity.ts';
import { allOf, FeedKeys, IdentityKeys, LeaseKeys, ProjectKeys, TenantKeys } from './keyspace.ts';

/** Where the directory layer keeps its own tree, and the name of "my children" in it; fixed by FoundationDB for all languages. */
const nodePrefix = Buffer.of(0xfe);
const childrenOf = 0;
/** Projects whose directories and packed keys are remembered: about 4 kB each. Beyond it the oldest are looked up again. */
const cachedProjectsMax = 20_000;
const listPageKeys = 1_000;

/** A directory entry that an opened place stands on: `key` holds `prefix` for as long as it is where it was. */
interface Guard {
  /** Key and prefix as text: the projects of a tenant share its guard. */
  readonly id: string;
  readonly key: Buffer;
  readonly prefix: Buffer;
}

export interface TenantPlace {
  readonly tenant: TenantId;
  /** What every key of its directory starts with. */
  readonly prefix: Buffer;
  readonly keys: TenantKeys;
  readonly guard: Guard;
}

export interface ProjectPlace {
  readonly tenant: TenantId;
  readonly project: ProjectId;
  /** What every key of its directory starts with. */
  readonly prefix: Buffer;
  readonly keys: ProjectKeys;
  readonly lineages: Lineages;
  readonly tenantKeys: TenantKeys;
  readonly guards: readonly Guard[];
}

interface Roots {
  readonly tenants: Buffer;
  readonly feed: Buffer;
  readonly partitions: Buffer;
  readonly meta: Buffer;
}

/**
 * The directory of each tenant and project. Looking one up takes ten reads, so places are remembered; whoever writes with a
 * remembered place calls `isCurrent` in the same transaction, which fails by conflict too when it is moved or deleted.
 */
export class Directories {
  readonly feed: FeedKeys;
  readonly leases: LeaseKeys;
  readonly identity: IdentityKeys;
  /** What every key of the feed starts with. */
  readonly feedPrefix: Buffer;
  /** Of what this process writes. */
  readonly incarnation: number;
  readonly #layer: DirectoryLayer;
  readonly #nodes: Subspace<undefined | TupleItem | TupleItem[], TupleItem[]>;
  readonly #root: readonly string[];
  readonly #tenantsPrefix: Buffer;
  readonly #store: Store;
  // A Map iterates in the order of insertion: the first one is the one that was not used for longest.
  readonly #projects = new Map<string, ProjectPlace>();

  private constructor(
    store: Store,
    root: readonly string[],
    { incarnation }: LedgerIdentity,
    roots: Roots,
    layer: DirectoryLayer,
  ) {
    this.#store = store;
    this.#root = root;
    this.incarnation = incarnation;
    this.identity = new IdentityKeys(roots.meta);
    this.feedPrefix = roots.feed;
    this.#layer = layer;
    this.#nodes = createNodes();
    this.#tenantsPrefix = roots.tenants;
    this.feed = new FeedKeys(roots.feed, incarnation);
    this.leases = new LeaseKeys(roots.partitions);
  }

  /** Creates what is missing. */
  static async open(store: Store, root: readonly string[]): Promise<Directories> {
    const { DirectoryLayer } = foundationdb();
    const layer = new DirectoryLayer({ nodeSubspace: createNodes() });
    const open = async (tn: Transaction, name: string): Promise<Buffer> =>
      (await layer.createOrOpen(tn, [...root, name])).content.prefix;
    const roots = await store.transact(async (tn) => ({
      // One after the other: they share a parent that the first one creates.
      tenants: await open(tn, 'tenants'),
      feed: await open(tn, 'feed'),
      partitions: await open(tn, 'partitions'),
      meta: await open(tn, 'meta'),
    }));
    const identity = await loadIdentity(store, new IdentityKeys(roots.meta));
    return new Directories(store, root, identity, roots, layer);
  }

  /** Undefined: there is no such tenant. */
  async findTenant(tn: Transaction, tenant: TenantId): Promise<TenantPlace | undefined> {
    const guard = await this.#findGuard(tn, this.#tenantsPrefix, tenant);
    if (guard === undefined) return undefined;
    return { tenant, prefix: guard.prefix, keys: new TenantKeys(guard.prefix), guard };
  }

  async createTenant(tn: Transaction, tenant: TenantId): Promise<TenantPlace> {
    const { content } = await this.#layer.createOrOpen(tn, [...this.#root, 'tenants', tenant]);
    const guard = createGuard(this.#entry(this.#tenantsPrefix, tenant), content.prefix);
    return { tenant, prefix: content.prefix, keys: new TenantKeys(content.prefix), guard };
  }

  /** Removes a tenant with everything that it has; nothing when there is none. One transaction for each project. */
  async removeTenant(tenant: TenantId): Promise<void> {
    const path = [...this.#root, 'tenants', tenant];
    for await (const project of this.projects(tenant)) {
      await this.#store.transact((tn) => this.#layer.removeIfExists(tn, [...path, project]));
    }
    await this.#store.transact((tn) => this.#layer.removeIfExists(tn, path));
  }

  /**
   * The tenant is unknown from this transaction on: its own keys are gone, its projects are out of everybody's reach, and its name stays
   * behind. `clearRetired` does the rest.
   */
  async retireTenant(tn: Transaction, { tenant, prefix }: TenantPlace): Promise<void> {
    const own = allOf(prefix);
    tn.clearRange(own.begin, own.end);
    await this.#layer.createOrOpen(tn, [...this.#root, 'retired']);
    await this.#layer.move(tn, [...this.#root, 'tenants', tenant], [...this.#root, 'retired', tenant]);
    await this.noteRemoved(tn, tenant);
  }

  /** Clears a retired tenant's projects, each in a transaction of its own: it may be called again after a failure. */
  async clearRetired(tenant: TenantId): Promise<void> {
    const path = [...this.#root, 'retired', tenant];
    const prefix = await this.#find(path);
    if (prefix === undefined) return;
    for await (const project of this.#list(prefix, parseProjectId))
      await this.#store.transact((tn) => this.#layer.removeIfExists(tn, [...path, project]));
  }

  /** Tenants that are retired and not forgotten yet. */
  async *retiredTenants(signal?: AbortSignal): AsyncGenerator<TenantId> {
    const prefix = await this.#find([...this.#root, 'retired'], signal);
    if (prefix !== undefined) yield* this.#list(prefix, parseTenantId, signal);
  }

  /** Of a copy: the tenant is retired there too, and nothing of it was copied. */
  async noteRetired(tn: Transaction, tenant: TenantId): Promise<void> {
    await this.#layer.createOrOpen(tn, [...this.#root, 'retired', tenant]);
  }

  /** Nothing but its name is left. */
  async forgetRetired(tn: Transaction, tenant: TenantId): Promise<void> {
    await this.#layer.removeIfExists(tn, [...this.#root, 'retired', tenant]);
  }

  async isRetired(tn: Transaction, tenant: TenantId): Promise<boolean> {
    return this.#layer.exists(tn, [...this.#root, 'retired', tenant]);
  }

  async wasRemoved(tn: Transaction, tenant: TenantId): Promise<boolean> {
    return this.#layer.exists(tn, [...this.#root, 'removed', tenant]);
  }

  /** Names that can never be used again. */
  async *removedTenants(signal?: AbortSignal): AsyncGenerator<TenantId> {
    const prefix = await this.#find([...this.#root, 'removed'], signal);
    if (prefix !== undefined) yield* this.#list(prefix, parseTenantId, signal);
  }

  async noteRemoved(tn: Transaction, tenant: TenantId): Promise<void> {
    await this.#layer.createOrOpen(tn, [...this.#root, 'removed', tenant]);
  }

  /** Remembered or looked up. Undefined: there is no such tenant, or it has no such project. */
  async findProject(tenant: TenantId, project: ProjectId): Promise<ProjectPlace | undefined> {
    return (
      this.#recall(tenant, project) ??
      this.#remember(await this.#store.read((tn) => this.#lookUpProject(tn, tenant, project)))
    );
  }

  /** Like `findProject`, and makes sure that the project is still there. */
  async openProject(tenant: TenantId, project: ProjectId): Promise<ProjectPlace | undefined> {
    const place = await this.findProject(tenant, project);
    if (place === undefined || (await this.#store.read((tn) => this.isCurrent(tn, [place])))) return place;
    this.forget([place]);
    return this.findProject(tenant, project);
  }

  /** Like `findProject`, and creates a missing project. Undefined: there is no such tenant. */
  async ensureProject(tenant: TenantId, project: ProjectId): Promise<ProjectPlace | undefined> {
    const found = await this.findProject(tenant, project);
    if (found !== undefined) return found;
    const created = await this.#store.transact(async (tn) => {
      if ((await this.findTenant(tn, tenant)) === undefined) return undefined;
      await this.#layer.createOrOpen(tn, [...this.#root, 'tenants', tenant, project]);
      return this.#lookUpProject(tn, tenant, project);
    });
    return this.#remember(created);
  }

  /** False: a place was moved or deleted since it was remembered. Then `forget` it and look it up again. */
  async isCurrent(tn: Transaction, places: readonly ProjectPlace[]): Promise<boolean> {
    const guards = new Map<string, Guard>();
    for (const place of places) for (const guard of place.guards) guards.set(guard.id, guard);
    const checks = await Promise.all(
      [...guards.values()].map(async ({ key, prefix }) => (await tn.get(key))?.equals(prefix) ?? false),
    );
    return !checks.includes(false);
  }

  forget(places: readonly ProjectPlace[]): void {
    for (const place of places) this.#projects.delete(cacheKey(place.tenant, place.project));
  }

  tenants(signal?: AbortSignal): AsyncGenerator<TenantId> {
    return this.#list(this.#tenantsPrefix, parseTenantId, signal);
  }

  async *projects(tenant: TenantId, signal?: AbortSignal): AsyncGenerator<ProjectId> {
    const prefix = await this.#store.read((tn) => tn.get(this.#entry(this.#tenantsPrefix, tenant)), { signal });
    if (prefix !== undefined) yield* this.#list(prefix, parseProjectId, signal);
  }

  /** The prefix of a directory. Undefined: there is none. */
  #find(path: string[], signal?: AbortSignal): Promise<Buffer | undefined> {
    return this.#store.read(
      async (tn) =>
        (await this.#layer.exists(tn, path)) ? (await this.#layer.open(tn, path)).content.prefix : undefined,
      { signal },
    );
  }

  /** The children's names, page by page: a million tenants do not fit into one transaction's 5 s. */
  async *#list<Id>(parent: Buffer, parse: (name: string) => Id, signal?: AbortSignal): AsyncGenerator<Id> {
    const node = this.#nodes.at(parent);
    let range: KeyRange = toBuffers(node.packRange([childrenOf]));
    for (;;) {
      const current = range;
      const page = await this.#store.read((tn) => readPage(tn, current, { limit: listPageKeys }), { signal });
      for (const [key] of page.rows) yield parse(readName(node.unpackKey(key)[1]));
      const last = page.rows.at(-1);
      if (!page.more || last === undefined) return;
      range = { begin: keyAfter(last[0]), end: range.end };
    }
  }

  async #lookUpProject(tn: Transaction, tenant: TenantId, project: ProjectId): Promise<ProjectPlace | undefined> {
    const tenantPlace = await this.findTenant(tn, tenant);
    if (tenantPlace === undefined) return undefined;
    const guard = await this.#findGuard(tn, tenantPlace.guard.prefix, project);
    if (guard === undefined) return undefined;
    const keys = new ProjectKeys(guard.prefix, this.incarnation);
    return {
      tenant,
      project,
      prefix: guard.prefix,
      keys,
      lineages: new Lineages(keys),
      tenantKeys: tenantPlace.keys,
      guards: [tenantPlace.guard, guard],
    };
  }

  async #findGuard(tn: Transaction, parent: Buffer, name: string): Promise<Guard | undefined> {
    const key = this.#entry(parent, name);
    const prefix = await tn.get(key);
    return prefix === undefined ? undefined : createGuard(key, prefix);
  }

  #entry(parent: Buffer, name: string): Buffer {
    return toBuffer(this.#nodes.at(parent).packKey([childrenOf, name]));
  }

  #recall(tenant: TenantId, project: ProjectId): ProjectPlace | undefined {
    const key = cacheKey(tenant, project);
    const place = this.#projects.get(key);
    if (place === undefined) return undefined;
    this.#projects.delete(key);
    this.#projects.set(key, place);
    return place;
  }

  #remember(place: ProjectPlace | undefined): ProjectPlace | undefined {
    if (place === undefined) return undefined;
    for (const oldest of this.#projects.keys()) {
      if (this.#projects.size < cachedProjectsMax) break;
      this.#projects.delete(oldest);
    }
    this.#projects.set(cacheKey(place.tenant, place.project), place);
    return place;
  }
}

function createGuard(key: Buffer, prefix: Buffer): Guard {
  return { id: `${key.toString('latin1')}=${prefix.toString('latin1')}`, key, prefix };
}

function readName(item: TupleItem | undefined): string {
  return typeof item === 'string' ? item : '';
}

// Neither id can hold a dot.
function cacheKey(tenant: TenantId, project: ProjectId): string {
  return `${tenant}.${project}`;
}

function createNodes(): Subspace<undefined | TupleItem | TupleItem[], TupleItem[]> {
  const { root, tuple } = foundationdb();
  return root.atRaw(nodePrefix).withKeyEncoding(tuple);
}

function toBuffer(key: string | Buffer): Buffer {
  return typeof key === 'string' ? Buffer.from(key) : key;
}

function toBuffers(range: { readonly begin: string | Buffer; readonly end: string | Buffer }): KeyRange {
  return { begin: toBuffer(range.begin), end: toBuffer(range.end) };
}
