import {
  mainBranch,
  parseBranchName,
  parseProjectId,
  parseProjectPath,
  parseTagName,
  parseTenantId,
  type TenantId,
} from '@swarmledger/protocol';
import type { FeedGroup } from '../feed.ts';
import type { ProjectHistory } from '../history.ts';
import type { Ledger } from '../ledger.ts';
import type { AppendMessage, AppendResult, Lease } from '../partitions.ts';
import { change, decision, hash, inline, message, receive, remove, rename, write } from './events.ts';
import { collect, collectPages, readFiles } from './backends.ts';

/** One run of the scenario: nothing of it touches another run's. What a step leaves to the next is kept here. */
export interface Run {
  readonly ledger: Ledger;
  readonly tenant: TenantId;
  readonly partition: number;
  readonly messages: readonly (readonly AppendMessage[])[];
  lease?: Lease;
  group?: FeedGroup | undefined;
}

/** A call of the ledger as a service makes it; what it answers is compared. */
export interface Step {
  readonly name: string;
  readonly run: (run: Run) => Promise<unknown>;
  /** What a second call may say when the first one failed and its commit had happened all the same. */
  readonly doneBefore?: string;
}

const project = parseProjectId('shop');
const fork = parseBranchName('try');
const tag = parseTagName('v1');
/** Two chunks of the content store: more than one key. */
const large = Buffer.alloc(120_000, 'large');
const feedLimits = { rowsTarget: 1_000, bytesMax: 1_000_000 };
const why = { by: 'test', reason: 'to try' };

export function createRun(ledger: Ledger, number: number): Run {
  const tenant = parseTenantId(`t${String(number).padStart(7, '0')}`);
  return { ledger, tenant, partition: number, messages: createMessages(tenant) };
}

/** Made once a run: what is appended again is the same message. */
function createMessages(tenant: TenantId): Run['messages'] {
  const scope = { tenant, project };
  const content = { sha256: hash(large), offset: 0, totalBytes: large.length, data: large };
  return [
    [
      message(decision('because', scope), write('a.txt', 'one\ntwo\n', scope)),
      message(receive({ kind: 'content_chunk', ...content }, scope), write('b.txt', 'b', scope)),
    ],
    [
      message(change('a.txt', { body: inline('new'), baseSha256: hash('not seen') }, scope)),
      message(change('large', { body: { kind: 'content_sha256', sha256: hash(large) } }, scope)),
      message(rename('b.txt', 'd/b.txt', {}, scope), remove('a.txt', scope)),
    ],
  ];
}

const openProject = ({ ledger, tenant }: Run): Promise<ProjectHistory> => ledger.project(tenant, project);

async function latest(
  run: Run,
): Promise<{ readonly history: ProjectHistory; readonly point: Parameters<ProjectHistory['fork']>[1] }> {
  const history = await openProject(run);
  const version = await history.latest(mainBranch);
  if (version === undefined) throw new RangeError('nothing was committed');
  return { history, point: { branch: mainBranch, version } };
}

/** Versions differ from run to run; an append whose answer was lost finds duplicates, which make no conflict again. */
function summarize(results: readonly AppendResult[]): unknown {
  return results.map((result) => (result.kind === 'committed' ? result.events.length : result.code));
}

const append =
  (index: number): Step['run'] =>
  async ({ lease, messages }) =>
    summarize((await lease?.append(messages[index] ?? [])) ?? []);

/** Every kind of call, in an order in which each has something to do. */
export const steps: readonly Step[] = [
  { name: 'create a tenant', run: ({ ledger, tenant }) => ledger.tenants.create(tenant), doneBefore: 'tenant_exists' },
  { name: 'ensure it', run: ({ ledger, tenant }) => ledger.tenants.ensure(tenant) },
  { name: 'change it', run: ({ ledger, tenant }) => ledger.tenants.change(tenant, { plan: 'pro' }) },
  { name: 'show it', run: ({ ledger, tenant }) => ledger.tenants.show(tenant) },
  {
    name: 'update a document',
    run: ({ ledger, tenant }) => ledger.tenants.documents.update(tenant, 'note', 'a', () => ({ text: 'x' })),
  },
  { name: 'list documents', run: ({ ledger, tenant }) => ledger.tenants.documents.list(tenant, 'note') },
  {
    name: 'acquire the partition',
    run: async (run) => void (run.lease = await run.ledger.partitions.acquire(run.partition, 'test')),
  },
  { name: 'append to a new project', run: append(0) },
  { name: 'append a conflict and content sent ahead', run: append(1) },
  { name: 'append again', run: append(0) },
  {
    name: 'append beside the owner',
    run: async ({ ledger, partition, messages }) =>
      summarize(await ledger.partitions.beside(partition).append(messages[1] ?? [])),
  },
  {
    name: 'create a project',
    run: ({ ledger, tenant }) => ledger.tenants.createProject(tenant, parseProjectId('other')),
  },
  {
    name: 'set a tag',
    run: async (run) => {
      const { history, point } = await latest(run);
      await history.setTag(tag, point);
    },
  },
  {
    name: 'fork',
    run: async (run) => {
      const { history, point } = await latest(run);
      const { name, reason } = await history.fork(fork, point, why);
      return { name, reason };
    },
    doneBefore: 'branch_exists',
  },
  { name: 'next group of the feed', run: async (run) => (run.group = await nextGroup(run))?.rows },
  {
    name: 'rows of the group',
    run: async ({ ledger, group }) =>
      group === undefined
        ? 0
        : (await collectPages(ledger.feed.open().rows(group))).map(({ event }) => event.payload.kind),
  },
  {
    name: 'complete the group',
    run: async ({ ledger, group }) => {
      if (group !== undefined) await ledger.feed.open().complete(group);
    },
  },
  { name: 'nothing is left in the feed', run: nextGroup },
  { name: 'release the partition', run: async ({ lease }) => lease?.release() },
  { name: 'read everything', run: readEverything },
];

function nextGroup({ ledger, partition }: Run): Promise<FeedGroup | undefined> {
  return ledger.feed.open().nextGroup([partition], feedLimits);
}

async function readEverything(run: Run): Promise<unknown> {
  const { history, point } = await latest(run);
  const events = await collect(history.events({ branch: mainBranch }));
  const ids = events.map(({ event }) => event.eventId);
  const first = events[0];
  const onFork = await collect(history.events({ branch: fork }));
  return {
    tenants: await run.ledger.tenants.projects(run.tenant),
    usage: await run.ledger.tenants.usage(run.tenant, '1970-01-01'),
    kinds: events.map(({ event }) => event.payload.kind),
    head: (await history.head(mainBranch))?.events,
    receipts: (await history.receipts(ids)).map(({ kind }) => kind),
    found: first === undefined ? undefined : (await history.find(first.event.eventId))?.version === first.version,
    before: first === undefined ? undefined : await history.versionBefore(first.event.eventId),
    files: Object.keys(await readFiles(history, point.version)),
    changes: (await collect(history.pathChanges(mainBranch, aTxt, point.version))).map(({ exists }) => exists),
    atTime: (await history.versionAtTime(mainBranch, 1_000)) === point.version,
    tags: (await history.tags()).map(({ name }) => name),
    branches: (await history.branches()).map(({ name }) => name),
    onFork: onFork.length,
  };
}

const aTxt = parseProjectPath('a.txt');
