import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeySet } from './key-set.ts';
import { pointRange, type Range } from './ranges.ts';

const key = fc.stringMatching(/^[abc]{0,3}$/);
const range = fc.tuple(key, key).map(([begin, end]): Range => ({ begin, end }));
const parts = fc.array(fc.oneof(key, range), { maxLength: 6 });

function createSet(members: readonly (string | Range)[]): KeySet {
  const set = new KeySet();
  for (const member of members) {
    if (typeof member === 'string') set.addKey(member);
    else set.addRange(member);
  }
  return set;
}

function meet(a: string | Range, b: string | Range): boolean {
  const [left, right] = [a, b].map((part) => (typeof part === 'string' ? pointRange(part) : part)) as [Range, Range];
  const begin = left.begin > right.begin ? left.begin : right.begin;
  const end = left.end < right.end ? left.end : right.end;
  return begin < end;
}

test('two sets meet where any two of their keys and ranges do, and hold the keys that lie in them', () => {
  fc.assert(
    fc.property(parts, parts, key, (mine, theirs, asked) => {
      const [set, other] = [createSet(mine), createSet(theirs)];
      const expected = mine.some((a) => theirs.some((b) => meet(a, b)));
      assert.equal(set.intersects(other), expected);
      assert.equal(other.intersects(set), expected);
      assert.equal(
        set.contains(asked),
        mine.some((part) => meet(part, asked)),
      );
      // Asked before, and added to since.
      set.addKey(asked);
      assert.equal(set.intersects(createSet([asked])), true);
      assert.equal(set.intersects(createSet([pointRange(asked)])), true);
      assert.equal(set.isEmpty, false);
    }),
  );
});
