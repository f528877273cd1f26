import { randomUUID } from 'node:crypto';
import type { TenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { Directories, TenantPlace } from './directories.ts';
import type { Store, Transaction } from './fdb/store.ts';
import { assertWritable } from './identity.ts';
import { documentId, type TenantKeys } from './keyspace.ts';
import { readPages } from './read/pages.ts';
import type { FirstDocument, TenantDocument, TenantDocuments } from './tenants.ts';
import { unknownTenant } from './unknown-tenant.ts';
import { decodeStored, encodeJson } from './values.ts';

/** Far below FoundationDB's 100 kB for a value. */
const documentBytesMax = 32 * 1024;
const pageDocuments = 500;

export class FdbTenantDocuments implements TenantDocuments {
  readonly #store: Store;
  readonly #directories: Directories;

  constructor(store: Store, directories: Directories) {
    this.#store = store;
    this.#directories = directories;
  }

  async get(tenant: TenantId, kind: string, id: string): Promise<unknown> {
    return this.#store.read(async (tn) => {
      const { keys } = await this.#find(tn, tenant);
      return readStored(kind, await tn.get(keys.document(kind, id)))?.value;
    });
  }

  async update(
    tenant: TenantId,
    kind: string,
    id: string,
    change: (current: unknown) => object | undefined,
  ): Promise<void> {
    // Tells our own commit from an equal one of another's.
    const changeId = randomUUID();
    await this.#store.transact(async (tn, attempt) => {
      const { keys } = await this.#find(tn, tenant);
      const key = keys.document(kind, id);
      const current = await tn.get(key);
      // The answer to our own first commit may have been lost.
      if (attempt > 0 && readStored(kind, current)?.changeId === changeId) return;
      await assertWritable(tn, this.#directories.identity, this.#directories.incarnation);
      const next = change(readStored(kind, current)?.value);
      if (next === undefined) tn.clear(key);
      else tn.set(key, encodeDocument(kind, { changeId, value: next }));
    });
  }

  async list(tenant: TenantId, kind: string): Promise<readonly TenantDocument[]> {
    const { keys } = await this.#store.read((tn) => this.#find(tn, tenant));
    const range = keys.documents(kind);
    const documents: TenantDocument[] = [];
    for await (const page of readPages(this.#store, range, { limit: pageDocuments })) {
      for (const [key, value] of page)
        documents.push({ id: documentId(range.begin, key), value: readStored(kind, value)?.value });
    }
    return documents;
  }

  async #find(tn: Transaction, tenant: TenantId): Promise<TenantPlace> {
    const place = await this.#directories.findTenant(tn, tenant);
    if (place === undefined) throw unknownTenant(tenant);
    return place;
  }
}

/** Of a tenant that this transaction creates. @throws PermanentError document_too_large */
export function writeFirstDocument(tn: Transaction, keys: TenantKeys, { kind, id, value }: FirstDocument): void {
  tn.set(keys.document(kind, id), encodeDocument(kind, { changeId: randomUUID(), value }));
}

interface StoredDocument {
  readonly changeId: string;
  readonly value: object;
}

function encodeDocument(kind: string, document: StoredDocument): Buffer {
  const encoded = encodeJson(document);
  if (encoded.length <= documentBytesMax) return encoded;
  throw new PermanentError('document_too_large', `a ${kind} of ${encoded.length} bytes exceeds ${documentBytesMax}`);
}

function readStored(kind: string, value: Buffer | undefined): StoredDocument | undefined {
  if (value === undefined) return undefined;
  return decodeStored(`${kind} document`, () => JSON.parse(value.toString()) as StoredDocument);
}
