import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { test, type TestContext } from 'node:test';
import { flushPath, flushTree } from './flush-tree.ts';

async function makeTree(context: TestContext, files: number): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'replay-flush-'));
  context.after(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'a/b'), { recursive: true });
  for (let index = 0; index < files; index++) await writeFile(join(root, 'a/b', `${index}`), 'x');
  await symlink('nowhere', join(root, 'dangling'));
  return root;
}

/** Puts a command of that name before all others; what it was called with is in the file of that name. */
async function putBefore(context: TestContext, name: string, script: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'replay-path-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
  const { PATH } = process.env;
  process.env['PATH'] = `${folder}${delimiter}${PATH}`;
  context.after(() => (process.env['PATH'] = PATH));
}

test('a tree of a few files, and one of many, are flushed; links are not followed', async (context) => {
  await flushTree(await makeTree(context, 3));
  await flushTree(await makeTree(context, 40));
});

test('where the file system cannot be flushed as a whole, every file is', async (context) => {
  await putBefore(context, 'sync', 'exit 1');
  const root = await makeTree(context, 40);
  await flushTree(root);
  // What cannot be opened is told by its name.
  await symlink('loop', join(root, 'loop'));
  await assert.rejects(flushPath(join(root, 'loop')), { message: /^cannot flush .*loop/ });
});

test('a flush that takes for ever can be given up', { skip: process.platform !== 'linux' }, async (context) => {
  await putBefore(context, 'sync', 'exec sleep 1000');
  const abort = new AbortController();
  const flushing = flushTree(await makeTree(context, 40), abort.signal);
  setImmediate(() => abort.abort());
  await assert.rejects(flushing, { name: 'AbortError' });
});
