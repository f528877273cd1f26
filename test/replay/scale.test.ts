import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ProjectHistory } from '@swarmledger/ledger';
import { mainBranch, type ProjectPath, type Version } from '@swarmledger/protocol';
import { readLog, resolveMoment, restore, whyPath } from '@swarmledger/replayer';
import { openProject, project as projectId, put, tenant, type TestProject } from './project.ts';
import { runChild } from './restore-child-process.ts';

test('20,000 files are restored, every one of them', async (context) => {
  const project = await openProject(context);
  const count = 20_000;
  const nameOf = (index: number): string => `d${index % 100}/f${index}`;
  await project.append(...Array.from({ length: count }, (_, index) => put(nameOf(index), `content ${index}`)).flat());
  const history = await project.history();
  const moment = await resolveMoment(history, mainBranch, { kind: 'head' });
  const directory = join(openMemoryFolder(project), 'out');
  const summary = await restore(history, { moment, directory });
  assert.equal(summary.files, count);
  assert.equal(readdirSync(directory).length, 100);
  for (let folder = 0; folder < 100; folder++) assert.equal(readdirSync(join(directory, `d${folder}`)).length, 200);
  for (let index = 0; index < count; index++) {
    assert.equal(readFileSync(join(directory, nameOf(index)), 'utf8'), `content ${index}`);
  }
});

test('a file of 50 MB is restored as it was, in memory that does not follow it', async (context) => {
  const project = await openProject(context);
  const block = randomBytes(1_000_000);
  const large = Buffer.concat(Array.from({ length: 50 }, (_, index) => Buffer.concat([Buffer.of(index), block])));
  await project.append(...put('large', large), ...put('small', 'x'));
  const directory = join(project.folder, 'out');
  const child = { ledgerFile: project.ledgerFile, tenant, project: projectId, directory };
  const { code, output } = await runChild(child);
  assert.equal(code, 0, output);
  assert.ok(large.equals(readFileSync(join(directory, 'large'))));
  const peakKb = Number(/^peak (\d+) -> (\d+)$/m.exec(output)?.[2]);
  const idleKb = Number(/^peak (\d+) -> (\d+)$/m.exec(output)?.[1]);
  assert.ok(peakKb - idleKb < 45_000, `${peakKb - idleKb} kB more than before the restore`);
});

/** On a file system in memory where there is one: what flushing costs is the benchmark's question, not this test's. */
function openMemoryFolder({ folder, scope }: TestProject): string {
  try {
    const made = mkdtempSync('/dev/shm/replay-');
    scope.defer('folder in memory', () => rmSync(made, { recursive: true, force: true }));
    return made;
  } catch {
    return folder;
  }
}

/** Counts what a read gives, so that a cost is seen without a clock. */
function countReads(history: ProjectHistory): { readonly history: ProjectHistory; readonly count: () => number } {
  let count = 0;
  const counted = new Proxy(history, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => {
        const result: unknown = value.apply(target, args);
        count += 1;
        if (typeof result !== 'object' || result === null || !(Symbol.asyncIterator in result)) return result;
        return (async function* () {
          for await (const item of result as AsyncIterable<unknown>) {
            count += 1;
            yield item;
          }
        })();
      };
    },
  });
  return { history: counted, count: () => count };
}

test('a path changed 100,000 times costs what is asked for, not what happened', async (context) => {
  const project = await openProject(context);
  const changes = 100_000;
  const versions: Version[] = [];
  for (let done = 0; done < changes; done += 5_000) {
    const events = Array.from({ length: 5_000 }, (_, index) => put('counter', `${done + index}`)).flat();
    for (const { version } of await project.append(...events)) versions.push(version);
  }
  const plain = await project.history();
  for (const index of [0, 1, 49_999, 99_998, 99_999]) {
    const { history, count } = countReads(plain);
    const moment = await resolveMoment(history, mainBranch, { kind: 'version', version: versions[index]! });
    const directory = join(project.folder, `at-${index}`);
    await restore(history, { moment, directory });
    assert.equal(await readFile(join(directory, 'counter'), 'utf8'), `${index}`);
    assert.ok(count() < 10, `${count()} reads for a restore`);
  }
  // Twenty reasons, and a page of the log from the middle: some reads for each.
  const { history, count } = countReads(plain);
  const moment = await resolveMoment(history, mainBranch, { kind: 'head' });
  let reasons = 0;
  for await (const { change } of whyPath(history, moment, 'counter' as ProjectPath)) {
    assert.ok(change.exists && change.version === versions.at(-1 - reasons));
    if (++reasons === 20) break;
  }
  const page: Version[] = [];
  for await (const { version } of readLog(history, mainBranch, { before: versions[50_000]!, limit: 20 })) {
    page.push(version);
  }
  assert.deepEqual(page, versions.slice(49_980, 50_000).reverse());
  assert.ok(count() < 200, `${count()} reads for two pages`);
});
