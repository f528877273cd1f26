import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ProjectHistory, TreeEntry } from '@swarmledger/ledger';
import { fileModes } from '@swarmledger/protocol';
import { TreeWriter } from './tree-writer.ts';

const { signal } = new AbortController();
/** Nothing is read of it: the entries here are empty files. */
const history = {} as ProjectHistory;

async function openWriter(context: TestContext): Promise<{ root: string; writer: TreeWriter }> {
  const root = await mkdtemp(join(tmpdir(), 'replay-writer-'));
  context.after(() => rm(root, { recursive: true, force: true }));
  return { root, writer: new TreeWriter(history, root, 'inside_only') };
}

function entry(path: string, mode: number = fileModes.regular): TreeEntry {
  const sha256 = createHash('sha256').digest();
  return { path, mode, sha256, bytes: 0, version: '', eventId: '', parentEventId: '' } as unknown as TreeEntry;
}

/** A file system that ignores case says "it exists" of the second of two names; any does so of the same name twice. */
test('names that the file system takes for one are told, files and folders alike', async (context) => {
  const { writer } = await openWriter(context);
  const collision = { code: 'path_collision', message: /takes "readme" and "readme" for one name/ };
  await writer.write(entry('readme'), signal);
  await assert.rejects(writer.write(entry('readme'), signal), collision);
  await assert.rejects(writer.makeFolders('readme/below'), collision);
  await assert.rejects(writer.write(entry('readme', fileModes.gitlink), signal), collision);
});

test('a name that is a link already is never followed', async (context) => {
  const { root, writer } = await openWriter(context);
  const outside = await mkdtemp(join(tmpdir(), 'replay-outside-'));
  context.after(() => rm(outside, { recursive: true, force: true }));
  await symlink(outside, join(root, 'folder'));
  await symlink(join(outside, 'file'), join(root, 'file'));
  await assert.rejects(writer.makeFolders('folder/x'), { code: 'path_collision' });
  await assert.rejects(writer.write(entry('file'), signal), { code: 'path_collision' });
  assert.deepEqual(await readdir(outside), []);
});

test('folders are made once each', async (context) => {
  const { root, writer } = await openWriter(context);
  for (const path of ['a/b/c', 'a/b/d', 'a/e', 'b', 'c/d/e/f']) await writer.makeFolders(path);
  assert.deepEqual((await readdir(root, { recursive: true })).sort(), ['a', 'a/b', 'c', 'c/d', 'c/d/e']);
});
