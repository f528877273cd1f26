import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileModes, mainBranch } from '@swarmledger/protocol';
import { listTree, resolveMoment, restore, type Moment, type RestoreRequest } from '@swarmledger/replayer';
import { describeFile, readFolder } from './folder.ts';
import { openProject, put, remove, rename, type TestProject } from './project.ts';

async function momentOf(project: TestProject, version?: string): Promise<Moment> {
  const history = await project.history();
  const query =
    version === undefined ? { kind: 'head' as const } : { kind: 'version' as const, version: version as never };
  return resolveMoment(history, mainBranch, query);
}

async function restoreTo(project: TestProject, name: string, request: Partial<RestoreRequest> = {}) {
  const moment = request.moment ?? (await momentOf(project));
  const directory = join(project.folder, name);
  return { directory, summary: await restore(await project.history(), { ...request, moment, directory }) };
}

test('gives back exact bytes, modes, links, submodules, empty files and names', async (context) => {
  const project = await openProject(context);
  const binary = randomBytes(70_000);
  await project.append(
    ...put('README.md', '# hello\r\n'),
    ...put('bin/run', '#!/bin/sh\n', { mode: fileModes.executable }),
    ...put('empty', ''),
    ...put('empty-executable', '', { mode: fileModes.executable }),
    ...put('sp ace/ünï/日本語/😀.txt', 'name'),
    ...put('quote"and\nline\\feed', 'odd'),
    ...put('binary', binary),
    ...put('links/up', '../README.md', { mode: fileModes.symlink }),
    ...put('links/nowhere', 'missing', { mode: fileModes.symlink }),
    ...put('vendor/module', '0123456789012345678901234567890123456789', { mode: fileModes.gitlink }),
  );
  const { directory, summary } = await restoreTo(project, 'out');
  assert.deepEqual(await readFolder(directory), {
    'README.md': '644 # hello\r\n',
    'bin/run': '755 #!/bin/sh\n',
    binary: describeFile(0o644, binary),
    empty: '644 ',
    'empty-executable': '755 ',
    'links/nowhere': '-> missing',
    'links/up': '-> ../README.md',
    'quote"and\nline\\feed': '644 odd',
    'sp ace/ünï/日本語/😀.txt': '644 name',
    'vendor/module': 'folder',
  });
  const { files, symlinks, submodules, bytes } = summary;
  assert.deepEqual({ files, symlinks, submodules, bytes }, { files: 7, symlinks: 2, submodules: 1, bytes: 70_045 });
  assert.equal(summary.directory, directory);
  assert.deepEqual(
    (await readdir(project.folder)).filter((name) => name.startsWith('.')),
    [],
  );
});

test('each version has its own files: create, change, delete, create again, mode only', async (context) => {
  const project = await openProject(context);
  const steps = [
    put('a', 'one'),
    put('a', 'two'),
    [remove('a')],
    put('a', 'three'),
    put('a', 'three', { mode: fileModes.executable }),
  ];
  const expected = [{ a: '644 one' }, { a: '644 two' }, {}, { a: '644 three' }, { a: '755 three' }];
  for (const [index, events] of steps.entries()) {
    const [appended] = await project.append(...events);
    const moment = await momentOf(project, appended?.version);
    const { directory } = await restoreTo(project, `at-${index}`, { moment });
    assert.deepEqual(await readFolder(directory), expected[index]);
  }
});

test('a file that becomes a folder and a file again', async (context) => {
  const project = await openProject(context);
  const first = await project.append(...put('x', 'file'));
  const second = await project.append(remove('x'), ...put('x/y/z', 'below'), ...put('x.txt', 'beside'));
  const third = await project.append(remove('x/y/z'), ...put('x', 'file again'));
  const expected = [
    { x: '644 file' },
    { 'x.txt': '644 beside', 'x/y/z': '644 below' },
    { x: '644 file again', 'x.txt': '644 beside' },
  ];
  for (const [index, appended] of [first, second, third].entries()) {
    const { directory } = await restoreTo(project, `at-${index}`, {
      moment: await momentOf(project, appended.at(-1)?.version),
    });
    assert.deepEqual(await readFolder(directory), expected[index]);
  }
});

test('a chain of renames carries content and mode along', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', 'text', { mode: fileModes.executable }), rename('a', 'd/b'), rename('d/b', 'c'));
  const { directory } = await restoreTo(project, 'out');
  assert.deepEqual(await readFolder(directory), { c: '755 text' });
});

test('one content under many paths, and one content of several megabytes', async (context) => {
  const project = await openProject(context);
  const large = randomBytes(5_000_000);
  const copies = Array.from({ length: 200 }, (_, index) => `copies/${index}`);
  await project.append(
    ...copies.flatMap((path) => put(path, 'the same')),
    ...put('large', large),
    ...put('d/large', large),
  );
  const { directory, summary } = await restoreTo(project, 'out');
  const found = await readFolder(directory);
  assert.equal(found['large'], describeFile(0o644, large));
  assert.equal(found['d/large'], found['large']);
  assert.ok(copies.every((path) => found[path] === '644 the same'));
  assert.equal(summary.files, 202);
});

test('restoring twice gives the same tree', async (context) => {
  const project = await openProject(context);
  await project.append(
    ...Array.from({ length: 300 }, (_, index) => put(`d${index % 7}/f${index}`, `content ${index}`)).flat(),
  );
  const [first, second] = [await restoreTo(project, 'first'), await restoreTo(project, 'second')];
  assert.deepEqual(await readFolder(first.directory), await readFolder(second.directory));
  assert.deepEqual({ ...first.summary, directory: '' }, { ...second.summary, directory: '' });
});

test('only the paths that are asked for', async (context) => {
  const project = await openProject(context);
  await project.append(
    ...['src/a.ts', 'src/a.test.ts', 'src/x/b.ts', 'docs/c.md', 'top.ts'].flatMap((path) => put(path, path)),
  );
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [
      ['src', '!*.test.ts'],
      ['src/a.ts', 'src/x/b.ts'],
    ],
    [['*.md'], ['docs/c.md']],
    [['src/*.ts'], ['src/a.test.ts', 'src/a.ts']],
    [['nothing'], []],
  ];
  for (const [index, [paths, expected]] of cases.entries()) {
    const { directory } = await restoreTo(project, `out-${index}`, { paths });
    assert.deepEqual(Object.keys(await readFolder(directory)).sort(), expected);
  }
});

test('a moment at which everything is deleted is an empty folder', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', 'x'), remove('a'));
  const { directory } = await restoreTo(project, 'deep/er/out');
  assert.deepEqual(await readdir(directory), []);
});

test('a dry run counts and checks, and writes nothing', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a/b', 'text'), ...put('l', 'a/b', { mode: fileModes.symlink }));
  const before = await readdir(project.folder);
  const { summary } = await restoreTo(project, 'deep/out', { dryRun: true });
  assert.deepEqual([summary.files, summary.symlinks, summary.bytes], [1, 1, 7]);
  assert.deepEqual(await readdir(project.folder), before);
  await project.append(...put('l', '/etc', { mode: fileModes.symlink }));
  await assert.rejects(restoreTo(project, 'deep/out', { dryRun: true }), { code: 'symlink_escapes' });
});

test('an existing folder is kept unless it is to be replaced, then replaced whole', async (context) => {
  const project = await openProject(context);
  await project.append(...put('new', 'new'));
  const directory = join(project.folder, 'out');
  await mkdir(directory);
  await writeFile(join(directory, 'old'), 'old');
  await assert.rejects(restoreTo(project, 'out'), { code: 'target_not_empty', message: /--force/ });
  assert.deepEqual(await readFolder(directory), { old: '644 old' });
  await restoreTo(project, 'out', { existing: 'replace' });
  assert.deepEqual(await readFolder(directory), { new: '644 new' });
  assert.deepEqual(
    (await readdir(project.folder)).filter((name) => name.startsWith('.')),
    [],
  );
});

test('tells its progress path by path, and an abort leaves nothing', async (context) => {
  const project = await openProject(context);
  await project.append(...Array.from({ length: 100 }, (_, index) => put(`f${index}`, 'x'.repeat(index))).flat());
  const [history, moment] = [await project.history(), await momentOf(project)];
  const paths = new Set<string>();
  let last = { paths: 0, bytes: 0 };
  const onProgress = (progress: { path: string; paths: number; bytes: number }): void => {
    paths.add(progress.path);
    last = progress;
  };
  await restore(history, { moment, directory: join(project.folder, 'out') }, { onProgress });
  assert.deepEqual([paths.size, last.paths, last.bytes], [100, 100, 4_950]);

  const controller = new AbortController();
  const stop = (progress: { paths: number }): void => {
    if (progress.paths === 20) controller.abort();
  };
  const options = { signal: controller.signal, onProgress: stop };
  const request = { moment, directory: join(project.folder, 'aborted') };
  await assert.rejects(restore(history, request, options), { name: 'AbortError' });
  assert.deepEqual(
    (await readdir(project.folder)).filter((name) => name.includes('aborted')),
    [],
  );
});

test('an abort in the middle of a tree of many files leaves nothing', async (context) => {
  const project = await openProject(context);
  await project.append(
    ...Array.from({ length: 1_500 }, (_, index) => put(`d${index % 30}/f${index}`, `${index}`)).flat(),
  );
  const [history, moment] = [await project.history(), await momentOf(project)];
  const controller = new AbortController();
  const stop = (progress: { paths: number }): void => {
    if (progress.paths === 1_000) controller.abort();
  };
  const request = { moment, directory: join(project.folder, 'inner/many') };
  const options = { signal: controller.signal, onProgress: stop };
  await assert.rejects(restore(history, request, options), { name: 'AbortError' });
  assert.deepEqual(await readdir(join(project.folder, 'inner')), []);
  assert.equal((await restore(history, request)).files, 1_500);
});

test('lists the tree that it restores, in byte order', async (context) => {
  const project = await openProject(context);
  const paths = ['a', 'a-b', 'a.b/c', 'b/c', 'é', '\uffee', '😀'];
  await project.append(...[...paths].reverse().flatMap((path) => put(path, path)));
  const listed = [];
  for await (const entry of listTree(await project.history(), await momentOf(project))) listed.push(entry.path);
  assert.deepEqual(listed, paths);
});
