import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  fileModes,
  mainBranch,
  parseBranchName,
  parseTagName,
  tagAttribute,
  type SwarmEvent,
} from '@swarmledger/protocol';
import {
  exportGit,
  resolveMoment,
  restore,
  verifyAgainstGit,
  type GitEntry,
  type GitExportSummary,
} from '@swarmledger/replayer';
import { runCli } from '../support/cli.ts';
import { git } from '../support/git.ts';
import { decide, onBranch, openProject, put, remove, rename, signal, type TestProject } from './project.ts';

async function run(project: TestProject, name = 'export', branch?: string): Promise<GitExportSummary> {
  const directory = join(project.folder, name);
  const only = branch === undefined ? {} : { branch: parseBranchName(branch) };
  const summary = await exportGit(await project.history(), { directory, ...only });
  git(directory, 'fsck', '--strict', '--no-dangling');
  return summary;
}

interface Commit {
  readonly id: string;
  readonly subject: string;
  readonly author: string;
  readonly trailers: Readonly<Record<string, string>>;
}

/** Oldest first. */
function readLog(repository: string, revision = 'main'): readonly Commit[] {
  const format = '%H%x00%s%x00%an <%ae> %at%x00%(trailers:only,unfold)%x01';
  const log = git(repository, 'log', '--reverse', '--first-parent', `--format=${format}`, revision);
  return log
    .split('\x01')
    .filter((record) => record.trim() !== '')
    .map((record) => {
      const [id = '', subject = '', author = '', trailers = ''] = record.trim().split('\0');
      const pairs = trailers
        .trim()
        .split('\n')
        .filter((line) => line !== '');
      return {
        id,
        subject,
        author,
        trailers: Object.fromEntries(pairs.map((line) => line.split(': ') as [string, string])),
      };
    });
}

function readTree(repository: string, revision: string): ReadonlyMap<string, GitEntry> {
  const lines = git(repository, 'ls-tree', '-r', '-z', revision)
    .split('\0')
    .filter((line) => line !== '');
  return new Map(
    lines.map((line): [string, GitEntry] => {
      const [mode = '', , id = ''] = line.split(/[ \t]/);
      return [line.slice(line.indexOf('\t') + 1), { mode, id }];
    }),
  );
}

/** The oracle: each commit's tree is what a restore at its version gives. */
async function assertTrees(project: TestProject, repository: string, revision = 'main'): Promise<void> {
  const history = await project.history();
  for (const [index, { id, trailers }] of readLog(repository, revision).entries()) {
    const [version, branch] = [trailers['SwarmLedger-Version'] ?? '', trailers['SwarmLedger-Branch'] ?? ''];
    const query = { kind: 'version', version: version as never } as const;
    const moment = await resolveMoment(history, parseBranchName(branch), query);
    const directory = join(project.folder, `check-${revision.replaceAll('/', '-')}-${index}`);
    await restore(history, { moment, directory, links: 'keep' });
    const { matches, differences } = await verifyAgainstGit(directory, readTree(repository, id));
    assert.ok(matches, `${revision} ${index}: ${JSON.stringify(differences)}`);
  }
}

test('a decision and its changes are one commit, by its agent, with version and decision as trailers', async (context) => {
  const project = await openProject(context);
  const plan = decide('Add a parser', {
    agentId: 'coder-1',
    rationale: 'The input is text.\n\nIt has lines.',
    traceId: 'a'.repeat(32),
  });
  const fields = { agentId: 'coder-1', parentEventId: plan.eventId, traceId: 'a'.repeat(32) };
  const appended = await project.append(
    plan,
    ...put('src/parse.ts', 'parse\n', fields),
    signal('it compiles', { agentId: 'coder-1' }),
    ...put('src/lines.ts', 'lines\n', fields),
  );
  const summary = await run(project);
  assert.deepEqual([summary.commits, summary.files, summary.branches, summary.tags], [1, 2, ['main'], 0]);
  const [commit, ...others] = readLog(summary.directory);
  assert.equal(others.length, 0);
  assert.equal(commit?.subject, 'Add a parser');
  assert.equal(commit.author, 'coder-1 <coder-1@agents.invalid> 1767139200');
  assert.deepEqual(commit.trailers, {
    'SwarmLedger-Agent': 'coder-1',
    'SwarmLedger-Role': 'CODER',
    'SwarmLedger-Branch': 'main',
    'SwarmLedger-Version': appended.at(-1)?.version,
    'SwarmLedger-Decision': plan.eventId,
    'SwarmLedger-Confidence': '0.75',
    'SwarmLedger-Model': 'model-1',
    'SwarmLedger-Trace': 'a'.repeat(32),
  });
  const message = git(summary.directory, 'log', '-1', '--format=%B');
  assert.match(message, /^Add a parser\n\nThe input is text\.\n\nIt has lines\.\n\nSwarmLedger-Agent: coder-1\n/);
  assert.equal(git(summary.directory, 'log', '-1', '--format=%cn %ct'), 'SwarmLedger 1767225600');
  await assertTrees(project, summary.directory);
});

test('agents that take turns have commits in turn, and changes without a decision one for each ledger commit', async (context) => {
  const project = await openProject(context);
  const [one, two] = [decide('one', { agentId: 'a' }), decide('two', { agentId: 'b' })];
  await project.append(
    one,
    two,
    ...put('x', '1', { agentId: 'a', parentEventId: one.eventId }),
    ...put('x', '2', { agentId: 'b', parentEventId: two.eventId }),
    ...put('x', '3', { agentId: 'a', parentEventId: one.eventId }),
  );
  project.clock.nowMs += 1_000;
  await project.append(...put('y', '4', { agentId: 'c' }), ...put('z', '5', { agentId: 'c' }));
  project.clock.nowMs += 1_000;
  await project.append(...put('y', '6', { agentId: 'c' }), remove('z', { agentId: 'd@example.org' }));
  const { directory } = await run(project);
  const log = readLog(directory);
  assert.deepEqual(
    log.map(({ subject }) => subject),
    ['one', 'two', 'one', 'Change 2 paths', 'Update y', 'Delete z'],
  );
  assert.equal(log.at(-1)?.author.split('>')[0], 'd@example.org <d@example.org');
  await assertTrees(project, directory);
});

test('modes, links, submodules, empty files, odd names, renames, files that become folders and back', async (context) => {
  const project = await openProject(context);
  const step = async (...events: readonly SwarmEvent[]): Promise<void> => {
    project.clock.nowMs += 1;
    await project.append(...events);
  };
  await step(
    ...put('run', '#!/bin/sh\n', { mode: fileModes.executable }),
    ...put('empty', ''),
    ...put('up', '../outside', { mode: fileModes.symlink }),
    ...put('quo"te\nli\\ne/ünï 😀', 'x'),
    ...put('module', '1'.repeat(40), { mode: fileModes.gitlink }),
    ...put('binary', Buffer.from([0, 255, 10, 13])),
    ...put('turns', 'file'),
    ...put('deep/er/file', 'x'),
  );
  await step(remove('turns'), ...put('turns/inside', 'folder'), ...put('run', '#!/bin/sh\n'));
  await step(...put('turns', 'file again'), remove('turns/inside'), rename('deep/er/file', 'deeper'));
  // Nothing to delete: neither a path that never was nor a folder, whose files stay.
  await step(...put('folder/file', 'stays'));
  await step(remove('folder'), remove('never'));
  await step(
    ...put('large', Buffer.alloc(3_000_000, 'large ')),
    rename('deeper', 'deep/est'),
    rename('deep/est', 'back'),
  );
  const { directory, commits } = await run(project);
  assert.equal(commits, 6);
  await assertTrees(project, directory);
  assert.equal(readTree(directory, 'main').get('folder/file')?.mode, '100644');
});

test('branches, forks of forks and tags stand where they stood', async (context) => {
  const project = await openProject(context);
  const change = async (path: string, branch = 'main') => {
    project.clock.nowMs += 1;
    const [appended] = await project.append(...put(path, path, onBranch(branch)));
    return { branch: parseBranchName(branch), version: appended!.version };
  };
  const fork = async (name: string, from: Awaited<ReturnType<typeof change>>): Promise<void> => {
    await (await project.history()).fork(parseBranchName(name), from, { by: 'test', reason: '' });
  };
  await change('a');
  const second = await change('b');
  const third = await change('c');
  await fork('idea/one', second);
  const own = await change('one', 'idea/one');
  await change('one-more', 'idea/one');
  await fork('idea/two', own);
  await change('two', 'idea/two');
  await fork('early', { ...own, version: second.version });
  await fork('untouched', third);
  await change('d');
  const history = await project.history();
  await history.setTag(parseTagName('v1'), own);
  await history.setTag(parseTagName('not a ref'), second);
  const summary = await run(project);
  assert.deepEqual([...summary.branches].sort(), ['early', 'idea/one', 'idea/two', 'main', 'untouched']);
  assert.deepEqual([summary.tags, summary.skippedTags], [1, ['not a ref']]);
  const subjects = (revision: string): string => git(summary.directory, 'log', '--reverse', '--format=%s', revision);
  const updates = (...paths: readonly string[]): string => paths.map((path) => `Update ${path}`).join('\n');
  assert.equal(subjects('main'), updates('a', 'b', 'c', 'd'));
  assert.equal(subjects('idea/one'), updates('a', 'b', 'one', 'one-more'));
  assert.equal(subjects('idea/two'), updates('a', 'b', 'one', 'two'));
  assert.equal(subjects('early'), updates('a', 'b'));
  assert.equal(subjects('untouched'), updates('a', 'b', 'c'));
  assert.equal(subjects('v1'), updates('a', 'b', 'one'));
  assert.equal(git(summary.directory, 'merge-base', 'main', 'idea/two'), git(summary.directory, 'rev-parse', 'main~2'));
  for (const branch of ['main', 'idea/one', 'idea/two', 'untouched']) {
    await assertTrees(project, summary.directory, branch);
  }
  const alone = await run(project, 'alone', 'idea/two');
  assert.deepEqual([alone.commits, alone.branches, alone.tags], [4, ['idea/two'], 1]);
  assert.equal(git(alone.directory, 'rev-parse', 'HEAD'), git(summary.directory, 'rev-parse', 'idea/two'));
  assert.equal(git(alone.directory, 'symbolic-ref', 'HEAD'), 'refs/heads/idea/two');
});

test('a tag or a fork in the middle of a decision cuts its commit there', async (context) => {
  const project = await openProject(context);
  const plan = decide('plan');
  const cause = { parentEventId: plan.eventId };
  const appended = await project.append(
    plan,
    ...put('a', '1', cause),
    ...put('b', '2', { ...cause, attributes: { [tagAttribute]: 'half' } }),
    ...put('c', '3', cause),
    ...put('d', '4', cause),
  );
  await (
    await project.history()
  ).fork(parseBranchName('other'), { branch: mainBranch, version: appended[3]!.version }, { by: 'test', reason: '' });
  const { directory, commits } = await run(project);
  assert.equal(commits, 3);
  const files = (revision: string): readonly string[] => [...readTree(directory, revision).keys()];
  assert.deepEqual(
    [files('half'), files('other'), files('main')],
    [
      ['a', 'b'],
      ['a', 'b', 'c'],
      ['a', 'b', 'c', 'd'],
    ],
  );
});

test('a project without changes is a repository without commits', async (context) => {
  const project = await openProject(context);
  await project.append(signal('hello'));
  const summary = await run(project);
  assert.deepEqual([summary.commits, summary.branches], [0, []]);
  assert.equal(git(summary.directory, 'for-each-ref'), '');
});

test('what Git cannot hold is refused in one sentence, and nothing is left', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', 'file'), ...put('a/b', 'below'));
  await assert.rejects(run(project), { code: 'path_collision' });
  const later = await openProject(context);
  await later.append(...put('a', 'file'));
  later.clock.nowMs += 1;
  await later.append(...put('a/b', 'below'));
  await assert.rejects(run(later), { code: 'path_collision', message: /"a" is both a file and a folder/ });
  const above = await openProject(context);
  await above.append(...put('a/b', 'below'));
  above.clock.nowMs += 1;
  await above.append(...put('a', 'file'));
  await assert.rejects(run(above), { code: 'path_collision', message: /"a" is both a file and a folder/ });
  const module = await openProject(context);
  await module.append(...put('m', 'no commit', { mode: fileModes.gitlink }));
  await assert.rejects(run(module), { code: 'invalid_submodule' });
  const names = await openProject(context);
  const [at] = await names.append(...put('a', '1'));
  const history = await names.history();
  const from = { branch: mainBranch, version: at!.version };
  await history.fork(parseBranchName('x.lock'), from, { by: '', reason: '' });
  await assert.rejects(run(names), { code: 'invalid_ref_name', message: /no branch called "x\.lock"/ });
  assert.equal((await run(names, 'export', 'main')).commits, 1);
  await history.fork(parseBranchName('main/x'), from, { by: '', reason: '' });
  await assert.rejects(run(names, 'x', 'nowhere'), { code: 'unknown_branch' });
  for (const each of [project, later, above, module]) {
    assert.deepEqual(
      (await readdir(each.folder)).filter((name) => name.includes('export')),
      [],
    );
  }
});

test("hostile texts cannot change the commit: NUL, line feeds, trailers and angle brackets in an agent's words", async (context) => {
  const project = await openProject(context);
  const plan = decide('title\nwith\0 lines', {
    agentId: 'evil <root@example.org>\ncommitter x',
    rationale: 'because\n\nSwarmLedger-Agent: somebody else\n',
  });
  await project.append(
    plan,
    ...put('a', 'from refs/heads/main\nD a\n', { agentId: plan.agentId, parentEventId: plan.eventId }),
  );
  const { directory } = await run(project);
  const [commit] = readLog(directory);
  assert.equal(commit?.subject, 'title with lines');
  assert.match(
    commit.author,
    /^evil root@example\.org committer x <evil-root-example\.org-committer-x@agents\.invalid>/,
  );
  assert.equal(git(directory, 'log', '-1', '--format=%cn'), 'SwarmLedger');
  await assertTrees(project, directory);
});

test('a merge of a conflict names what it joins', async (context) => {
  const project = await openProject(context);
  const [one] = put('a', '1');
  const [two] = put('a', '2');
  const [merge] = put('a', '1 and 2');
  assert.ok(one !== undefined && two !== undefined && merge?.payload.kind === 'state_change');
  const mergedEventIds = [one.eventId, two.eventId];
  await project.append(one, two, { ...merge, agentId: 'merger', payload: { ...merge.payload, mergedEventIds } });
  const { directory } = await run(project);
  assert.equal(readLog(directory).at(-1)?.trailers['SwarmLedger-Merges'], mergedEventIds.join(' '));
});

test('the command exports what is in the data folder, and says what it did', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', '1'));
  const history = await project.history();
  const point = { branch: mainBranch, version: (await history.latest(mainBranch))! };
  await history.setTag(parseTagName('no ref'), point);
  const args = ['--data', project.folder, 'export-git', join(project.folder, 'out.git'), '-t', 'acme', '-p', 'rocket'];
  const { code, stdout, stderr } = await runCli(args);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Exported 1 commits \(main\), 0 tags, 1 B to .*out\.git\n$/);
  assert.match(stderr, /Git cannot have a tag called "no ref"/);
  const again = await runCli(args);
  assert.deepEqual([again.code, /not empty.*--force/.test(again.stderr)], [2, true]);
  const forced = await runCli([...args, '--force', '--json', '--branch', 'main']);
  assert.equal((JSON.parse(forced.stdout) as { commits: number }).commits, 1);
});

test('an existing folder is kept unless it is to be replaced', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', '1'));
  const directory = join(project.folder, 'export');
  await mkdir(directory);
  await writeFile(join(directory, 'mine'), '');
  await assert.rejects(run(project), { code: 'target_not_empty' });
  assert.deepEqual(await readdir(directory), ['mine']);
  await exportGit(await project.history(), { directory, existing: 'replace' });
  assert.equal(git(directory, 'rev-list', '--count', 'main'), '1');
  assert.equal((await readFile(join(directory, 'HEAD'), 'utf8')).trim(), 'ref: refs/heads/main');
});

test('an abort, damaged content or a git that is missing or dies leaves nothing', async (context) => {
  const project = await openProject(context);
  await project.append(
    ...Array.from({ length: 50 }, (_, index) => put(`f${index}`, Buffer.alloc(100_000, index))).flat(),
  );
  const history = await project.history();
  const directory = join(project.folder, 'inner/export');
  const abort = new AbortController();
  setImmediate(() => abort.abort());
  await assert.rejects(exportGit(history, { directory }, { signal: abort.signal }), { name: 'AbortError' });
  const damaged = new Proxy(history, {
    get: (target, name) =>
      name === 'content'
        ? async function* (): AsyncGenerator<Buffer> {
            yield Buffer.from('damaged');
          }
        : (Reflect.get(target, name) as (...args: unknown[]) => unknown).bind(target),
  });
  await assert.rejects(exportGit(damaged, { directory }), { code: 'content_corrupt' });
  const nowhere = { environment: { PATH: project.folder } };
  await assert.rejects(exportGit(history, { directory }, nowhere), { code: 'git_missing', message: /install Git/ });
  await writeFile(
    join(project.folder, 'git'),
    '#!/bin/sh\ncase "$*" in *fast-import*) echo "fatal: broken pack" >&2; exit 9;; esac\n',
    {
      mode: 0o755,
    },
  );
  await assert.rejects(exportGit(history, { directory }, nowhere), { code: 'git_failed', message: /broken pack/ });
  assert.deepEqual(await readdir(join(project.folder, 'inner')), []);
});

test('kill -9 leaves no half repository, and the next export cleans up', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', '1'));
  const directory = join(project.folder, 'inner/export');
  const script = `
    import { openLedger } from '@swarmledger/ledger';
    import { exportGit } from '@swarmledger/replayer';
    const ledger = await openLedger({ connection: { kind: 'embedded', file: ${JSON.stringify(project.ledgerFile)} } });
    await exportGit(await ledger.project('acme', 'rocket'), { directory: ${JSON.stringify(directory)} }, {
      onProgress: () => { process.kill(process.pid, 'SIGKILL'); },
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code, killed] = (await once(child, 'close')) as [number | null, string | null];
  assert.deepEqual([code, killed], [null, 'SIGKILL']);
  const left = await readdir(join(project.folder, 'inner'));
  assert.deepEqual(
    left.map((name) => name.replace(/.{6}$/, '')),
    ['.export.swarmledger-'],
  );
  await exportGit(await project.history(), { directory });
  assert.deepEqual(await readdir(join(project.folder, 'inner')), ['export']);
});
