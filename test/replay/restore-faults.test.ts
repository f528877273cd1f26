import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mainBranch } from '@swarmledger/protocol';
import { resolveMoment, restore } from '@swarmledger/replayer';
import type { Scope } from '@swarmledger/runtime';
import { readFolder } from './folder.ts';
import { openProject, project as projectId, put, tenant, type TestProject } from './project.ts';
import { runChild, startChild } from './restore-child-process.ts';

function childOf(project: TestProject, directory: string) {
  return { ledgerFile: project.ledgerFile, tenant, project: projectId, directory, replace: true };
}

async function restoreTo(project: TestProject, directory: string): Promise<void> {
  const history = await project.history();
  const moment = await resolveMoment(history, mainBranch, { kind: 'head' });
  await restore(history, { moment, directory, existing: 'replace' });
}

test('a disk that small files fill while a folder is replaced: the old folder stays, whole, and nothing else', async (context) => {
  const project = await openProject(context);
  const disk = mount(project.scope, join(project.folder, 'disk'), ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs']);
  const parent = disk ?? join(project.folder, 'inner');
  const directory = join(parent, 'out');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'old'), 'precious');
  // Without a disk of our own to fill, a process that may not write long files: one of them is too long.
  const files = Array.from({ length: 400 }, (_, index) => put(`d${index % 10}/f${index}`, 'x'.repeat(4_000) + index));
  await project.append(...files.flat(), ...put('z', Buffer.alloc(3_000_000, 'x')));
  const limits = disk === undefined ? { fileBlocksMax: 2_000 } : {};
  const { code, output } = await runChild(childOf(project, directory), limits);
  assert.equal(code, 1, output.slice(-500));
  assert.match(
    output,
    disk === undefined ? /^failed disk_full cannot write "z": /m : /^failed disk_full cannot write "d\d/m,
  );
  assert.deepEqual(await readFolder(parent), { 'out/old': '644 precious' });
});

test('kill -9 at any time leaves the old folder or the new one, and the next restore cleans up', async (context) => {
  const project = await openProject(context);
  const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 2 ** 31);
  await project.append(
    ...Array.from({ length: 100 }, (_, index) => put(`d${index % 20}/f${index}`, `new ${index}`)).flat(),
  );
  const inner = join(project.folder, 'inner');
  const directory = join(inner, 'out');
  await restoreTo(project, directory);
  const whole = await readFolder(directory);
  for (let round = 0; round < 6; round++) {
    writeFileSync(join(directory, 'old'), 'old');
    const child = startChild(childOf(project, directory));
    await child.untilOutput(/^paths 1$/m);
    // From the middle of the writing to after the end.
    await sleep(((seed * (round + 1)) % 97) * 2);
    child.kill();
    await child.closed;
    const names = (await readdir(inner)).filter((name) => !name.startsWith('.out.swarmledger-'));
    if (names.includes('out')) {
      const { old, ...found } = await readFolder(directory);
      assert.deepEqual(found, whole, `seed ${seed}, round ${round}`);
      assert.ok(old === undefined || old === '644 old');
    }
    assert.deepEqual(names, existsSync(directory) ? ['out'] : [], `seed ${seed}, round ${round}`);
    await restoreTo(project, directory);
    assert.deepEqual(await readdir(inner), ['out'], `seed ${seed}, round ${round}`);
    assert.deepEqual(await readFolder(directory), whole);
  }
});

test('names that differ in case only: both where the file system tells them apart, refused whole where it does not', async (context) => {
  const project = await openProject(context);
  await project.append(...put('README', '1'), ...put('readme', '2'), ...put('Dir/x', '3'), ...put('dir/y', '4'));
  const folders = [project.folder, openCasefold(project)].filter((folder) => folder !== undefined);
  for (const folder of folders) {
    const parent = join(folder, 'parent');
    await mkdir(parent);
    writeFileSync(join(parent, 'probe'), '');
    const ignoresCase = existsSync(join(parent, 'PROBE'));
    const directory = join(parent, 'out');
    if (ignoresCase) {
      const refused = { code: 'path_collision', message: /takes "Dir" and "dir\/?|takes "README" and "readme"/ };
      await assert.rejects(restoreTo(project, directory), refused);
      assert.deepEqual(await readdir(parent), ['probe']);
    } else {
      await restoreTo(project, directory);
      assert.deepEqual(await readFolder(directory), {
        'Dir/x': '644 3',
        'dir/y': '644 4',
        README: '644 1',
        readme: '644 2',
      });
    }
  }
});

/** A folder that ignores case, where this process may mount one and the kernel has such a file system. */
function openCasefold(project: TestProject): string | undefined {
  const image = join(project.folder, 'casefold.img');
  try {
    writeFileSync(image, '');
    truncateSync(image, 8 * 1024 * 1024);
    const options = ['-q', '-O', 'casefold', '-E', 'encoding=utf8', image];
    execFileSync('mkfs.ext4', options, { stdio: 'ignore' });
    const disk = mount(project.scope, join(project.folder, 'casefold'), ['-o', 'loop', image]);
    if (disk === undefined) return undefined;
    mkdirSync(join(disk, 'folder'));
    execFileSync('chattr', ['+F', join(disk, 'folder')], { stdio: 'ignore' });
    return join(disk, 'folder');
  } catch {
    return undefined;
  }
}

/** Undefined where this process may not mount. */
function mount(scope: Scope, folder: string, args: readonly string[]): string | undefined {
  mkdirSync(folder);
  try {
    execFileSync('mount', [...args, folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  scope.defer('disk', () => void execFileSync('umount', [folder]));
  return folder;
}
