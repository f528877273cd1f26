import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { fileModes, mainBranch, parseBranchName, type BranchName } from '@swarmledger/protocol';
import {
  diffMoments,
  diffTexts,
  diffToJson,
  patchStyle,
  plainStyle,
  renderDiff,
  renderDiffStat,
  toDiffStat,
  resolveMoment,
  restore,
  terminalStyle,
  type Moment,
  type PathDiff,
} from '@swarmledger/replayer';
import { readFolder } from './folder.ts';
import { onBranch, openProject, put, remove, type TestProject } from './project.ts';

async function at(project: TestProject, version?: string, branch: BranchName = mainBranch): Promise<Moment> {
  const query =
    version === undefined ? { kind: 'head' as const } : { kind: 'version' as const, version: version as never };
  return resolveMoment(await project.history(), branch, query);
}

async function diff(
  project: TestProject,
  from: Moment,
  to: Moment,
  paths?: readonly string[],
): Promise<readonly PathDiff[]> {
  const all: PathDiff[] = [];
  const options = paths === undefined ? {} : { paths };
  for await (const item of diffMoments(await project.history(), { from, to }, options)) all.push(item);
  return all;
}

const lines = (count: number, name = 'line'): string =>
  Array.from({ length: count }, (_, index) => `${name} ${index}\n`).join('');

test('tells what was added, changed and deleted, in path order', async (context) => {
  const project = await openProject(context);
  const before = await project.append(...put('same', '='), ...put('changed', lines(20)), ...put('gone', 'x\ny\n'));
  await project.append(
    ...put('changed', lines(20).replace('line 9\n', 'LINE 9\nline 9b\n')),
    remove('gone'),
    ...put('new', 'n'),
  );
  const [from, to] = [await at(project, before.at(-1)?.version), await at(project)];
  const diffs = await diff(project, from, to);
  const text = diffs.map((item) => renderDiff(item, plainStyle)).join('');
  assert.match(
    text,
    /^diff --git a\/changed b\/changed\n--- a\/changed\n\+\+\+ b\/changed\n@@ -7,7 \+7,8 @@\n line 6\n/,
  );
  assert.match(text, /-line 9\n\+LINE 9\n\+line 9b\n line 10\n/);
  assert.match(text, /deleted file mode 100644\n--- a\/gone\n\+\+\+ \/dev\/null\n@@ -1,2 \+0,0 @@\n-x\n-y\n/);
  assert.match(
    text,
    /new file mode 100644\n--- \/dev\/null\n\+\+\+ b\/new\n@@ -0,0 \+1,1 @@\n\+n\n\\ No newline at end of file\n$/,
  );
  assert.equal(
    renderDiffStat(diffs.map(toDiffStat), plainStyle),
    ' changed | 3 ++-\n gone    | 2 --\n new     | 1 +\n 3 paths changed, 3 lines added, 3 removed',
  );
  assert.deepEqual(
    diffs.map(diffToJson).map((json) => [json['path'], json['lines_added'], json['lines_removed']]),
    [
      ['changed', 2, 1],
      ['gone', 0, 2],
      ['new', 1, 0],
    ],
  );
  assert.deepEqual(
    (await diff(project, from, to, ['new'])).map((item) => item.path),
    ['new'],
  );
  assert.deepEqual(await diff(project, to, to), []);
});

test('modes, binary and large files, and a file that becomes a link', async (context) => {
  const project = await openProject(context);
  const before = await project.append(
    ...put('mode', 'x\n'),
    ...put('binary', Buffer.from([0, 1])),
    ...put('large', 'x'.repeat(5_000_000)),
    ...put('turns', 'text\n'),
  );
  await project.append(
    ...put('mode', 'x\n', { mode: fileModes.executable }),
    ...put('binary', Buffer.from([0, 2, 3])),
    ...put('large', 'small'),
    ...put('turns', 'mode', { mode: fileModes.symlink }),
  );
  const diffs = await diff(project, await at(project, before.at(-1)?.version), await at(project));
  assert.deepEqual(
    diffs.map((item) => [item.path, item.body.kind, item.before?.mode, item.after?.mode]),
    [
      ['binary', 'binary', fileModes.regular, fileModes.regular],
      ['large', 'large', fileModes.regular, fileModes.regular],
      ['mode', 'same', fileModes.regular, fileModes.executable],
      ['turns', 'text', fileModes.regular, undefined],
      ['turns', 'text', undefined, fileModes.symlink],
    ],
  );
  const text = diffs.map((item) => renderDiff(item, plainStyle)).join('');
  assert.match(text, /Binary files a\/binary and b\/binary differ/);
  assert.match(text, /Files a\/large and b\/large differ; they are too large/);
  assert.match(text, /old mode 100644\nnew mode 100755\n/);
  assert.match(renderDiffStat(diffs.map(toDiffStat), plainStyle), /binary 2 -> 3 bytes[^]*mode 100644 -> 100755/);
});

test('works across branches', async (context) => {
  const project = await openProject(context);
  const [first] = await project.append(...put('a', '1\n'));
  await project.append(...put('a', '2\n'));
  const fork = parseBranchName('fork');
  await (
    await project.history()
  ).fork(fork, { branch: mainBranch, version: first!.version }, { by: 'test', reason: '' });
  await project.append(...put('b', 'b\n', onBranch('fork')));
  const diffs = await diff(project, await at(project), await at(project, undefined, fork));
  assert.deepEqual(
    diffs.map((item) => [item.path, item.before !== undefined, item.after !== undefined]),
    [
      ['a', true, true],
      ['b', false, true],
    ],
  );
});

test('control characters are shown on a terminal and kept in a patch', async (context) => {
  const project = await openProject(context);
  await project.append(...put('keep', 'x'));
  const from = await at(project);
  await project.append(...put('evil\x1b[2J', 'a\x1b[31mred\r\n'));
  const [item] = await diff(project, from, await at(project));
  assert.ok(item !== undefined);
  // eslint-disable-next-line no-control-regex -- what must not reach a terminal
  assert.doesNotMatch(renderDiff(item, plainStyle), /[\u0000-\u0009\u000b-\u001f]/);
  assert.ok(renderDiff(item, patchStyle).includes('+a\x1b[31mred\r\n'));
  assert.ok(renderDiff(item, terminalStyle).includes('\x1b[32m+a\\x1b[31mred\\r\x1b[0m\n'));
});

test('git apply turns the one tree into the other', async (context) => {
  const project = await openProject(context);
  const before = await project.append(
    ...put('sp ace/changed file', lines(50)),
    ...put('no newline', 'a\nb'),
    ...put('gone', 'x\n'),
    ...put('mode', 'm\n'),
    ...put('turns', 'text\n'),
    ...put('ünï', lines(5)),
    ...put('empty', ''),
    ...put('latin', Buffer.from('caf\xe9\n', 'latin1')),
  );
  await project.append(
    ...put('sp ace/changed file', lines(50).replace('line 3\n', '').replace('line 40\n', 'x\ny\n')),
    ...put('no newline', 'a\nc\n'),
    remove('gone'),
    ...put('mode', 'm2\n', { mode: fileModes.executable }),
    ...put('turns', 'mode', { mode: fileModes.symlink }),
    ...put('ünï', lines(4)),
    ...put('quo"te\\d', 'q\r\n'),
    remove('empty'),
    ...put('also empty', ''),
  );
  const [from, to] = [await at(project, before.at(-1)?.version), await at(project)];
  const history = await project.history();
  const [work, expected] = [join(project.folder, 'work'), join(project.folder, 'expected')];
  await restore(history, { moment: from, directory: work });
  await restore(history, { moment: to, directory: expected });
  const patch = (await diff(project, from, to)).map((item) => renderDiff(item, patchStyle)).join('');
  writeFileSync(join(project.folder, 'patch'), patch);
  execFileSync('git', ['init', '-q'], { cwd: work });
  execFileSync('git', ['apply', '--unidiff-zero', '--whitespace=nowarn', join(project.folder, 'patch')], { cwd: work });
  await mkdir(join(work, '.git'), { recursive: true });
  const applied = await readFolder(work);
  const withoutGit = Object.fromEntries(Object.entries(applied).filter(([path]) => !path.startsWith('.git/')));
  assert.deepEqual(withoutGit, await readFolder(expected));
});

test('hunks rebuild the new text from the old one, whatever the texts', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', '', 'long line', '\r'), { maxLength: 30 })
    .map((parts) => parts.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const body = diffTexts(before, after);
      assert.ok(body.kind === 'text');
      const old = splitLines(before);
      const rebuilt: string[] = [];
      let next = 0;
      for (const { oldStart, oldLines, lines: marked } of body.hunks) {
        rebuilt.push(...old.slice(next, oldStart - 1));
        next = oldStart - 1 + oldLines;
        marked.forEach((line, index) => {
          const end = marked[index + 1]?.startsWith('\\') === true ? '' : '\n';
          if (/^[ +]/.test(line)) rebuilt.push(line.slice(1) + end);
        });
      }
      assert.equal([...rebuilt, ...old.slice(next)].join(''), after);
    }),
    { numRuns: 300 },
  );
});

/** Each with its line feed; the last one may have none. */
function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}
