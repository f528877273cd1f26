import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { readWindow } from './file-window.ts';
import { quote, rawByte, SimulatedTools } from './simulated-tools.ts';
import type { TrajectoryStep } from './parse-trajectory.ts';
import { Workspace, type FileChange } from './workspace.ts';

const root = '/repo';

/** Follows a run and checks every recorded content against the file itself. */
class Follower {
  readonly tools = new SimulatedTools(root);
  readonly #workspace = new Workspace(root, 'run');
  readonly recorded = new Map<string, string>();
  unseen = 0;

  follow(step: TrajectoryStep | undefined): readonly FileChange[] {
    if (step === undefined) return [];
    return this.#check(this.#workspace.apply(step, ''));
  }

  submit(patch: string): readonly FileChange[] {
    return this.#check(this.#workspace.applySubmission(patch));
  }

  #check({ changes, unseen }: ReturnType<Workspace['apply']>): readonly FileChange[] {
    this.unseen += unseen.length;
    for (const { path, action, content, baseSha256 } of changes) {
      const before = this.recorded.get(path);
      assert.equal(baseSha256?.toString('hex'), before === undefined ? undefined : sha256(before));
      assert.equal(action === 'CREATE', before === undefined);
      const inside = path.replace(/^run\//, '');
      assert.equal(content?.toString('utf8'), this.tools.files.get(inside), `${action} ${path}`);
      if (content === undefined) this.recorded.delete(path);
      else this.recorded.set(path, content.toString('utf8'));
    }
    return changes;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function blobId(text: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');
}

// Few paths and few lines, so that edits meet: the rare ones are what tools print in a way of their own.
const path = fc.oneof({ weight: 6, arbitrary: fc.constant('a.py') }, { weight: 1, arbitrary: fc.constant('src/b.py') });
const line = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('', 'x', 'y', 'xy') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('trailing  ', '  ', '\ttab', 'é', "it's", '1:2', '\\x9f', 'a\u2028b', 'r\r', '\ufffd'),
  },
);
const lines = fc.array(line, { maxLength: 4 });
/** What is in a file that was there before, or comes from elsewhere. */
const text = fc
  .tuple(
    fc.array(fc.oneof({ weight: 12, arbitrary: line }, { weight: 1, arbitrary: fc.constant(`b${rawByte}`) }), {
      maxLength: 11,
    }),
    fc.boolean(),
  )
  .map(([all, ended]) => all.join('\n') + (ended ? '\n' : ''));
const start = fc.integer({ min: 1, max: 6 });
const length = fc.integer({ min: 0, max: 3 });
type Step = (tools: SimulatedTools) => TrajectoryStep | undefined;

const foreign: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(path, text).map(
    ([p, t]): Step =>
      (tools) =>
        tools.shell(`sed -i s/x/y/ ${p}`, p, t),
  ),
  fc.tuple(path, text).map(
    ([p, t]): Step =>
      (tools) =>
        tools.shell(`echo hello > ${p}`, p, t),
  ),
  path.map(
    (p): Step =>
      (tools) =>
        tools.remove(p),
  ),
);
const bash: fc.Arbitrary<Step> = fc.oneof(
  path.map(
    (p): Step =>
      (tools) =>
        tools.bashCreate(p),
  ),
  path.map(
    (p): Step =>
      (tools) =>
        tools.files.has(p) ? tools.bashOpen(p) : undefined,
  ),
  fc.tuple(path, start, length, lines).map(
    ([p, s, n, l]): Step =>
      (tools) =>
        tools.files.has(p) ? tools.bashEdit(p, s, s + n, l) : undefined,
  ),
);
const python: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(path, fc.boolean()).map(
    ([p, b]): Step =>
      (tools) =>
        tools.files.has(p) ? tools.pythonOpen(p, b) : undefined,
  ),
  fc.tuple(path, fc.boolean()).map(
    ([p, b]): Step =>
      (tools) =>
        tools.pythonCreate(p, b),
  ),
  fc.tuple(path, start, length, lines, fc.boolean()).map(
    ([p, s, n, l, b]): Step =>
      (tools) =>
        tools.files.has(p) ? tools.pythonEdit(p, s, s + n, l, b) : undefined,
  ),
  fc.tuple(path, line, line, fc.boolean()).map(
    ([p, s, r, b]): Step =>
      (tools) =>
        tools.files.has(p) ? tools.pythonReplace(p, s, r, b) : undefined,
  ),
);
const editor: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(path, text).map(
    ([p, t]): Step =>
      (tools) =>
        tools.editorCreate(p, t),
  ),
  fc.tuple(path, line, line).map(
    ([p, s, r]): Step =>
      (tools) =>
        tools.files.has(p) ? tools.editorReplace(p, s, r) : undefined,
  ),
  fc.tuple(path, start, line).map(
    ([p, s, l]): Step =>
      (tools) =>
        tools.files.has(p) ? tools.editorInsert(p, s, l) : undefined,
  ),
  path.map(
    (p): Step =>
      (tools) =>
        tools.files.has(p) ? tools.editorUndo(p) : undefined,
  ),
  path.map(
    (p): Step =>
      (tools) =>
        tools.files.has(p) ? tools.editorView(p) : undefined,
  ),
);

for (const [name, tools] of Object.entries({ bash, python, editor })) {
  test(`whatever happens, what is recorded of a file is what the file had: ${name} tools`, () => {
    const steps = fc.array(fc.oneof({ weight: 5, arbitrary: tools }, { weight: 1, arbitrary: foreign }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(steps, fc.option(text), (run, present) => {
        const follower = new Follower();
        if (present !== null) follower.tools.files.set('a.py', present);
        for (const step of run) follower.follow(step(follower.tools));
      }),
      { numRuns: 1_000 },
    );
  });
}

test('a new file is followed through every edit, with the tools of each version', () => {
  const edits: ((tools: SimulatedTools) => TrajectoryStep | undefined)[][] = [
    [(t) => t.bashCreate('a'), (t) => t.bashEdit('a', 1, 1, ['one', 'two']), (t) => t.bashEdit('a', 2, 2, [])],
    [
      (t) => t.pythonCreate('a', true),
      (t) => t.pythonEdit('a', 1, 1, ['one', 'two'], true),
      (t) => t.pythonReplace('a', 'two', 'three', false),
    ],
    [
      (t) => t.editorCreate('a', 'one'),
      (t) => t.editorReplace('a', 'one', "it's"),
      (t) => t.editorInsert('a', 1, 'end'),
    ],
  ];
  for (const steps of edits) {
    const follower = new Follower();
    for (const step of steps) assert.equal(follower.follow(step(follower.tools)).length, 1);
    assert.equal(follower.unseen, 0);
  }
});

test('a file that a program rewrote unseen is no longer taken for what it was, once it is shown', () => {
  const rewritings: ((text: string) => string)[] = [
    (text) => `first\n${text}`,
    (text) => `${text}last\n`,
    (text) => text.replace(/x\n$/, 'y\n'),
  ];
  for (const [index, rewrite] of rewritings.entries()) {
    const follower = new Follower();
    const { tools } = follower;
    const start = 'x\n'.repeat(index === 2 ? 3 : 12);
    follower.follow(tools.editorCreate('a', start));
    follower.follow(tools.shell('python fix.py', 'a', rewrite(start)));
    assert.deepEqual(follower.follow(tools.pythonEdit('a', 1, 1, ['new'], true)), []);
    assert.equal(follower.unseen, 1);
  }
});

test('after a shell command that may have rewritten a file, an edit of it is not certain until it is shown', () => {
  const follower = new Follower();
  const { tools } = follower;
  follower.follow(tools.editorCreate('a', 'x\n'));
  follower.follow(tools.shell('sed -i "1a y" a', 'a', 'x\ny\n'));
  assert.deepEqual(follower.follow(tools.editorReplace('a', 'x', 'z')), []);
  assert.equal(follower.unseen, 1);
});

test('a text that is in the file twice, once outside the window, is replaced inside it only: not certain', () => {
  const follower = new Follower();
  const { tools } = follower;
  follower.follow(tools.editorCreate('a', `x\n${'y\n'.repeat(20)}x\n`));
  assert.deepEqual(follower.follow(tools.pythonReplace('a', 'x', 'z', true)), []);
  assert.equal(follower.unseen, 1);
});

test('lines replaced by nothing are gone, with the tools of each version', () => {
  for (const version of ['bash', 'python'] as const) {
    const follower = new Follower();
    const { tools } = follower;
    follower.follow(tools.editorCreate('a', 'x\ny\n'));
    follower.follow(version === 'bash' ? tools.bashEdit('a', 1, 1, []) : tools.pythonEdit('a', 1, 1, [''], true));
    assert.equal(follower.recorded.get('run/a'), 'y\n');
  }
});

test('undoing an edit that expanded tabs does not bring back a text with tabs', () => {
  const follower = new Follower();
  follower.follow(follower.tools.editorCreate('a', '\tone two'));
  follower.follow(follower.tools.editorReplace('a', 'two', 'three'));
  assert.deepEqual(follower.follow(follower.tools.editorUndo('a')), []);
  assert.equal(follower.unseen, 2);
});

test('a line that only looks like one of a window is not taken for one', () => {
  const observation = '[File: /repo/a (2 lines total)]\n1:one\n2:\n7:not of the file\n';
  assert.deepEqual(readWindow(observation)?.lines, ['one', '']);
  assert.equal(readWindow(`${observation}${observation}`), undefined);
  assert.equal(readWindow('no window'), undefined);
});

test('an edit of a file that was there before is recorded once all of it is shown', () => {
  const follower = new Follower();
  follower.tools.files.set('a', 'one\ntwo');
  follower.follow(follower.tools.bashOpen('a'));
  assert.equal(follower.follow(follower.tools.bashEdit('a', 1, 1, ['ONE']))[0]?.action, 'CREATE');
  assert.equal(follower.recorded.get('run/a'), 'ONE\ntwo\n');
});

test('an edit of a file that is never shown as a whole is noted, without content', () => {
  const follower = new Follower();
  follower.tools.files.set('long', 'line\n'.repeat(50));
  follower.follow(follower.tools.bashOpen('long'));
  assert.deepEqual(follower.follow(follower.tools.bashEdit('long', 3, 3, ['x'])), []);
  assert.equal(follower.unseen, 1);
});

test('a refused edit changes nothing', () => {
  const follower = new Follower();
  follower.follow(follower.tools.bashCreate('a.py'));
  const shown = '[File: /repo/a.py (1 lines total)]\n1:';
  const refusal = `Your proposed edit has introduced new syntax error(s).\n${shown}x\n${shown}\nYour changes have NOT been applied.`;
  const step = { thought: '', action: 'edit 1:1\nx\nend_of_edit', observation: refusal, workingDir: root };
  assert.deepEqual(follower.follow(step), []);
  assert.equal(follower.unseen, 0);
});

test('the submitted patch confirms by blob id what no window could, gives added files and modes, and removes', () => {
  const follower = new Follower();
  const { tools } = follower;
  tools.files.set('script', 'one\ntwo');
  follower.follow(tools.editorView('script'));
  assert.deepEqual(follower.follow(tools.editorReplace('script', 'one', 'ONE')), []);
  follower.follow(tools.editorCreate('gone', 'soon'));
  tools.files.delete('gone');
  tools.files.set('added', 'a\n\nb');
  const changes = follower.submit(
    [
      `diff --git a/script b/script\nindex 1111111..${blobId('ONE\ntwo').slice(0, 7)} 100755\n--- a/script\n+++ b/script\n@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n\\ No newline at end of file\n`,
      `diff --git a/gone b/gone\ndeleted file mode 100644\nindex 1111111..0000000\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-soon\n`,
      `diff --git a/added b/added\nnew file mode 100644\nindex 0000000..${blobId('a\n\nb').slice(0, 7)}\n--- /dev/null\n+++ b/added\n@@ -0,0 +1,3 @@\n+a\n+\n+b\n\\ No newline at end of file\n`,
      `diff --git a/other b/other\nindex 1111111..2222222 100644\n--- a/other\n+++ b/other\n@@ -1 +1 @@\n-x\n+y\n`,
    ].join(''),
  );
  assert.deepEqual(
    changes.map(({ path: changed, action, mode }) => `${action} ${changed} ${mode.toString(8)}`),
    ['CREATE run/script 100755', 'DELETE run/gone 0', 'CREATE run/added 100644'],
  );
  assert.equal(follower.unseen, 2);
});

test('paths outside the project, and those that a project cannot have, are noted only', () => {
  const follower = new Follower();
  for (const file of ['/tmp/x', '/repo/.git/config', '/repository/x']) {
    const action = `str_replace_editor create ${file} --file_text ${quote('x')}`;
    const step = { thought: '', action, observation: `File created successfully at: ${file}`, workingDir: root };
    assert.deepEqual(follower.follow(step), []);
  }
  assert.equal(follower.unseen, 3);
});

test('removing a folder removes what was recorded below it', () => {
  const follower = new Follower();
  for (const name of ['d/a', 'd/e/b', 'dd']) follower.follow(follower.tools.editorCreate(name, name));
  for (const name of ['d/a', 'd/e/b']) follower.tools.files.delete(name);
  const changes = follower.follow({ thought: '', action: 'rm -r d', observation: '', workingDir: root });
  assert.deepEqual(
    changes.map(({ path: gone }) => gone),
    ['run/d/a', 'run/d/e/b'],
  );
});
