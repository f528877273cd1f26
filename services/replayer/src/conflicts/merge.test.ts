import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergeContents, type Merge } from './merge.ts';

const labels = { base: 'base', current: 'current', other: 'other' };

function merge(base: string | Buffer, current: string | Buffer, other: string | Buffer): Merge {
  const [o, a, b] = [base, current, other].map((side) => Buffer.from(side)) as [Buffer, Buffer, Buffer];
  return mergeContents({ base: o, current: a, other: b }, labels);
}

function clean(...sides: readonly [string | Buffer, string | Buffer, string | Buffer]): Buffer {
  const result = merge(...sides);
  assert.ok(result.kind === 'clean', result.kind);
  return result.content;
}

test('changes of different lines are joined', () => {
  assert.equal(clean('1\n2\n3\n4\n5\n', 'one\n2\n3\n4\n5\n', '1\n2\n3\n4\nfive\n').toString(), 'one\n2\n3\n4\nfive\n');
  assert.equal(clean('1\n2\n3\n', '1\n3\n', '1\n2\n3\n4\n').toString(), '1\n3\n4\n');
});

test('changes of the same lines are marked, with what was there before', () => {
  const result = merge('a\nb\nc\n', 'a\nB\nc\n', 'a\nbee\nc\n');
  assert.ok(result.kind === 'marked' && result.places === 1);
  assert.equal(result.content.toString(), 'a\n<<<<<<< current\nB\n||||||| base\nb\n=======\nbee\n>>>>>>> other\nc\n');
});

test('two files that began with nothing are marked whole, unless they are one', () => {
  assert.equal(merge('', 'x\n', 'y\n').kind, 'marked');
  assert.equal(clean('', 'x\n', 'x\n').toString(), 'x\n');
});

test('bytes that are no text in any encoding, line ends and a missing last one come out as they went in', () => {
  const bytes = Buffer.from([0xff, 0xfe, 0x0d, 0x0a, 0xe9, 0x0a, 0x41]);
  const changed = Buffer.concat([Buffer.from([0x80, 0x0a]), bytes]);
  assert.deepEqual(clean(bytes, changed, bytes), changed);
  assert.deepEqual(clean(bytes, bytes, changed), changed);
});

test('binary and very long files are for a person', () => {
  assert.equal(merge('a\0', 'b\0', 'c\0').kind, 'binary');
  const lines = (mark: string): string => Array.from({ length: 20_001 }, (_, index) => `${mark}${index}\n`).join('');
  assert.equal(merge(lines('a'), lines('b'), lines('c')).kind, 'large');
  assert.equal(merge(`${'\n'.repeat(3_000)}x`, `y\n${'\n'.repeat(3_000)}`, 'z').kind, 'large');
  const long = 'same\n'.repeat(1_000_000);
  assert.equal(clean(`1\n${long}2\n`, `one\n${long}2\n`, `1\n${long}2\n`).length, long.length + 6);
});

test('what one side alone changed is the result, whatever it is', () => {
  const text = fc
    .tuple(fc.array(fc.constantFrom('', 'a', 'b', 'c', '\r'), { maxLength: 12 }), fc.boolean())
    .map(([lines, ends]) => lines.join('\n') + (ends ? '\n' : ''));
  fc.assert(
    fc.property(text, text, text, (base, mine, theirs) => {
      assert.equal(clean(base, mine, base).toString(), mine);
      assert.equal(clean(base, base, mine).toString(), mine);
      assert.equal(clean(base, mine, mine).toString(), mine);
      const [ours, yours] = [merge(base, mine, theirs), merge(base, theirs, mine)];
      assert.equal(ours.kind, yours.kind);
      if (ours.kind === 'clean' && yours.kind === 'clean') assert.deepEqual(ours.content, yours.content);
    }),
  );
});
