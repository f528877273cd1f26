import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { verifyAgainstGit, type GitEntry } from './git-verify.ts';

const submodule = '1234567890123456789012345678901234567890';

for (const format of ['sha1', 'sha256']) {
  test(`a checkout matches its own ls-tree (${format})`, async (context) => {
    const { work, tree } = makeRepository(context, format);
    const result = await verifyAgainstGit(work, tree);
    assert.deepEqual(result, { matches: true, paths: 7, differences: [], differencesTotal: 0 });
  });

  test(`every kind of difference is found (${format})`, async (context) => {
    const { work, tree } = makeRepository(context, format);
    appendFileSync(join(work, 'sp ace/ünï.txt'), 'x');
    chmodSync(join(work, 'run.sh'), 0o644);
    rmSync(join(work, 'empty'));
    writeFileSync(join(work, 'extra'), '');
    mkdirSync(join(work, 'folder'));
    rmSync(join(work, 'link'));
    symlinkSync('elsewhere', join(work, 'link'));
    writeFileSync(join(work, 'module', 'file'), '');
    const { matches, differences } = await verifyAgainstGit(work, tree);
    assert.equal(matches, false);
    assert.deepEqual(
      differences.map(({ kind, path }) => `${kind} ${path}`),
      [
        'missing empty',
        'unexpected extra',
        'unexpected folder',
        'content link',
        'content module',
        'mode run.sh',
        'content sp ace/ünï.txt',
      ],
    );
  });
}

test('a submodule that is missing, and a file where a submodule should be, are found', async (context) => {
  const { work, tree } = makeRepository(context, 'sha1');
  rmSync(join(work, 'module'), { recursive: true });
  assert.deepEqual((await verifyAgainstGit(work, tree)).differences, [{ kind: 'missing', path: 'module' }]);
  writeFileSync(join(work, 'module'), '');
  assert.deepEqual((await verifyAgainstGit(work, tree)).differences[0]?.kind, 'mode');
});

test('differences are counted beyond those that are listed', async (context) => {
  const { work, tree } = makeRepository(context, 'sha1');
  for (let index = 0; index < 150; index++) writeFileSync(join(work, `extra-${index}`), '');
  const { differences, differencesTotal } = await verifyAgainstGit(work, tree);
  assert.deepEqual([differences.length, differencesTotal], [100, 150]);
});

function makeRepository(context: TestContext, format: string): { work: string; tree: Map<string, GitEntry> } {
  const work = mkdtempSync(join(tmpdir(), 'replay-verify-'));
  context.after(() => rmSync(work, { recursive: true, force: true }));
  const git = (...args: string[]): string => execFileSync('git', ['-C', work, ...args], { encoding: 'utf8' });
  git('init', '-q', `--object-format=${format}`);
  mkdirSync(join(work, 'sp ace'));
  writeFileSync(join(work, 'sp ace/ünï.txt'), 'text\n');
  writeFileSync(join(work, 'binary'), Buffer.from([0, 255, 1, 254]));
  writeFileSync(join(work, 'empty'), '');
  writeFileSync(join(work, 'run.sh'), '#!/bin/sh\n');
  chmodSync(join(work, 'run.sh'), 0o755);
  writeFileSync(join(work, 'large'), Buffer.alloc(300_000, 'x'));
  symlinkSync('sp ace/ünï.txt', join(work, 'link'));
  mkdirSync(join(work, 'module'));
  git('add', '-A');
  git('update-index', '--add', '--cacheinfo', `160000,${submodule.padEnd(format === 'sha1' ? 40 : 64, '0')},module`);
  const listing = git('ls-tree', '-r', '-z', git('write-tree').trim());
  const entries = listing.split('\0').filter((line) => line !== '');
  const tree = entries.map((line): [string, GitEntry] => {
    const [mode = '', , id = ''] = line.split(/[ \t]/);
    return [line.slice(line.indexOf('\t') + 1), { mode, id }];
  });
  return { work, tree: new Map(tree) };
}
