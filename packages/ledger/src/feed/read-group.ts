import {
  decodeFeedRecord,
  parseBranchName,
  parseProjectId,
  parseTenantId,
  type BranchName,
  type FeedSpan,
  type Version,
} from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { Directories, ProjectPlace } from '../directories.ts';
import type { FeedGroup, FeedRow } from '../feed.ts';
import {
  keyAfter,
  readLast,
  readPage,
  type KeyRange,
  type Page,
  type Store,
  type Transaction,
  type TransactOptions,
} from '../fdb/store.ts';
import { readPages } from '../read/pages.ts';
import { loadStoredEvent } from '../read/stored-events.ts';
import { decodeStored } from '../values.ts';

/** Feed records read at once. */
const pageRecords = 1_000;
/** History keys read at once, and so rows that are decoded at the same time. */
const pageEvents = 500;

/** What one branch has in a group: runs of orders by the stamp of their commit. */
interface BranchSpans {
  readonly tenant: string;
  readonly project: string;
  readonly branch: BranchName;
  readonly runs: Map<string, { readonly first: number; readonly last: number }[]>;
  first: Version;
  last: Version;
}

/** A group's rows, branch by branch. @throws PermanentError corrupt_record at its end, when history does not have them all */
export async function* readGroup(
  store: Store,
  directories: Directories,
  group: FeedGroup,
  options: TransactOptions,
): AsyncGenerator<readonly FeedRow[]> {
  let rows = 0;
  let deletedRows = 0;
  const branches = await readSpans(store, directories, group, options);
  for (const wave of cutWaves([...branches.values()])) {
    const places = await Promise.all(
      wave.map(({ tenant, project }) => directories.findProject(parseTenantId(tenant), parseProjectId(project))),
    );
    const present = wave.flatMap((spans, index) => {
      const place = places[index];
      return place === undefined ? [] : [{ place, spans }];
    });
    const found = new Map<BranchSpans, number>();
    for await (const { spans, page } of readWave(store, present, options)) {
      if (page.length === 0) continue;
      found.set(spans, (found.get(spans) ?? 0) + page.length);
      rows += page.length;
      yield page;
    }
    for (const [index, spans] of wave.entries()) {
      if (found.has(spans)) continue;
      const place = places[index];
      if (place === undefined || (await isWithoutPast(store, place, spans, options))) deletedRows += countRows(spans);
    }
  }
  if (rows + deletedRows === group.rows) return;
  throw new PermanentError(
    'corrupt_record',
    `feed group ${group.id} of partitions ${group.slices.map(({ partition }) => partition).join(', ')} has ${group.rows} rows, ` +
      `history has ${rows} of them`,
  );
}

/** Branches that together have no more rows than one page: a swarm of small projects is read a page at a time too. */
function* cutWaves(branches: readonly BranchSpans[]): Generator<readonly BranchSpans[]> {
  let wave: BranchSpans[] = [];
  let rows = 0;
  for (const spans of branches) {
    const count = countRows(spans);
    if (wave.length > 0 && rows + count > pageEvents) {
      yield wave;
      wave = [];
      rows = 0;
    }
    wave.push(spans);
    rows += count;
  }
  if (wave.length > 0) yield wave;
}

async function readSpans(
  store: Store,
  directories: Directories,
  group: FeedGroup,
  options: TransactOptions,
): Promise<ReadonlyMap<string, BranchSpans>> {
  const branches = new Map<string, BranchSpans>();
  for (const { partition, from, to } of group.slices) {
    const keys = directories.feed.commits(partition);
    const range = { begin: keys.at(from), end: keys.range({ until: to }).end };
    for await (const page of readPages(store, range, { ...options, limit: pageRecords })) {
      for (const [key, value] of page) {
        const version = keys.version(key);
        const record = decodeStored(`feed record ${version}`, () => decodeFeedRecord(value));
        for (const span of record.spans) addSpan(branches, version, span);
      }
    }
  }
  return branches;
}

function addSpan(branches: Map<string, BranchSpans>, commit: Version, span: FeedSpan): void {
  const { tenant, project } = span;
  const key = `${tenant}.${project}.${span.branch}`;
  const first = withOrder(commit, span.firstOrder);
  const last = withOrder(commit, span.lastOrder);
  let branch = branches.get(key);
  if (branch === undefined) {
    branch = { tenant, project, branch: parseBranchName(span.branch), runs: new Map(), first, last };
    branches.set(key, branch);
  }
  // A project that changed its partition has commits in two of them: the later ones may have come first.
  if (first < branch.first) branch.first = first;
  if (last > branch.last) branch.last = last;
  const stamp = stampOf(commit);
  const runs = branch.runs.get(stamp) ?? [];
  runs.push({ first: span.firstOrder, last: span.lastOrder });
  branch.runs.set(stamp, runs);
}

interface PlacedSpans {
  readonly place: ProjectPlace;
  readonly spans: BranchSpans;
}

/** The first page of every branch in one transaction, side by side; few have more, where other partitions wrote in between. */
async function* readWave(
  store: Store,
  wave: readonly PlacedSpans[],
  options: TransactOptions,
): AsyncGenerator<{ readonly spans: BranchSpans; readonly page: readonly FeedRow[] }> {
  const readFirst = (tn: Transaction, placed: PlacedSpans): Promise<Page> =>
    readPage(tn, rangeOf(placed), { limit: Math.min(pageEvents, countRows(placed.spans)) });
  const firsts = await store.read((tn) => Promise.all(wave.map((placed) => readFirst(tn, placed))), options);
  for (const [index, placed] of wave.entries()) {
    const { rows = [], more = false } = firsts[index] ?? {};
    const { spans } = placed;
    yield { spans, page: await toRows(store, placed, rows, options) };
    const last = rows.at(-1);
    if (!more || last === undefined) continue;
    const rest = { begin: keyAfter(last[0]), end: rangeOf(placed).end };
    for await (const keys of readPages(store, rest, { ...options, limit: pageEvents })) {
      yield { spans, page: await toRows(store, placed, keys, options) };
    }
  }
}

/** One range per branch rather than one per commit. */
function rangeOf({ place, spans }: PlacedSpans): KeyRange {
  const { history } = place.keys.branch(spans.branch);
  return { begin: history.at(spans.first), end: history.range({ until: spans.last }).end };
}

/** What other partitions wrote in between is left out. */
async function toRows(
  store: Store,
  { place, spans }: PlacedSpans,
  keys: Page['rows'],
  options: TransactOptions,
): Promise<readonly FeedRow[]> {
  const { tenant, project } = place;
  const { history } = place.keys.branch(spans.branch);
  const rows: FeedRow[] = [];
  for (const [key, value] of keys) {
    const version = history.version(key);
    const order = Number.parseInt(version.slice(24), 16);
    const isIn = spans.runs.get(stampOf(version))?.some((run) => order >= run.first && order <= run.last) ?? false;
    if (!isIn) continue;
    const stored = await loadStoredEvent(store, place.keys, version, value, options);
    rows.push({ tenant, project, branch: spans.branch, ...stored });
  }
  return rows;
}

/**
 * The project was deleted since, and perhaps made anew: nothing is left of its past, on purpose. The feed of the others goes on.
 */
async function isWithoutPast(
  store: Store,
  { keys }: ProjectPlace,
  spans: BranchSpans,
  options: TransactOptions,
): Promise<boolean> {
  const range = keys.branch(spans.branch).history.range({ until: spans.last });
  return (await store.read((tn) => readLast(tn, range), options)) === undefined;
}

function countRows(spans: BranchSpans): number {
  let rows = 0;
  for (const runs of spans.runs.values()) for (const run of runs) rows += run.last - run.first + 1;
  return rows;
}

/** Incarnation and commit stamp of a version, without the order inside the transaction. */
export function stampOf(version: Version): string {
  return version.slice(0, 24);
}

export function withOrder(version: Version, order: number): Version {
  return (stampOf(version) + order.toString(16).padStart(4, '0')) as Version;
}
