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
      const result = applyUnifiedDiff(Buffer.from(before), diffOf(before, after));
      assert.equal(result?.toString(), after);
    }),
  );
});

const rejected: readonly (readonly [name: string, base: Buffer, diff: string])[] = [
  ['a diff against another text', Buffer.from('one\ntwo\n'), diffOf('eins\nzwei\n', 'eins\ndrei\n')],
  ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x0a]), diffOf('x\n', 'y\n')],
  ['text that is not a diff', Buffer.from('x\n'), 'change x to y please'],
  ['an empty diff', Buffer.from('x\n'), ''],
  ['a hunk with a false count', Buffer.from('x\n'), '--- a\n+++ b\n@@ -1,3 +1,1 @@\n-x\n+y\n'],
  ['a diff of two files', Buffer.from('x\n'), diffOf('x\n', 'y\n') + diffOf('x\n', 'z\n')],
  ['other line endings', Buffer.from('x\r\ny\r\n'), diffOf('x\ny\n', 'x\nz\n')],
  ['a base that is too large', Buffer.alloc(diffBaseBytesMax + 1, 'x\n'), diffOf('x\n', 'y\n')],
];
for (const [name, base, diff] of rejected) {
  test(`refuses ${name}`, () => assert.equal(applyUnifiedDiff(base, diff), undefined));
}
