import assert from 'node:assert/strict';
import {
  mainBranch,
  parseBranchName,
  parseProjectPath,
  type BranchName,
  type ReceivedEvent,
  type Version,
} from '@swarmledger/protocol';
import fc from 'fast-check';
import type { TreeEntry } from './history.ts';
import { collect, commit, readFiles, testLedger } from './testing/backends.ts';
import { ReadCounter } from './testing/read-counter.ts';
import { branchNamed, message, remove, rename, write } from './testing/events.ts';

type Files = Readonly<Record<string, string>>;
const branches = ['main', 'b1', 'b2', 'b3'] as const;
const paths = ['a', 'a/b', 'a-b', 'ü', 'z z', '\u{1f600}'] as const;

type Step =
  | { readonly kind: 'write'; readonly branch: number; readonly path: string; readonly content: string }
  | { readonly kind: 'remove'; readonly branch: number; readonly path: string }
  | { readonly kind: 'rename'; readonly branch: number; readonly path: string; readonly from: string }
  /** Forks the next branch that does not exist yet, from a version seen so far. */
  | { readonly kind: 'fork'; readonly from: number }
  /** Ends the transaction. */
  | { readonly kind: 'commit' };

const branch = fc.nat(branches.length - 1);
const path = fc.constantFrom(...paths);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('write' as const), branch, path, content: fc.constantFrom('x', 'y', '') }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), branch, path }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('rename' as const), branch, path, from: path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fork' as const), from: fc.nat(1_000) }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'commit' as const }) },
);

/** What every branch is, kept the simple way: a whole copy of the files at every version. */
class Model {
  readonly moments = new Map<BranchName, { readonly version: Version; readonly files: Files }[]>([[mainBranch, []]]);

  current(name: BranchName): Files {
    return this.moments.get(name)?.at(-1)?.files ?? {};
  }

  apply(files: Files, step: Step): Files {
    const next: Record<string, string> = { ...files };
    if (step.kind === 'write') next[step.path] = step.content;
    if (step.kind === 'remove') delete next[step.path];
    if (step.kind === 'rename') {
      const content = next[step.from];
      if (content === undefined) return files;
      delete next[step.from];
      next[step.path] = content;
    }
    return next;
  }
}

function toEvent(step: Step): ReceivedEvent | undefined {
  if (step.kind === 'fork' || step.kind === 'commit') return undefined;
  const at = branchNamed(branches[step.branch] ?? 'main');
  if (step.kind === 'write') return write(step.path, step.content, at);
  if (step.kind === 'remove') return remove(step.path, at);
  return rename(step.from, step.path, {}, at);
}

testLedger('every branch at every version is what a simple model says', async (open) => {
  const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 2 ** 31);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 45 }), async (steps) => {
      const { lease, history } = await open();
      const model = new Model();
      let pending: { readonly name: BranchName; readonly step: Step; readonly event: ReceivedEvent }[] = [];
      const flush = async (): Promise<void> => {
        const versions = await commit(lease, ...pending.map(({ event }) => message(event)));
        for (const [index, { name, step: done }] of pending.entries()) {
          const moments = model.moments.get(name);
          moments?.push({ version: versions[index]!, files: model.apply(model.current(name), done) });
        }
        pending = [];
      };
      for (const next of steps) {
        if (next.kind === 'commit') await flush();
        if (next.kind === 'fork') {
          await flush();
          const name = branches.map((each) => parseBranchName(each)).find((each) => !model.moments.has(each));
          const all = [...model.moments].flatMap(([parent, moments]) => moments.map((moment) => ({ parent, moment })));
          const from = all[next.from % Math.max(all.length, 1)];
          if (name === undefined || from === undefined) continue;
          await (
            await history()
          ).fork(name, { branch: from.parent, version: from.moment.version }, { by: 'm', reason: '' });
          const moments = model.moments.get(from.parent) ?? [];
          model.moments.set(name, moments.slice(0, moments.indexOf(from.moment) + 1));
        }
        const event = toEvent(next);
        if (event !== undefined && model.moments.has(event.event.branch)) {
          pending.push({ name: event.event.branch, step: next, event });
        }
      }
      await flush();
      if (model.current(mainBranch) === undefined || model.moments.get(mainBranch)?.length === 0) return;
      const project = await history();
      for (const [name, moments] of model.moments) {
        for (const { version, files } of moments) {
          assert.deepEqual(await readFiles(project, version, name), files);
          for (const each of paths) {
            const state = await project.pathState(name, parseProjectPath(each), version);
            assert.equal(state !== undefined, each in files);
          }
        }
        const last = moments.at(-1);
        if (last === undefined) continue;
        const order = (await collect(project.tree(name, last.version))).map((entry) => Buffer.from(entry.path));
        assert.deepEqual(
          [...order].sort((a, b) => a.compare(b)),
          order,
        );
        // Where each page could go on, also behind a path that is not there.
        for (const each of paths) {
          const after = parseProjectPath(each);
          const rest: readonly TreeEntry[] = await collect(project.tree(name, last.version, { after }));
          const behind = order.filter((path) => path.compare(Buffer.from(after)) > 0).map(String);
          assert.deepEqual(
            rest.map((entry) => String(entry.path)),
            behind,
          );
        }
      }
    }),
    { seed, numRuns: 25 },
  );
});

testLedger('reads a tree of many paths, each changed often, page by page', async (open) => {
  const { lease, history } = await open();
  const names = Array.from({ length: 1_300 }, (_, index) => `dir${index % 7}/file ${index}`);
  const all = (content: string): ReturnType<typeof message>[] => names.map((name) => message(write(name, content)));
  const first = await commit(lease, ...all('1'));
  const second = await commit(lease, ...all('2'));
  await commit(lease, ...all('3'));
  const project = await history();
  const at = async (version: Version): Promise<readonly string[]> =>
    (await collect(project.tree(mainBranch, version))).map(({ path: each, version: changed }) => `${each} ${changed}`);
  const sorted = (versions: readonly Version[]): readonly string[] =>
    names.map((name, index) => `${name} ${versions[index]!}`).sort();
  assert.deepEqual(await at(first.at(-1)!), sorted(first));
  const half = second.map((version, index) => (index < 650 ? version : first[index]!));
  assert.deepEqual(await at(second[649]!), sorted(half));
});

testLedger('a tree and a fork cost the same however long history is', async (open) => {
  const counter = new ReadCounter();
  const { lease, history } = await open({ wrap: counter.wrap });
  const names = Array.from({ length: 40 }, (_, index) => `file ${index}`);
  const changeAll = (round: number): Promise<readonly Version[]> =>
    commit(lease, ...names.map((name) => message(write(name, `${name} ${round}`))));
  const first = (await changeAll(0)).at(-1)!;
  await changeAll(1);
  const project = await history();
  const costs = async (): Promise<readonly number[]> => {
    const latest = (await project.latest(mainBranch))!;
    const branch = parseBranchName(`fork-${latest}`);
    return [
      await counter.count(() => collect(project.tree(mainBranch, first))),
      await counter.count(() => collect(project.tree(mainBranch, latest))),
      await counter.count(() => project.fork(branch, { branch: mainBranch, version: first }, { by: 'me', reason: '' })),
    ];
  };
  const short = await costs();
  for (let round = 2; round < 60; round++) await changeAll(round);
  assert.deepEqual(await costs(), short);
});
