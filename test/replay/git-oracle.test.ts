import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mainBranch, type SwarmEvent, type Version } from '@swarmledger/protocol';
import { resolveMoment, restore, verifyAgainstGit, type GitEntry } from '@swarmledger/replayer';
import { openProject, put, remove } from './project.ts';

/** The oracle is git itself: what `git ls-tree -r` lists of a commit, in paths, modes and blob ids. */
for (const format of ['sha1', 'sha256']) {
  test(`restoring at each commit of a Git history gives git's own tree (${format})`, async (context) => {
    const project = await openProject(context);
    const repository = join(project.folder, 'repository');
    const commits = makeHistory(repository, format);
    const versions: (Version | undefined)[] = [];
    let previous: ReadonlyMap<string, GitEntry> = new Map();
    for (const commit of commits) {
      const tree = readTree(repository, commit);
      versions.push((await project.append(...changesBetween(repository, previous, tree))).at(-1)?.version);
      previous = tree;
    }
    const history = await project.history();
    for (const [index, commit] of commits.entries()) {
      const version = versions[index];
      assert.ok(version !== undefined);
      const moment = await resolveMoment(history, mainBranch, { kind: 'version', version });
      const directory = join(project.folder, `at-${index}`);
      await restore(history, { moment, directory });
      const { matches, differences } = await verifyAgainstGit(directory, readTree(repository, commit));
      assert.ok(matches, `commit ${index}: ${JSON.stringify(differences)}`);
    }
  });
}

function changesBetween(
  repository: string,
  before: ReadonlyMap<string, GitEntry>,
  after: ReadonlyMap<string, GitEntry>,
): readonly SwarmEvent[] {
  const gone = [...before.keys()].filter((path) => !after.has(path)).map((path) => remove(path));
  const changed = [...after].filter(([path, { mode, id }]) => {
    const old = before.get(path);
    return old?.id !== id || old.mode !== mode;
  });
  const puts = changed.flatMap(([path, { mode, id }]) => {
    const content =
      mode === '160000'
        ? id
        : execFileSync('git', ['-C', repository, 'cat-file', 'blob', id], { maxBuffer: 10_000_000 });
    return put(path, content, { mode: parseInt(mode, 8) });
  });
  return [...gone, ...puts];
}

function readTree(repository: string, commit: string): ReadonlyMap<string, GitEntry> {
  const listing = execFileSync('git', ['-C', repository, 'ls-tree', '-r', '-z', commit], { encoding: 'utf8' });
  const entries = listing.split('\0').filter((line) => line !== '');
  return new Map(
    entries.map((line): [string, GitEntry] => {
      const [mode = '', , id = ''] = line.split(/[ \t]/);
      return [line.slice(line.indexOf('\t') + 1), { mode, id }];
    }),
  );
}

/** A history with what Git histories are made of; commit ids, oldest first. */
function makeHistory(repository: string, format: string): readonly string[] {
  mkdirSync(repository);
  const git = (...args: string[]): string => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' });
  git('init', '-q', `--object-format=${format}`);
  const file = (path: string): string => join(repository, path);
  const commits: string[] = [];
  const commit = (work: () => void): void => {
    work();
    git('add', '-A');
    git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '-q', '--allow-empty', '-m', 'change');
    commits.push(git('rev-parse', 'HEAD').trim());
  };
  commit(() => {
    writeFileSync(file('README'), 'hello\n');
    writeFileSync(file('empty'), '');
    mkdirSync(file('sp ace/ünï'), { recursive: true });
    writeFileSync(file('sp ace/ünï/日本.txt'), 'text');
    writeFileSync(file('binary'), Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256)));
    writeFileSync(file('becomes'), 'a file');
  });
  commit(() => {
    writeFileSync(file('run.sh'), '#!/bin/sh\n');
    chmodSync(file('run.sh'), 0o755);
    symlinkSync('sp ace/ünï/日本.txt', file('link'));
    symlinkSync('../README', file('sp ace/up'));
    rmSync(file('becomes'));
    mkdirSync(file('becomes'));
    writeFileSync(file('becomes/a'), 'folder');
  });
  commit(() => {
    chmodSync(file('run.sh'), 0o644);
    rmSync(file('link'));
    writeFileSync(file('link'), 'a file now');
    rmSync(file('becomes'), { recursive: true });
    writeFileSync(file('becomes'), 'a file again');
    writeFileSync(file('large'), Buffer.alloc(1_500_000, 'large '));
  });
  commit(() => {
    git('mv', 'README', 'moved');
    const id = '1'.repeat(format === 'sha1' ? 40 : 64);
    mkdirSync(file('module'));
    git('update-index', '--add', '--cacheinfo', `160000,${id},module`);
  });
  commit(() => {
    for (const name of ['binary', 'empty', 'large', 'moved', 'run.sh']) rmSync(file(name));
  });
  return commits;
}
