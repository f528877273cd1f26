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
import { readLast, type Store, type TransactOptions } from '../fdb/store.ts';
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
  for (const spans of (await readSpans(store, directories, group, options)).values()) {
    const place = await directories.findProject(parseTenantId(spans.tenant), parseProjectId(spans.project));
    let found = 0;
    if (place !== undefined) {
      for await (const page of readBranch(store, place, spans, options)) {
        found += page.length;
        yield page;
      }
    }
    rows += found;
    const isDeleted = found === 0 && (place === undefined || (await isWithoutPast(store, place, spans, options)));
    if (isDeleted) deletedRows += countRows(spans);
  }
  if (rows + deletedRows === group.rows) return;
  throw new PermanentError(
    'corrupt_record',
    `feed group ${group.id} of partition ${group.partition} has ${group.rows} rows, history has ${rows} of them`,
  );
}

async function readSpans(
  store: Store,
  directories: Directories,
  group: FeedGroup,
  options: TransactOptions,
): Promise<ReadonlyMap<string, BranchSpans>> {
  const keys = directories.feed.commits(group.partition);
  const range = { begin: keys.at(group.from), end: keys.range({ until: group.to }).end };
  const branches = new Map<string, BranchSpans>();
  for await (const page of readPages(store, range, { ...options, limit: pageRecords })) {
    for (const [key, value] of page) {
      const version = keys.version(key);
      const record = decodeStored(`feed record ${version}`, () => decodeFeedRecord(value));
      for (const span of record.spans) addSpan(branches, version, span);
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
  branch.last = last;
  const stamp = stampOf(commit);
  const runs = branch.runs.get(stamp) ?? [];
  runs.push({ first: span.firstOrder, last: span.lastOrder });
  branch.runs.set(stamp, runs);
}

/** One range per branch rather than one per commit; what other partitions wrote in between is left out. */
async function* readBranch(
  store: Store,
  place: ProjectPlace,
  spans: BranchSpans,
  options: TransactOptions,
): AsyncGenerator<readonly FeedRow[]> {
  const { tenant, project, keys } = place;
  const { history } = keys.branch(spans.branch);
  const range = { begin: history.at(spans.first), end: history.range({ until: spans.last }).end };
  for await (const page of readPages(store, range, { ...options, limit: pageEvents })) {
    const rows: FeedRow[] = [];
    for (const [key, value] of page) {
      const version = history.version(key);
      const order = Number.parseInt(version.slice(24), 16);
      const isIn = spans.runs.get(stampOf(version))?.some((run) => order >= run.first && order <= run.last) ?? false;
      if (!isIn) continue;
      const stored = await loadStoredEvent(store, keys, version, value, options);
      rows.push({ tenant, project, branch: spans.branch, ...stored });
    }
    yield rows;
  }
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
