import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { checkTarget } from './restore-target.ts';
import { openStaging } from './staging.ts';

const replace = { existing: 'replace', protect: [], makeParents: true } as const;
const refuse = { ...replace, existing: 'refuse' } as const;

async function openFolder(context: TestContext): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'replay-staging-')));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('a target may be absent, deep, empty, or something to replace', async (context) => {
  const folder = await openFolder(context);
  assert.deepEqual(await checkTarget(join(folder, 'x/y/z'), refuse), { path: join(folder, 'x/y/z'), state: 'absent' });
  await mkdir(join(folder, 'empty'));
  assert.equal((await checkTarget(join(folder, 'empty'), refuse)).state, 'empty');
  await writeFile(join(folder, 'empty/file'), '');
  await assert.rejects(checkTarget(join(folder, 'empty'), refuse), { code: 'target_not_empty' });
  assert.equal((await checkTarget(join(folder, 'empty'), replace)).state, 'occupied');
});

test('files, links, the root, the current and the home folder, repositories and protected folders are never replaced', async (context) => {
  const folder = await openFolder(context);
  await writeFile(join(folder, 'file'), '');
  await symlink('.', join(folder, 'link'));
  await mkdir(join(folder, 'repository/.git'), { recursive: true });
  await mkdir(join(folder, 'work/data'), { recursive: true });
  for (const name of ['file', 'link']) {
    await assert.rejects(checkTarget(join(folder, name), replace), { code: 'target_not_directory' });
  }
  await assert.rejects(checkTarget(join(folder, 'file/below'), replace), { name: 'PermanentError' });
  await assert.rejects(checkTarget(join(folder, 'repository'), replace), { code: 'target_protected' });
  const rules = { ...replace, protect: [join(folder, 'work/data')] };
  await assert.rejects(checkTarget(join(folder, 'work'), rules), { code: 'target_protected' });
  for (const path of ['/', '.', '..', process.env['HOME'] ?? '/root']) {
    await assert.rejects(checkTarget(path, replace), { code: 'target_protected' }, path);
  }
});

test('a dry run makes nothing', async (context) => {
  const folder = await openFolder(context);
  await checkTarget(join(folder, 'x/y'), { ...refuse, makeParents: false });
  assert.deepEqual(await readdir(folder), []);
});

test('publishing replaces a folder whole and leaves nothing beside it', async (context) => {
  const folder = await openFolder(context);
  const path = join(folder, 'out');
  await mkdir(path);
  await writeFile(join(path, 'old'), 'old');
  const staging = await openStaging({ path, state: 'occupied' }, replace);
  await writeFile(join(staging.directory, 'new'), 'new');
  await staging.publish();
  await staging.discard();
  assert.deepEqual(await readdir(folder), ['out']);
  assert.deepEqual(await readdir(path), ['new']);
});

test('a folder that appears meanwhile is not overwritten', async (context) => {
  const folder = await openFolder(context);
  const path = join(folder, 'out');
  const staging = await openStaging({ path, state: 'absent' }, replace);
  await mkdir(path);
  await writeFile(join(path, 'theirs'), '');
  await assert.rejects(staging.publish(), { code: 'target_not_empty' });
  await staging.discard();
  assert.deepEqual(await readdir(folder), ['out']);
  assert.deepEqual(await readdir(path), ['theirs']);
});

test('two restores to one target do not take each other for crashed', async (context) => {
  const folder = await openFolder(context);
  const path = join(folder, 'out');
  const first = await openStaging({ path, state: 'absent' }, replace);
  const second = await openStaging({ path, state: 'absent' }, replace);
  assert.equal((await readdir(folder)).length, 2);
  await writeFile(join(first.directory, 'first'), '');
  await first.publish();
  await assert.doesNotReject(second.discard());
  await first.discard();
  assert.deepEqual(await readdir(folder), ['out']);
});

test('what a dead process left is removed, and what it had moved aside put back', async (context) => {
  const folder = await openFolder(context);
  const path = join(folder, 'out');
  const child = spawn(process.execPath, ['-e', '']);
  const { pid } = child;
  await once(child, 'exit');
  await leaveBehind(folder, { host: hostname(), pid, processStartMs: 1 });
  const staging = await openStaging({ path, state: 'absent' }, replace);
  assert.equal(await readFile(join(path, 'precious'), 'utf8'), 'yes');
  await staging.discard();
  assert.deepEqual(await readdir(folder), ['out']);
});

test('what is put back is replaced if it may be, and refused if not', async (context) => {
  const folder = await openFolder(context);
  const path = join(folder, 'out');
  await leaveBehind(folder, { host: hostname(), pid: process.pid, processStartMs: 1 });
  const absent = await checkTarget(path, replace);
  assert.equal(absent.state, 'absent');
  const staging = await openStaging(absent, replace);
  await writeFile(join(staging.directory, 'new'), '');
  await staging.publish();
  await staging.discard();
  assert.deepEqual(await readdir(path), ['new']);
  await rm(path, { recursive: true });
  await leaveBehind(folder, { host: hostname(), pid: process.pid, processStartMs: 1 });
  await assert.rejects(openStaging(absent, refuse), { code: 'target_not_empty' });
  assert.deepEqual([await readdir(folder), await readdir(path)], [['out'], ['precious']]);
});

test("what another machine's restore left is kept until it has been silent for an hour", async (context) => {
  const folder = await openFolder(context);
  const path = join(folder, 'out');
  const left = await leaveBehind(folder, { host: 'elsewhere', pid: 1, processStartMs: 1 });
  await (await openStaging({ path, state: 'absent' }, replace)).discard();
  assert.deepEqual(await readdir(folder), ['.out.swarmledger-abc123']);
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  await utimes(join(left, 'owner.json'), longAgo, longAgo);
  await (await openStaging({ path, state: 'absent' }, replace)).discard();
  assert.deepEqual(await readdir(folder), ['out']);
});

test('a crash before the first file or after the last leaves a folder that the next one removes', async (context) => {
  const folder = await openFolder(context);
  await mkdir(join(folder, '.out.swarmledger-abc123'));
  await (await openStaging({ path: join(folder, 'out'), state: 'absent' }, replace)).discard();
  assert.deepEqual(await readdir(folder), []);
});

test('folders that several restores make and clean up at once never get in the way of each other', async (context) => {
  const folder = await openFolder(context);
  const target = { path: join(folder, 'out'), state: 'absent' } as const;
  const restores = Array.from({ length: 40 }, async () => {
    const staging = await openStaging(target, replace);
    await writeFile(join(staging.directory, 'file'), 'bytes');
    await staging.discard();
  });
  await Promise.all(restores);
  assert.deepEqual(await readdir(folder), []);
});

test("an earlier process with this one's pid is dead", async (context) => {
  const folder = await openFolder(context);
  await leaveBehind(folder, { host: hostname(), pid: process.pid, processStartMs: 1 });
  await (await openStaging({ path: join(folder, 'out'), state: 'absent' }, replace)).discard();
  assert.deepEqual(await readdir(folder), ['out']);
});

test('folders that only look alike are left alone', async (context) => {
  const folder = await openFolder(context);
  const names = [
    '.out.swarmledger-',
    '.out.swarmledger-1234567',
    '.outer.swarmledger-abc123',
    'out.swarmledger-abc123',
  ];
  for (const name of names) await mkdir(join(folder, name));
  await (await openStaging({ path: join(folder, 'out'), state: 'absent' }, replace)).discard();
  assert.deepEqual((await readdir(folder)).sort(), names.sort());
});

test('a folder that may not be written in is one clear sentence', async (context) => {
  const folder = await openFolder(context);
  await chmod(folder, 0o555);
  const isRoot = process.geteuid?.() === 0;
  // Root may write everywhere: be somebody else for a moment.
  if (isRoot) process.seteuid?.(65_534);
  try {
    await assert.rejects(openStaging({ path: join(folder, 'out'), state: 'absent' }, replace), {
      code: 'permission_denied',
      message: /^cannot create a folder beside .*out: permission denied$/,
    });
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(folder, 0o755);
  }
});

async function leaveBehind(folder: string, owner: object): Promise<string> {
  const sibling = join(folder, '.out.swarmledger-abc123');
  await mkdir(join(sibling, 'tree/half'), { recursive: true });
  await mkdir(join(sibling, 'replaced'));
  await writeFile(join(sibling, 'replaced/precious'), 'yes');
  await writeFile(join(sibling, 'owner.json'), JSON.stringify(owner));
  return sibling;
}
