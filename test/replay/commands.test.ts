import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createEventId, type ProjectPath, type SwarmEvent } from '@swarmledger/protocol';
import { runCli, type Finished } from '../support/cli.ts';
import { decide, makeEvent, openProject, put, type TestProject } from './project.ts';

// Without a hub: what only reads needs no more than the ledger's file.

const target = ['-t', 'acme', '-p', 'rocket'] as const;
// eslint-disable-next-line no-control-regex -- what must not reach a terminal
const forbidden = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

function cli(project: TestProject, args: readonly string[], cwd?: string): Promise<Finished> {
  return runCli(['--data', project.folder, ...args, ...target], cwd === undefined ? {} : { cwd });
}

function blind(path: string, content: string, base: string): SwarmEvent {
  return makeEvent({
    kind: 'state_change',
    path: path as ProjectPath,
    action: 'UPDATE',
    body: { kind: 'content', content: Buffer.from(content) },
    mode: 0,
    baseSha256: createHash('sha256').update(base).digest(),
    contentBytes: 0,
  });
}

test('a conflict over a path with a hostile name is shown harmless, and its command can be copied', async (context) => {
  const project = await openProject(context);
  const path = "d/it's $(x)\x1b[2J\u202e";
  await project.append(...put(path, 'a\n'), ...put(path, 'b\n'), blind(path, 'c\n', 'a\n'));
  const { stdout } = await cli(project, ['conflicts', 'ls', '--json']);
  const id = (JSON.parse(stdout) as { conflict: string }).conflict;
  const folder = join(project.folder, 'work');
  await mkdir(folder);
  const texts: string[] = [];
  for (const args of [
    ['conflicts', 'ls'],
    ['conflicts', 'show', id],
    ['conflicts', 'resolve', id],
    ['conflicts', 'resolve', id],
    ['conflicts', 'resolve', id, '--take', 'first', '--dry-run'],
    ['log'],
    ['timeline'],
    ['diff', `before:${id}`, 'head'],
    ['fork', 'other', '--after', id],
    ['branches'],
  ]) {
    const { stdout: out, stderr } = await cli(project, args, folder);
    texts.push(out, stderr);
  }
  for (const text of texts) assert.doesNotMatch(text, forbidden);
  const [marked] = await readdir(folder);
  assert.equal(marked, "it's $(x)\x1b[2J\u202e.conflict");
  assert.match(await readFile(join(folder, marked), 'utf8'), /^<{7} current/);
  assert.ok(texts.some((text) => text.includes(String.raw`--use 'it'\''s $(x)\x1b[2J\u{202e}.conflict' …`)));
});

test('commands that publish say that they need a hub, those that read do not', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', 'x\n'), ...put('a', 'y\n'), blind('a', 'z\n', 'x\n'));
  const { stdout } = await cli(project, ['conflicts', 'ls', '--json']);
  const id = (JSON.parse(stdout) as { conflict: string }).conflict;
  const refused = await cli(project, ['conflicts', 'resolve', id, '--take', 'current']);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /no hub is running/);
  assert.match((await cli(project, ['conflicts', 'show', id])).stdout, /a person has to choose/);
});

test('tenant and project may come from the environment, and one of them has to', async (context) => {
  const project = await openProject(context);
  await project.append(decide('a plan'));
  const environment = { SWARMLEDGER_TENANT: 'acme', SWARMLEDGER_PROJECT: 'rocket' };
  const { stdout, code } = await runCli(['--data', project.folder, 'log'], { environment });
  assert.equal(code, 0);
  assert.match(stdout, /decided a plan/);
  const missing = await runCli(['--data', project.folder, 'log'], { environment: { SWARMLEDGER_TENANT: 'acme' } });
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /required option '-p, --project <project>' not specified/);
});

test('why tells so many changes as asked for, and goes on before the last of them', async (context) => {
  const project = await openProject(context);
  const decision = decide('count up');
  await project.append(decision);
  for (let index = 0; index < 5; index++) {
    await project.append(...put('a', String(index), { parentEventId: decision.eventId, traceId: 'a'.repeat(32) }));
  }
  const page = async (...args: readonly string[]) => {
    const { stdout, stderr } = await cli(project, ['why', 'a', '-n', '2', '--json', ...args]);
    assert.equal(stderr, '');
    return stdout
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            change: { version: string; event_id: string; trace_id: string };
            decision: { decision: { title: string } };
          },
      );
  };
  const first = await page();
  const second = await page('--before', first[1]!.change.event_id);
  const versions = [...first, ...second].map(({ change }) => change.version);
  assert.equal(new Set(versions).size, 4);
  assert.deepEqual(versions, [...versions].sort().reverse());
  assert.deepEqual([first[0]?.decision.decision.title, first[0]?.change.trace_id], ['count up', 'a'.repeat(32)]);
});

test('conflicts are listed in pages, each behind the last conflict of the one before', async (context) => {
  const project = await openProject(context);
  const paths = ['a', 'b', 'c', 'd', 'e'];
  for (const path of paths) {
    await project.append(...put(path, 'first\n'), ...put(path, 'second\n'), blind(path, 'third\n', 'first\n'));
  }
  const list = async (...args: readonly string[]): Promise<Finished> => {
    const finished = await cli(project, ['conflicts', 'ls', '--json', ...args]);
    assert.equal(finished.code, 0, finished.stderr);
    return finished;
  };
  const read = ({ stdout }: Finished): readonly { readonly conflict: string; readonly path: string }[] =>
    stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { conflict: string; path: string }]));
  const all = await list();
  assert.deepEqual(
    read(all).map(({ path }) => path),
    paths.toReversed(),
  );
  assert.equal(all.stderr, '');
  const pages: string[] = [];
  let page = await list('-n', '2');
  for (let last = read(page).at(-1); last !== undefined; last = read(page).at(-1)) {
    pages.push(...read(page).map(({ conflict }) => conflict));
    const isFull = read(page).length === 2;
    assert.equal(page.stderr.trim(), isFull ? `there may be older ones: --older-than ${last.conflict}` : '');
    page = await list('-n', '2', '--older-than', last.conflict);
  }
  assert.deepEqual(
    pages,
    read(all).map(({ conflict }) => conflict),
  );
});

test('a page of conflicts begins behind a conflict that exists', async (context) => {
  const project = await openProject(context);
  const decision = decide('no conflict');
  await project.append(decision);
  for (const [id, why] of [
    [decision.eventId, /is no conflict/],
    [createEventId(), /there is no event/],
    ['x', /event id/],
  ] as const) {
    const { code, stderr } = await cli(project, ['conflicts', 'ls', '--older-than', id]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, why);
  }
});
