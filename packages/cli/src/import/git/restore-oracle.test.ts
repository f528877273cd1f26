import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ProjectHistory } from '@swarmledger/ledger';
import { fileModes, mainBranch, parseTagName } from '@swarmledger/protocol';
import { resolveMoment, restore, verifyAgainstGit, type Moment } from '@swarmledger/replayer';
import { withScope } from '@swarmledger/runtime';
import { openCommits } from './commits.ts';
import { openTestLedger } from './test-ledger.ts';
import { testEnvironment } from './test-repository.ts';
import { readTree, type GitTreeEntry } from './tree.ts';

const checkout = fileURLToPath(new URL('../../../../..', import.meta.url));
/** Restored to files, evenly spread over the history; all others are compared as the ledger lists them. */
const restoresMax = 25;

/** What a restore costs on a disk is for the benchmark to say: here its bytes count, wherever they are. */
function openScratch(): string {
  for (const parent of ['/dev/shm', tmpdir()]) {
    try {
      return mkdtempSync(join(parent, 'swarmledger-oracle-'));
    } catch (error) {
      if (parent === tmpdir()) throw error;
    }
  }
  throw new Error('there is no folder for temporary files');
}

/** The repository's own environment: a test's bare one does not know that this user may read it. */
const environment = { ...testEnvironment, HOME: process.env['HOME'] };

async function listCommits(): Promise<readonly string[]> {
  return withScope(async (scope) => {
    const reader = scope.own('commits', await openCommits({ repository: checkout, environment }, 'HEAD'));
    const commits: string[] = [];
    for (let next = await reader.next(); next !== undefined; next = await reader.next()) commits.push(next.id);
    return commits;
  });
}

/** The oracle is git itself: what `git ls-tree -r` lists of a commit, in paths, modes and blob ids. */
test("the project's own history, restored at many commits, is what git ls-tree -r lists, path by path and byte by byte", async (t) => {
  const ledger = await openTestLedger(t);
  const history = await ledger.importGit('own', checkout);
  const commits = await listCommits();
  const scratch = openScratch();
  t.after(() => rm(scratch, { recursive: true, force: true }));
  const blobs = new Map<string, string>();
  const step = Math.max(1, Math.ceil(commits.length / restoresMax));
  for (const [index, commit] of [...commits].reverse().entries()) {
    const expected = new Map<string, GitTreeEntry>();
    for await (const { path, mode, id } of readTree({ repository: checkout, environment }, commit)) {
      expected.set(path, { mode, id });
    }
    const query = { kind: 'tag', name: parseTagName(`git:${commit}`) } as const;
    const moment = await resolveMoment(history, mainBranch, query);
    assert.deepEqual(await listAsGit(history, moment, blobs), expected, commit);
    if (index % step !== 0) continue;
    const directory = join(scratch, commit);
    await restore(history, { moment, directory, links: 'keep' });
    const { matches, differences, paths } = await verifyAgainstGit(directory, expected);
    assert.ok(matches, `${commit}: ${JSON.stringify(differences)}`);
    assert.equal(paths, expected.size);
    await rm(directory, { recursive: true });
  }
});

/** The tree of a moment with git's names for its contents, computed from the ledger's bytes. */
async function listAsGit(
  history: ProjectHistory,
  moment: Moment,
  blobs: Map<string, string>,
): Promise<ReadonlyMap<string, GitTreeEntry>> {
  const tree = new Map<string, GitTreeEntry>();
  for await (const { path, mode, sha256, bytes } of history.tree(moment.branch, moment.version)) {
    const key = `${mode === fileModes.gitlink} ${sha256.toString('hex')}`;
    let id = blobs.get(key);
    if (id === undefined) {
      const pieces: Buffer[] = [];
      for await (const piece of bytes === 0 ? [] : history.content(sha256)) pieces.push(piece);
      const content = Buffer.concat(pieces);
      const hash = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
      id = mode === fileModes.gitlink ? content.toString('latin1') : hash;
      blobs.set(key, id);
    }
    tree.set(path, { mode: mode.toString(8).padStart(6, '0'), id });
  }
  return tree;
}
