import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { mainBranch, type BranchName, type SwarmEvent, type Version } from '@swarmledger/protocol';
import { openDatabase } from '../fdb/open-database.ts';
import type { NativeDatabase } from '../fdb/package.ts';
import type { Feed, FeedGroup, FeedRow, GroupLimits } from '../feed.ts';
import type { ProjectHistory, StoredEvent, WatchOptions } from '../history.ts';
import type { Ledger, LedgerConnection, LedgerOptions } from '../ledger.ts';
import { openLedgerOn } from '../open-ledger.ts';
import type { AppendMessage, AppendResult, Lease } from '../partitions.ts';
import { project, tenant } from './events.ts';

/** One test's own corner of a database. */
export interface TestLedger {
  readonly ledger: Ledger;
  readonly lease: Lease;
  readonly root: readonly string[];
  readonly connection: LedgerConnection;
  /** Another ledger object on the same data, as another process would have it. */
  readonly reopen: (options?: TestLedgerOptions) => Promise<Ledger>;
  readonly history: () => Promise<ProjectHistory>;
}

export interface TestLedgerOptions {
  readonly clock?: () => number;
  /** `none`: an empty ledger, without the tests' tenant. */
  readonly tenant?: 'none';
  /** `memory`: a file that no disk has to be waited for, where the system has room for such. */
  readonly disk?: 'memory';
  /** Puts something between the ledger and its database. */
  readonly wrap?: (native: NativeDatabase) => NativeDatabase;
}

export type OpenTestLedger = (options?: TestLedgerOptions) => Promise<TestLedger>;

const sharedMemory = '/dev/shm';
const clusterFile = process.env['FDB_CLUSTER_FILE'];

/** The embedded ledger always; a cluster whenever FDB_CLUSTER_FILE names one, and then it must work. */
const backends: readonly LedgerConnection['kind'][] =
  clusterFile === undefined || clusterFile === '' ? ['embedded'] : ['embedded', 'cluster'];

/** A test on every kind of ledger: the same calls, the same answers. */
export function testLedger(name: string, body: (open: OpenTestLedger, t: TestContext) => Promise<void>): void {
  for (const kind of backends) {
    void test(`${name} (${kind})`, async (t) => {
      await body((options) => openTestLedger(t, kind, options), t);
    });
  }
}

/** A test on every pair of ledgers: from the first kind to the second. */
export function testLedgerPair(
  name: string,
  body: (openFrom: OpenTestLedger, openTo: OpenTestLedger) => Promise<void>,
): void {
  for (const from of backends) {
    for (const to of backends) {
      void test(`${name} (${from} to ${to})`, async (t) => {
        await body(
          (options) => openTestLedger(t, from, options),
          (options) => openTestLedger(t, to, { tenant: 'none', ...options }),
        );
      });
    }
  }
}

async function openTestLedger(
  t: TestContext,
  kind: LedgerConnection['kind'],
  options: TestLedgerOptions = {},
): Promise<TestLedger> {
  const root = ['swarmledger-test', randomUUID()];
  const connection = createConnection(t, kind, options.disk === 'memory' ? memoryFolder() : tmpdir());
  const reopen = async (again: TestLedgerOptions = options): Promise<Ledger> => {
    const native = openDatabase(connection);
    const opened: Omit<LedgerOptions, 'connection'> = {
      root,
      ...(again.clock === undefined ? {} : { clock: again.clock }),
    };
    const ledger = await openLedgerOn(again.wrap?.(native) ?? native, opened);
    t.after(() => ledger.close());
    return ledger;
  };
  const ledger = await reopen();
  if (options.tenant === undefined) await ledger.tenants.ensure(tenant);
  const lease = await ledger.partitions.acquire(0, 'test');
  return { ledger, lease, root, connection, reopen, history: () => ledger.project(tenant, project) };
}

function memoryFolder(): string {
  return existsSync(sharedMemory) ? sharedMemory : tmpdir();
}

function createConnection(t: TestContext, kind: LedgerConnection['kind'], parent: string): LedgerConnection {
  if (kind === 'cluster') return { kind, clusterFile: clusterFile ?? '' };
  const folder = mkdtempSync(join(parent, 'swarmledger-ledger-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { kind, file: join(folder, 'ledger.sqlite') };
}

/** Appends messages that all must be committed; returns the version of each message's last event. */
export async function commit(lease: Lease, ...messages: readonly AppendMessage[]): Promise<readonly Version[]> {
  return (await lease.append(messages)).map((result) => {
    const last = result.kind === 'committed' ? result.events.at(-1) : undefined;
    if (last === undefined) throw new Error(`not committed: ${JSON.stringify(result)}`);
    return last.version;
  });
}

/** The only result of an append. */
export async function appendOne(lease: Lease, one: AppendMessage): Promise<AppendResult> {
  const [result] = await lease.append([one]);
  if (result === undefined) throw new Error('no result');
  return result;
}

/** All items of all pages. */
export async function collectPages<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  return (await collect(pages)).flat();
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function readEvents(
  history: ProjectHistory,
  branch: BranchName = mainBranch,
): Promise<readonly SwarmEvent[]> {
  return (await collect(history.events({ branch }))).map(({ event }: StoredEvent) => event);
}

/** Path to content, as one object. */
export async function readFiles(
  history: ProjectHistory,
  at: Version,
  branch: BranchName = mainBranch,
): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for await (const entry of history.tree(branch, at)) {
    files[entry.path] = Buffer.concat(await collect(history.content(entry.sha256))).toString();
  }
  return files;
}

export async function readLatestFiles(history: ProjectHistory, branch: BranchName = mainBranch): Promise<object> {
  const latest = await history.latest(branch);
  return latest === undefined ? {} : readFiles(history, latest, branch);
}

/** A feed reader that always asks for the same partitions. */
export interface PartitionsFeed {
  nextGroup(limits: GroupLimits): Promise<FeedGroup | undefined>;
  rows(group: FeedGroup): AsyncIterable<readonly FeedRow[]>;
  complete(group: FeedGroup): Promise<void>;
  dissolve(group: FeedGroup): Promise<void>;
  watch(options: WatchOptions): Promise<void>;
}

export function readPartitions(feed: Feed, ...partitions: readonly number[]): PartitionsFeed {
  const reader = feed.open();
  return {
    nextGroup: (limits) => reader.nextGroup(partitions, limits),
    rows: (group) => reader.rows(group),
    complete: (group) => reader.complete(group),
    dissolve: (group) => reader.dissolve(group),
    watch: (options) => reader.watch(partitions, options),
  };
}
