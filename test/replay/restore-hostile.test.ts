import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ProjectHistory, TreeEntry } from '@swarmledger/ledger';
import { fileModes, mainBranch } from '@swarmledger/protocol';
import { resolveMoment, restore, type RestoreRequest } from '@swarmledger/replayer';
import type { Scope } from '@swarmledger/runtime';
import { readFolder } from './folder.ts';
import { openProject, project as projectId, put, remove, tenant, type TestProject } from './project.ts';
import { runChild, startChild } from './restore-child-process.ts';

async function attempt(project: TestProject, request: Partial<RestoreRequest> = {}, history?: ProjectHistory) {
  const read = history ?? (await project.history());
  const moment = await resolveMoment(await project.history(), mainBranch, { kind: 'head' });
  return restore(read, { moment, directory: join(project.folder, 'inner/out'), ...request });
}

/** Nothing but the ledger and what the test itself put there. */
async function assertNothingLeft(project: TestProject): Promise<void> {
  const left = await readdir(join(project.folder, 'inner')).catch(() => []);
  assert.deepEqual(left, []);
}

/** The project's own history, but for some of its reads: faults that the ledger itself never has. */
function withReads(history: ProjectHistory, reads: Partial<ProjectHistory>): ProjectHistory {
  return new Proxy(history, {
    get: (target, name) => {
      const read: unknown = Reflect.get(name in reads ? reads : target, name);
      return typeof read === 'function' ? (read.bind(target) as unknown) : read;
    },
  });
}

async function withTree(project: TestProject, change: (entry: TreeEntry) => TreeEntry): Promise<ProjectHistory> {
  const history = await project.history();
  return withReads(history, {
    async *tree(...args) {
      for await (const entry of history.tree(...args)) yield change(entry);
    },
  });
}

test('a file and something below it are both named, and nothing is restored', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', 'file'), ...put('a.txt', 'between'), ...put('a/b', 'below'));
  await assert.rejects(attempt(project), { code: 'path_collision', message: /"a" is a file and "a\/b" lies below it/ });
  await assertNothingLeft(project);
  const summary = await attempt(project, { paths: ['!a/b'] });
  assert.equal(summary.files, 2);
});

test('nothing is written through a symlink, whatever it points to', async (context) => {
  const project = await openProject(context);
  const outside = join(project.folder, 'outside');
  await mkdir(outside);
  await project.append(...put('dir', '../../outside', { mode: fileModes.symlink }), ...put('dir/file', 'pwned'));
  for (const links of ['keep', 'inside_only'] as const) {
    await assert.rejects(attempt(project, { links }), { name: 'PermanentError' });
  }
  assert.deepEqual(await readdir(outside), []);
  await assertNothingLeft(project);
});

test('a link out of the folder is refused by name, or kept as recorded and not followed', async (context) => {
  const project = await openProject(context);
  const secret = join(project.folder, 'secret');
  await writeFile(secret, 'untouched');
  await project.append(...put('ok', 'x'), ...put('deep/link', secret, { mode: fileModes.symlink }));
  await assert.rejects(attempt(project), { code: 'symlink_escapes', message: /"deep\/link" points to .*--links keep/ });
  await assertNothingLeft(project);
  await attempt(project, { links: 'keep' });
  assert.deepEqual(await readFolder(join(project.folder, 'inner/out')), { 'deep/link': `-> ${secret}`, ok: '644 x' });
  // Replacing the folder removes the link, not what it points to.
  await project.append(remove('deep/link'));
  await attempt(project, { existing: 'replace' });
  assert.equal(await readFile(secret, 'utf8'), 'untouched');
});

test('paths are checked again, even those that a ledger should never give out', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', 'x'));
  for (const path of [
    '../evil',
    '/tmp/evil',
    'x/../../evil',
    'x//y',
    '.git/hooks/post-checkout',
    'nul\0byte',
    'C:\\evil',
    'c:/evil',
    '\\\\host\\share',
  ]) {
    const history = await withTree(project, (entry) => ({ ...entry, path: path as TreeEntry['path'] }));
    await assert.rejects(attempt(project, {}, history), { code: 'invalid_path' }, path);
    await assertNothingLeft(project);
  }
});

test('content that is damaged, short, long or missing is named and nothing is restored', async (context) => {
  const project = await openProject(context);
  await project.append(...put('fine', 'fine'), ...put('d/bad', 'recorded content'), ...put('empty', ''));
  const history = await project.history();
  const changes: Record<string, (bytes: Buffer) => Buffer> = {
    damaged: (bytes) => Buffer.from(bytes.map((byte) => byte ^ 1)),
    short: (bytes) => bytes.subarray(1),
    long: (bytes) => Buffer.concat([bytes, bytes]),
  };
  for (const change of Object.values(changes)) {
    const damage = (piece: Buffer): Buffer => (piece.toString() === 'fine' ? piece : change(piece));
    const damaged = withReads(history, {
      async *content(...args) {
        for await (const piece of history.content(...args)) yield damage(piece);
      },
      contents: async (...args) => (await history.contents(...args)).map(damage),
    });
    await assert.rejects(attempt(project, {}, damaged), { code: 'content_corrupt', message: /"d\/bad"/ });
    await assertNothingLeft(project);
  }
  const missing = await withTree(project, (entry) =>
    entry.path === 'd/bad' ? { ...entry, sha256: Buffer.alloc(32, 7) } : entry,
  );
  await assert.rejects(attempt(project, {}, missing), { code: 'content_missing', message: /"d\/bad"/ });
  const nonEmpty = await withTree(project, (entry) => (entry.path === 'd/bad' ? { ...entry, bytes: 0 } : entry));
  await assert.rejects(attempt(project, {}, nonEmpty), { code: 'content_corrupt' });
  await assertNothingLeft(project);
});

test('one damaged content among many is named, and nothing of the tree is left', async (context) => {
  const project = await openProject(context);
  await project.append(...manyFiles(1_200), ...put('zz/bad', 'recorded content'));
  const history = await project.history();
  const damage = (content: Buffer): Buffer => (content.toString() === 'recorded content' ? Buffer.alloc(16) : content);
  const damaged = withReads(history, { contents: async (...args) => (await history.contents(...args)).map(damage) });
  await assert.rejects(attempt(project, {}, damaged), { code: 'content_corrupt', message: /"zz\/bad"/ });
  await assertNothingLeft(project);
});

test('kill -9 in the middle leaves no half tree, and the next restore cleans up', async (context) => {
  const project = await openProject(context);
  await project.append(...manyFiles(400));
  const directory = join(project.folder, 'inner/out');
  const child = startChild({ ...childArguments(project), directory, holdAtPaths: 100 });
  await child.untilOutput(/paths 100\n/);
  child.kill();
  await child.closed;
  const left = await readdir(join(project.folder, 'inner'));
  assert.deepEqual(
    left.filter((name) => !name.startsWith('.out.swarmledger-')),
    [],
  );
  assert.equal(left.length, 1);
  const summary = await attempt(project);
  assert.equal(summary.files, 400);
  assert.deepEqual(await readdir(join(project.folder, 'inner')), ['out']);
});

test('kill -9 while replacing leaves the old folder or the new one, whole', async (context) => {
  const project = await openProject(context);
  await project.append(...manyFiles(50));
  const directory = join(project.folder, 'inner/out');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'old'), 'old');
  const child = startChild({ ...childArguments(project), directory, replace: true, holdAtPaths: 30 });
  await child.untilOutput(/paths 30\n/);
  child.kill();
  await child.closed;
  assert.deepEqual(await readFolder(directory), { old: '644 old' });
  await attempt(project, { existing: 'replace' });
  assert.equal(Object.keys(await readFolder(directory)).length, 50);
  assert.deepEqual(await readdir(join(project.folder, 'inner')), ['out']);
});

test('a full disk is one clear sentence, and nothing is left on it', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', 'small'), ...put('d/large', Buffer.alloc(3_000_000, 'x')), ...put('z', 'small'));
  const full = mountSmallDisk(project.scope, join(project.folder, 'disk'));
  const directory = full === undefined ? join(project.folder, 'inner/out') : join(full, 'out');
  // Without a disk of our own to fill: a process that may write files of 1 MB only.
  const child = { ...childArguments(project), directory };
  const { code, output } = await runChild(child, full === undefined ? { fileBlocksMax: 2_000 } : {});
  assert.equal(code, 1);
  assert.match(output, /^failed disk_full cannot write "d\/large": /m);
  assert.deepEqual(await readdir(full ?? join(project.folder, 'inner')), []);
});

test('a limit on the length of files is told like a full disk', async (context) => {
  const project = await openProject(context);
  await project.append(...put('d/large', Buffer.alloc(3_000_000, 'x')));
  const directory = join(project.folder, 'inner/out');
  const { code, output } = await runChild({ ...childArguments(project), directory }, { fileBlocksMax: 2_000 });
  assert.equal(code, 1);
  assert.match(output, /^failed disk_full cannot write "d\/large": the file is larger than/m);
  await assertNothingLeft(project);
});

function manyFiles(count: number): ReturnType<typeof put> {
  return Array.from({ length: count }, (_, index) => put(`d${index % 10}/f${index}`, `content ${index}`)).flat();
}

function childArguments(project: TestProject): { ledgerFile: string; tenant: string; project: string } {
  return { ledgerFile: project.ledgerFile, tenant, project: projectId };
}

/** A disk of one megabyte, where this process may mount one. */
function mountSmallDisk(scope: Scope, folder: string): string | undefined {
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  scope.defer('disk', () => void execFileSync('umount', [folder]));
  return folder;
}
