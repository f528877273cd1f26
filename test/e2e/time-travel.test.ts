import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually, finish, startCli, withFolder, withHub, type RunningHub } from '../support/cli.ts';
import { git } from '../support/git.ts';

const project = ['-t', 'acme', '-p', 'shop'] as const;

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

interface Change {
  readonly path: string;
  readonly agent?: string;
  readonly content?: string;
  readonly diff?: string;
  readonly base?: string;
}

/** One line for `emit`. */
function change({ path, agent = 'coder', content, diff, base }: Change): string {
  const body = content === undefined ? { unified_diff: diff } : { content };
  const seen = base === undefined ? {} : { base_sha256: sha256(base) };
  return JSON.stringify({
    agent_id: agent,
    state_change: { target_resource: path, action: 'UPDATE', ...body, ...seen },
  });
}

async function emit(hub: RunningHub, lines: readonly string[], branch = 'main'): Promise<void> {
  const { code, stderr } = await hub.cli(['emit', ...project, '-b', branch], { input: `${lines.join('\n')}\n` });
  assert.equal(code, 0, stderr);
}

async function read(hub: RunningHub, ...args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { code, stdout, stderr } = await hub.cli([...args, ...project, '--json']);
  assert.equal(code, 0, stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function say(hub: RunningHub, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await hub.cli([...args, ...project]);
  assert.equal(code, 0, stderr);
  return stdout;
}

async function fileOn(hub: RunningHub, branch: string, path: string): Promise<string> {
  return withFolder(async (folder) => {
    const out = join(folder, 'out');
    await say(hub, 'restore', '-b', branch, '--out', out);
    return readFile(join(out, path), 'utf8');
  });
}

test('from the first event to a merge on a fork of a fork, through the bus', { timeout: 240_000 }, async () => {
  await withHub(async (hub) => {
    const base = 'one\ntwo\nthree\nfour\nfive\n';
    await emit(hub, [change({ path: 'list', content: base })]);

    // Events for a branch that does not exist are kept, and come in once it does.
    const early = await hub.cli(['emit', ...project, '-b', 'later'], {
      input: `${change({ path: 'early', content: 'e' })}\n`,
    });
    assert.equal(early.code, 2);
    assert.match(early.stderr, /dead letters: there is no such branch: make it with "swarmledger fork"/);
    const [forked] = await read(hub, 'fork', 'later', '--reason', 'to try', '--by', 'ana');
    assert.deepEqual([forked?.['parent'], forked?.['created_by']], ['main', 'ana']);
    assert.match(
      (await hub.cli(['dlq', 'replay', '-t', 'acme', '--reason', 'unknown_branch'])).stdout,
      /^1 dead letter/,
    );
    await eventually(async () => ((await read(hub, 'tree', '-b', 'later')).length === 2 ? true : undefined));
    assert.deepEqual(
      (await read(hub, 'tree')).map(({ path }) => path),
      ['list'],
    );

    // A follower of the fork's fork sees what is published there, and nothing else.
    await read(hub, 'fork', 'deeper', '-b', 'later');
    const follower = startCli(['--data', hub.data, 'log', '--follow', '-b', 'deeper', '-n', '1', ...project, '--json']);
    const followed = finish(follower);
    let seen = 0;
    await new Promise<void>((resolve) => follower.stdout?.once('data', () => resolve()));
    follower.stdout?.on('data', (text: string) => (seen += text.split('\n').length - 1));

    // Two agents, one base: the second one did not see the first. And a diff that does.
    const ours = base.replace('one', '1');
    const theirs = base.replace('five', '5');
    await emit(hub, [change({ path: 'list', agent: 'ours', content: ours, base })], 'deeper');
    await emit(hub, [change({ path: 'list', agent: 'theirs', content: theirs, base })], 'deeper');
    const [conflict] = await read(hub, 'conflicts', 'ls', '-b', 'deeper');
    assert.deepEqual([conflict?.['path'], conflict?.['reason']], ['list', 'base_mismatch']);
    assert.deepEqual(await read(hub, 'conflicts', 'ls'), []);
    const id = String(conflict?.['conflict']);
    assert.match(await say(hub, 'conflicts', 'show', id), /-one\n\+1\n[^]*-five\n\+5\n[^]*The two merge cleanly\./);
    assert.match(await say(hub, 'conflicts', 'resolve', id, '--dry-run'), /^Would commit on deeper/);
    const [resolved] = await read(hub, 'conflicts', 'resolve', id, '--by', 'ana', '--reason', 'both are right');
    assert.equal(resolved?.['committed'], true);
    assert.equal(await fileOn(hub, 'deeper', 'list'), base.replace('one', '1').replace('five', '5'));
    const [merged] = await read(hub, 'why', 'list', '-b', 'deeper', '-n', '1');
    const event = merged?.['change'] as { readonly state_change: { readonly merged_event_ids: readonly string[] } };
    assert.deepEqual(event.state_change.merged_event_ids, [
      conflict?.['first_event_id'],
      conflict?.['second_event_id'],
    ]);
    assert.equal((await hub.cli(['conflicts', 'resolve', id, ...project])).code, 2);

    // ours, theirs, the conflict, the decision and the merge, and the one event of the past.
    await eventually(() => (seen >= 5 ? true : undefined));
    follower.kill('SIGINT');
    const kinds = (await followed).stdout
      .trim()
      .split('\n')
      .map((line) => Object.keys(JSON.parse(line) as object).at(-1));
    assert.deepEqual(kinds, ['state_change', 'state_change', 'state_change', 'conflict', 'decision', 'state_change']);

    // Across branches: a patch that git takes.
    const patch = await say(hub, 'diff', 'main', 'deeper');
    await withFolder(async (folder) => {
      await say(hub, 'restore', '--out', join(folder, 'main'));
      git(join(folder, 'main'), 'init', '--quiet');
      await writeFile(join(folder, 'patch'), patch);
      git(join(folder, 'main'), 'apply', '../patch');
      assert.equal(await readFile(join(folder, 'main/list'), 'utf8'), await fileOn(hub, 'deeper', 'list'));
      assert.equal(await readFile(join(folder, 'main/early'), 'utf8'), 'e');
    });
    assert.match(await say(hub, 'diff', 'main', 'deeper', 'list', '--stat'), /^ list \| 4 \+\+--\n 1 path changed/);
    assert.equal(await say(hub, 'diff', 'main', 'later', 'list'), '');
    assert.equal((await read(hub, 'branches')).length, 3);
    assert.match(await say(hub, 'timeline', '-b', 'deeper'), /ours[^]*theirs[^]*✖/);
  });
});

test(
  'the same lines are marked, edited and committed; a diff that does not apply waits for its author',
  { timeout: 240_000 },
  async () => {
    await withHub(async (hub) => {
      await emit(hub, [
        change({ path: 'src/x', content: 'a\n' }),
        change({ path: 'src/x', content: 'b\n', base: 'a\n' }),
      ]);
      const diff = '--- a\n+++ b\n@@ -1 +1 @@\n-a\n+c\n';
      await emit(hub, [change({ path: 'src/x', diff, base: 'a\n' })]);
      const [conflict] = await read(hub, 'conflicts', 'ls');
      assert.equal(conflict?.['reason'], 'diff_rejected');
      assert.equal(await fileOn(hub, 'main', 'src/x'), 'b\n');
      const id = String(conflict?.['conflict']);
      await withFolder(async (folder) => {
        const marked = join(folder, 'x.conflict');
        const resolve = (...args: readonly string[]) =>
          hub.cli(['conflicts', 'resolve', id, ...project, ...args], { cwd: folder });
        assert.match(
          (await resolve()).stdout,
          /1 place marked in x\.conflict\. Nothing was committed\.\nEdit it, then: swarmledger/,
        );
        assert.match(await readFile(marked, 'utf8'), /^<{7} current[^]*\nb\n\|{7} base\na\n={7}\nc\n>{7} second/);
        const refused = [await resolve(), await resolve('--use', 'x.conflict'), await resolve('--use', 'nothing')];
        for (const [index, pattern] of [
          /it is there already/,
          /still has conflict markers/,
          /cannot read nothing/,
        ].entries()) {
          assert.equal(refused[index]?.code, 2);
          assert.match(refused[index]?.stderr ?? '', pattern);
        }
        await writeFile(marked, 'bc\n');
        assert.match((await resolve('--use', 'x.conflict')).stdout, /^Committed on main/);
      });
      assert.equal(await fileOn(hub, 'main', 'src/x'), 'bc\n');
      assert.match(await say(hub, 'conflicts', 'ls'), /^No open conflicts/);
      assert.match(await say(hub, 'conflicts', 'ls', '--all'), /settled/);
      // Wrong requests are one sentence each.
      const [one] = await read(hub, 'log', '-n', '1');
      const wrong: readonly (readonly [args: readonly string[], pattern: RegExp])[] = [
        [['conflicts', 'show', String(one?.['event_id'])], /is no conflict/],
        [['conflicts', 'resolve', id, '--use', 'a', '--take', 'first'], /not both/],
        [['conflicts', 'resolve', id, '--role', 'king'], /--role is none of/],
        [['diff', 'main', 'yesterday'], /"yesterday" is no moment: give a branch/],
        [['fork', 'main'], /there is a branch main already/],
        [['fork', 'x', '--event-time', 'now'], /an event time is none/],
        [['log', '--follow', '--until', 'now'], /--follow has no end/],
      ];
      for (const [args, pattern] of wrong) {
        const { code, stderr } = await hub.cli([...args, ...project]);
        assert.equal(code, 2, stderr);
        assert.match(stderr, pattern);
      }
    });
  },
);
