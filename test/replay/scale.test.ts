import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mainBranch, type ProjectPath } from '@swarmledger/protocol';
import { listTree, resolveMoment, restore, whyPath } from '@swarmledger/replayer';
import { openProject, put } from './project.ts';

test('20,000 files are restored, all of them', async (context) => {
  const project = await openProject(context);
  const count = 20_000;
  await project.append(
    ...Array.from({ length: count }, (_, index) => put(`d${index % 500}/f${index}`, `content ${index}`)).flat(),
  );
  const history = await project.history();
  const moment = await resolveMoment(history, mainBranch, { kind: 'head' });
  const directory = join(project.folder, 'out');
  const summary = await restore(history, { moment, directory });
  assert.equal(summary.files, count);
  for (const index of [0, 1, 499, 500, 12_345, 19_999]) {
    assert.equal(await readFile(join(directory, `d${index % 500}/f${index}`), 'utf8'), `content ${index}`);
  }
});

test('a path changed 5,000 times has its content at any of them', async (context) => {
  const project = await openProject(context);
  const changes = 5_000;
  const versions = await project.append(
    ...Array.from({ length: changes }, (_, index) => put('counter', `${index}`)).flat(),
  );
  const history = await project.history();
  for (const index of [0, 1, 2_499, 4_998, 4_999]) {
    const moment = await resolveMoment(history, mainBranch, { kind: 'version', version: versions[index]!.version });
    const directory = join(project.folder, `at-${index}`);
    await restore(history, { moment, directory });
    assert.equal(await readFile(join(directory, 'counter'), 'utf8'), `${index}`);
  }
  const moment = await resolveMoment(history, mainBranch, { kind: 'head' });
  let reasons = 0;
  for await (const { change } of whyPath(history, moment, 'counter' as ProjectPath)) reasons += change.exists ? 1 : 0;
  assert.equal(reasons, changes);
  let paths = 0;
  for await (const entry of listTree(history, moment)) paths += entry.path === 'counter' ? 1 : 0;
  assert.equal(paths, 1);
});
