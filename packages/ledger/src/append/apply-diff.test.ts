import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { applyUnifiedDiff, diffBaseBytesMax } from './apply-diff.ts';

function diffOf(before: string, after: string): string {
  return createTwoFilesPatch('a/file', 'b/file', before, after, '', '');
}

test('a diff of two texts turns the one into the other, byte for byte', () => {
  const line = fc.constantFrom('', 'a', 'b\r', 'ü', '\ufeffx', '\t');
  const text = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
    .map(([lines, ends]) => lines.join('\n') + (ends ? '\n' : ''));
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after);
      const result = applyUnifiedDiff(Buffer.from(before), diffOf(before, after), 'unsaid');
      assert.equal(result?.toString(), after);
    }),
  );
});

/** Far enough that adding 1 changes nothing. */
const farOutside = '90071992547409931';

const rejected: readonly (readonly [name: string, base: Buffer, diff: string])[] = [
  ['a diff against another text', Buffer.from('one\ntwo\n'), diffOf('eins\nzwei\n', 'eins\ndrei\n')],
  ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x0a]), diffOf('x\n', 'y\n')],
  ['text that is not a diff', Buffer.from('x\n'), 'change x to y please'],
  ['an empty diff', Buffer.from('x\n'), ''],
  ['a hunk with a false count', Buffer.from('x\n'), '--- a\n+++ b\n@@ -1,3 +1,1 @@\n-x\n+y\n'],
  ['a diff of two files', Buffer.from('x\n'), diffOf('x\n', 'y\n') + diffOf('x\n', 'z\n')],
  ['other line endings', Buffer.from('x\r\ny\r\n'), diffOf('x\ny\n', 'x\nz\n')],
  ['lines added without a neighbour', Buffer.from('x\n'), '--- a\n+++ b\n@@ -1,0 +2 @@\n+y\n'],
  ['a hunk with two places, at neither of which it says', Buffer.from('a\nx\nb\nx\n'), hunk(9, '-x', '+y')],
  [
    'a hunk whose place is before the one that it follows',
    Buffer.from('x\ny\n'),
    hunk(2, '-y', '+z') + '@@ -9 +9 @@\n-x\n+w\n',
  ],
  ['a hunk far outside that has two places', Buffer.from('x\nx\n'), hunk(farOutside, '-x', '+y')],
  ['a diff that takes for ever to place', Buffer.from('a\n'.repeat(400_000)), slowDiff()],
];
for (const [name, base, diff] of rejected) {
  test(`refuses ${name}`, () => assert.equal(applyUnifiedDiff(base, diff, 'unsaid'), undefined));
}

test('a hunk that moved has exactly one place, and later ones move with it', () => {
  const base = Buffer.from('new\nnew\na\nx\nb\nx\n');
  assert.equal(applyUnifiedDiff(base, hunk(1, ' a', '-x', '+y'), 'unsaid')?.toString(), 'new\nnew\na\ny\nb\nx\n');
  const two = `${hunk(1, ' a')}@@ -4 +4 @@\n-x\n+y\n`;
  assert.equal(applyUnifiedDiff(base, two, 'unsaid')?.toString(), 'new\nnew\na\nx\nb\ny\n');
});

test('of several places the one that the hunk names is meant', () => {
  assert.equal(applyUnifiedDiff(Buffer.from('x\nx\nx\n'), hunk(2, '-x', '+y'), 'unsaid')?.toString(), 'x\ny\nx\n');
});

test('lines added without a neighbour go where they say when their author named the base', () => {
  const diff = '--- a\n+++ b\n@@ -1,0 +2 @@\n+y\n';
  assert.equal(applyUnifiedDiff(Buffer.from('x\nz\n'), diff, 'same')?.toString(), 'x\ny\nz\n');
  assert.equal(applyUnifiedDiff(Buffer.alloc(0), '--- a\n+++ b\n@@ -0,0 +1 @@\n+y\n', 'unsaid')?.toString(), 'y\n');
});

test('a hunk that names a line far outside is put where it belongs, without a walk from there', () => {
  const base = Buffer.from('a\nx\nb\n');
  for (const line of [farOutside, '9'.repeat(400), '4000000000']) {
    const two = `${hunk(line, '-x', '+y')}@@ -4 +4 @@\n-b\n+c\n`;
    assert.equal(applyUnifiedDiff(base, two, 'unsaid')?.toString(), 'a\ny\nc\n', line);
  }
});

test('lines added without a neighbour, far outside, are refused even where their author named the base', () => {
  for (const line of [farOutside, '4000000000', '3']) {
    const diff = `--- a\n+++ b\n@@ -${line},0 +2 @@\n+y\n`;
    assert.equal(applyUnifiedDiff(Buffer.from('x\nz\n'), diff, 'same'), undefined, line);
  }
});

test('the largest base is patched', () => {
  const base = Buffer.from(`${'line\n'.repeat(Math.floor(diffBaseBytesMax / 5) - 1)}last\n`);
  const result = applyUnifiedDiff(base, hunk(1, '-last', '+end'), 'unsaid');
  assert.equal(result?.subarray(-4).toString(), 'end\n');
});

/** One hunk of one file; its counts follow from its lines. */
function hunk(oldStart: number | string, ...lines: readonly string[]): string {
  const count = (sign: string): number => lines.filter((line) => line[0] === ' ' || line[0] === sign).length;
  return `--- a\n+++ b\n@@ -${oldStart},${count('-')} +${oldStart},${count('+')} @@\n${lines.join('\n')}\n`;
}

function slowDiff(): string {
  return hunk(1, ...Array.from({ length: 1_000 }, () => ' a'), '-b', '+c');
}
