import { ContentProbe, type ContentVerdict } from '../content/verify-content.ts';
import type { ProjectPlace } from '../directories.ts';
import type { Store, Transaction, TransactOptions } from '../fdb/store.ts';
import type { ProjectKeys } from '../keyspace.ts';
import type { PreparedProject } from './prepare.ts';

/** What the state changes of an append that name content in chunks may count on, found out before the transaction. */
export class ContentFindings {
  readonly #probes: ReadonlyMap<string, ContentProbe>;
  readonly #verdicts: ReadonlyMap<string, ContentVerdict>;

  constructor(probes: ReadonlyMap<string, ContentProbe>, verdicts: ReadonlyMap<string, ContentVerdict>) {
    this.#probes = probes;
    this.#verdicts = verdicts;
  }

  /** False: the content's state is not the one that was looked at, so the verdicts about it do not hold. */
  isFresh(contentId: string, state: Buffer | undefined): boolean {
    const probe = this.#probes.get(contentId);
    if (probe === undefined) return true;
    return probe.stored === undefined ? state === undefined : state !== undefined && probe.stored.equals(state);
  }

  verdict(messageIndex: number, sha256: Uint8Array): ContentVerdict {
    const verdict = this.#verdicts.get(verdictKey(messageIndex, Buffer.from(sha256).toString('hex')));
    if (verdict === undefined) throw new RangeError('a message names content that was not looked at');
    return verdict;
  }
}

/** Looks the messages of one project through in order: each one counts on its own chunks and on those before it. */
export async function findContents(
  store: Store,
  place: ProjectPlace,
  prepared: PreparedProject,
  options: TransactOptions,
): Promise<ContentFindings> {
  const named = [...listNamedContents(prepared)];
  const verdicts = new Map<string, ContentVerdict>();
  if (named.length === 0) return new ContentFindings(new Map(), verdicts);
  const probes = new Map(
    await store.read((tn) => Promise.all(named.map((id) => openProbe(tn, place.keys, id))), options),
  );
  for (const message of prepared.messages) {
    for (const { event } of message.events) {
      if (event.payload.kind !== 'content_chunk') continue;
      const { sha256, offset, totalBytes, data } = event.payload;
      probes.get(Buffer.from(sha256).toString('hex'))?.addSlice(offset, totalBytes, data);
    }
    for (const { event } of message.events) {
      if (event.payload.kind !== 'state_change' || event.payload.body.kind !== 'content_sha256') continue;
      const id = Buffer.from(event.payload.body.sha256).toString('hex');
      const key = verdictKey(message.index, id);
      const probe = probes.get(id);
      if (probe === undefined || verdicts.has(key)) continue;
      verdicts.set(key, await probe.judge(store, place.keys, options));
    }
  }
  return new ContentFindings(probes, verdicts);
}

async function openProbe(
  tn: Transaction,
  keys: ProjectKeys,
  id: string,
): Promise<readonly [id: string, probe: ContentProbe]> {
  const sha256 = Buffer.from(id, 'hex');
  return [id, new ContentProbe(sha256, await tn.get(keys.content(sha256).state))];
}

function listNamedContents(prepared: PreparedProject): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { events } of prepared.messages) {
    for (const { event } of events) {
      if (event.payload.kind === 'state_change' && event.payload.body.kind === 'content_sha256') {
        ids.add(Buffer.from(event.payload.body.sha256).toString('hex'));
      }
    }
  }
  return ids;
}

function verdictKey(messageIndex: number, contentId: string): string {
  return `${messageIndex} ${contentId}`;
}
