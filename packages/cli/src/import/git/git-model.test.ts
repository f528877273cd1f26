import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseBranchName, parseProjectId, parseTenantId } from '@swarmledger/protocol';
import type { Environment } from '@swarmledger/runtime';
import { EventTree } from './event-tree.ts';
import { readGitHistory } from './read-git-history.ts';
import { TestRepository, testEnvironment, type FastChange, type FastCommit } from './test-repository.ts';
import { listGitTree } from './tree.ts';

const target = {
  tenant: parseTenantId('acme'),
  project: parseProjectId('demo'),
  branch: parseBranchName('main'),
};

const names = [
  'a',
  'b',
  'c',
  'with space',
  'quo"te',
  "apo'strophe",
  'new\nline',
  'tab\t',
  'naïve',
  '日本語',
  '-dash',
  '#',
  '{}',
];
const path = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const content = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc.string().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
);
const change: fc.Arbitrary<FastChange> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ path, mode: fc.constantFrom('100644', '100755', '120000'), content }) },
  { weight: 2, arbitrary: fc.record({ path, mode: fc.constant('delete' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      path,
      mode: fc.constant('160000' as const),
      commit: fc.constantFrom('1', 'e').map((d) => d.repeat(40)),
    }),
  },
);
const history = fc.array(
  fc.record({
    changes: fc.array(change, { maxLength: 6 }),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.nat({ max: 5 }),
  }),
  { minLength: 1, maxLength: 12 },
);

/** Most commits follow the one before; some start a side line, some merge one. Contents of a symlink may be anything but empty. */
function toCommits(drawn: typeof history extends fc.Arbitrary<infer Value> ? Value : never): FastCommit[] {
  return drawn.map(({ changes, from, kind }, index) => {
    const other = Math.min(Math.floor(from * index) + 1, index);
    return {
      seconds: 1_700_000_000 + index,
      message: `commit ${index}`,
      changes: changes.map((one) =>
        one.mode === '120000' ? { ...one, content: Buffer.from(`to/${one.content.length}`) } : one,
      ),
      ...(kind === 0 && index > 0 ? { from: other } : {}),
      ...(kind === 1 && other < index ? { merge: other } : {}),
    };
  });
}

async function assertEveryCommitMatches(repository: string, environment: Environment): Promise<number> {
  const tree = new EventTree();
  let commits = 0;
  for await (const group of readGitHistory({ ...target, repository, environment })) {
    tree.apply(group);
    if (!group.last) continue;
    commits += 1;
    const listed = await listGitTree(repository, tree.tag.slice('git:'.length), environment);
    assert.deepEqual(tree.blobs(), new Map(listed), `the tree at ${tree.tag}`);
  }
  return commits;
}

test('the events of any history give the tree of every commit, path by path, mode by mode, blob by blob', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (drawn) => {
      const undo: (() => void)[] = [];
      try {
        const repository = new TestRepository({ after: (run) => undo.push(run) });
        repository.import(...toCommits(drawn));
        await assertEveryCommitMatches(repository.dir, testEnvironment);
      } finally {
        for (const run of undo) run();
      }
    }),
    { numRuns: 30 },
  );
});

test('the events of this very repository give the tree of each of its commits', async (t) => {
  let root: string;
  try {
    root = execFileSync('git', ['rev-parse', '--show-toplevel'], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString('utf8')
      .trim();
  } catch {
    t.skip('this is no Git checkout');
    return;
  }
  assert.ok((await assertEveryCommitMatches(root, process.env)) > 0);
});
