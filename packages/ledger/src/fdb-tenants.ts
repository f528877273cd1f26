import { randomUUID } from 'node:crypto';
import type { ProjectId, TenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { Directories, TenantPlace } from './directories.ts';
import type { Store, Transaction } from './fdb/store.ts';
import { FdbTenantDocuments, writeFirstDocument } from './fdb-tenant-documents.ts';
import { assertWritable } from './identity.ts';
import { decodeQuota } from './quotas.ts';
import {
  plans,
  type FirstDocument,
  type TenantDocuments,
  type TenantProfile,
  type TenantRecord,
  type Tenants,
  type TenantUsage,
} from './tenants.ts';
import { unknownTenant } from './unknown-tenant.ts';
import { decodeCount, decodeStored, encodeJson } from './values.ts';

/** Tenant records read in one transaction. */
const recordsPerRead = 500;
/** Tenants that `ensure` remembers as existing. */
const ensuredMax = 20_000;

export class FdbTenants implements Tenants {
  readonly documents: TenantDocuments;
  readonly #store: Store;
  readonly #directories: Directories;
  readonly #clock: () => number;
  readonly #ensured = new Set<TenantId>();

  constructor(store: Store, directories: Directories, clock: () => number) {
    this.#store = store;
    this.#directories = directories;
    this.#clock = clock;
    this.documents = new FdbTenantDocuments(store, directories);
  }

  async create(id: TenantId, profile: TenantProfile = {}, document?: FirstDocument): Promise<TenantRecord> {
    const record: TenantRecord = {
      id,
      displayName: profile.displayName ?? id,
      plan: profile.plan ?? 'free',
      createdAtMs: this.#clock(),
      ...(profile.quota === undefined ? {} : { quota: profile.quota }),
    };
    // Tells our own commit from another's of the same millisecond.
    const value = encodeJson({ ...record, registration: randomUUID() });
    await this.#store.transact(async (tn, attempt) => {
      const existing = await this.#read(tn, id);
      // The answer to our own first commit may have been lost.
      if (attempt > 0 && existing?.value?.equals(value)) return;
      if (existing !== undefined) throw new PermanentError('tenant_exists', `tenant ${id} exists already`);
      if (await this.#directories.wasRemoved(tn, id))
        throw new PermanentError('tenant_exists', `there was a tenant ${id}, and its name is not given again`);
      await assertWritable(tn, this.#directories.identity, this.#directories.incarnation);
      const place = await this.#directories.createTenant(tn, id);
      tn.set(place.keys.record, value);
      if (document !== undefined) writeFirstDocument(tn, place.keys, document);
    });
    return record;
  }

  async show(id: TenantId): Promise<TenantRecord> {
    const found = await this.#store.read((tn) => this.#read(tn, id));
    if (found === undefined) throw unknownTenant(id);
    return decodeRecord(id, found.value);
  }

  async change(id: TenantId, profile: TenantProfile): Promise<TenantRecord> {
    return this.#store.transact(async (tn) => {
      const existing = await this.#read(tn, id);
      if (existing === undefined) throw unknownTenant(id);
      await assertWritable(tn, this.#directories.identity, this.#directories.incarnation);
      const record = decodeRecord(id, existing.value);
      tn.set(existing.place.keys.record, encodeJson({ ...record, ...profile }));
      return { ...record, ...profile };
    });
  }

  async createProject(id: TenantId, project: ProjectId): Promise<void> {
    if ((await this.#directories.ensureProject(id, project)) === undefined) throw unknownTenant(id);
  }

  async remove(id: TenantId): Promise<void> {
    await this.#store.transact(async (tn, attempt) => {
      const existing = await this.#read(tn, id);
      // Begun before; or the answer to our own first commit may have been lost.
      if (existing === undefined && (attempt > 0 || (await this.#directories.isRetired(tn, id)))) return;
      if (existing === undefined) throw unknownTenant(id);
      await assertWritable(tn, this.#directories.identity, this.#directories.incarnation);
      await this.#directories.retireTenant(tn, existing.place);
    });
    this.#ensured.delete(id);
    await this.#directories.clearRetired(id);
  }

  async removed(): Promise<readonly TenantId[]> {
    const ids: TenantId[] = [];
    for await (const id of this.#directories.retiredTenants()) ids.push(id);
    return ids;
  }

  async forget(id: TenantId): Promise<void> {
    await this.#store.transact(async (tn) => {
      await assertWritable(tn, this.#directories.identity, this.#directories.incarnation);
      await this.#directories.forgetRetired(tn, id);
    });
  }

  async list(): Promise<readonly TenantRecord[]> {
    const records: TenantRecord[] = [];
    let ids: TenantId[] = [];
    const readRecords = async (): Promise<void> => {
      const batch = ids;
      ids = [];
      const found = await this.#store.read((tn) => Promise.all(batch.map((id) => this.#read(tn, id))));
      found.forEach((tenant, index) => {
        const id = batch[index];
        if (tenant !== undefined && id !== undefined) records.push(decodeRecord(id, tenant.value));
      });
    };
    for await (const id of this.#directories.tenants()) {
      ids.push(id);
      if (ids.length >= recordsPerRead) await readRecords();
    }
    await readRecords();
    return records;
  }

  async projects(id: TenantId): Promise<readonly ProjectId[]> {
    await this.show(id);
    const projects: ProjectId[] = [];
    for await (const project of this.#directories.projects(id)) projects.push(project);
    return projects;
  }

  async ensure(id: TenantId): Promise<void> {
    if (this.#ensured.has(id)) return;
    const existing = await this.#store.read((tn) => this.#read(tn, id));
    if (existing === undefined) {
      try {
        await this.create(id);
      } catch (error) {
        const raced = error instanceof PermanentError && error.code === 'tenant_exists';
        if (!raced) throw error;
      }
    }
    if (this.#ensured.size >= ensuredMax) this.#ensured.clear();
    this.#ensured.add(id);
  }

  async usage(id: TenantId, day: string): Promise<number> {
    return this.#store.read(async (tn) => {
      const place = await this.#directories.findTenant(tn, id);
      if (place === undefined) throw unknownTenant(id);
      return decodeCount(await tn.get(place.keys.usage(day)));
    });
  }

  async usages(ids: readonly TenantId[], day: string): Promise<ReadonlyMap<TenantId, TenantUsage>> {
    const read = async (tn: Transaction, id: TenantId): Promise<TenantUsage | undefined> => {
      const place = await this.#directories.findTenant(tn, id);
      if (place === undefined) return undefined;
      const [record, events] = await Promise.all([tn.get(place.keys.record), tn.get(place.keys.usage(day))]);
      return { record: decodeRecord(id, record), events: decodeCount(events) };
    };
    const found = await this.#store.read((tn) => Promise.all(ids.map((id) => read(tn, id))));
    return new Map(
      ids.flatMap((id, index) => {
        const usage = found[index];
        return usage === undefined ? [] : [[id, usage] as const];
      }),
    );
  }

  async #read(
    tn: Transaction,
    id: TenantId,
  ): Promise<{ readonly place: TenantPlace; readonly value: Buffer | undefined } | undefined> {
    const place = await this.#directories.findTenant(tn, id);
    return place === undefined ? undefined : { place, value: await tn.get(place.keys.record) };
  }
}

function decodeRecord(id: TenantId, value: Buffer | undefined): TenantRecord {
  return decodeStored(`record of tenant ${id}`, () => {
    if (value === undefined) throw new RangeError('it is missing');
    const record = JSON.parse(value.toString()) as Omit<TenantRecord, 'quota'> & {
      readonly quota?: Readonly<Record<string, number | null>>;
    };
    if (!plans.includes(record.plan)) throw new RangeError('it names no plan');
    const { displayName, plan, createdAtMs } = record;
    const quota = decodeQuota(record.quota);
    return { id, displayName, plan, createdAtMs, ...(quota === undefined ? {} : { quota }) };
  });
}
