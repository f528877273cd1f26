import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberLast } from './remember-last.ts';

test('a text is parsed once, an error every time, and neither long texts nor many are kept', () => {
  let parsed = 0;
  const parse = rememberLast((text) => {
    parsed += 1;
    if (text === 'bad') throw new RangeError(text);
    return { text };
  });
  assert.equal(parse('a'), parse('a'));
  assert.equal(parsed, 1);
  assert.throws(() => parse('bad'), RangeError);
  assert.throws(() => parse('bad'), RangeError);
  assert.equal(parsed, 3);
  const long = 'x'.repeat(300);
  assert.deepEqual([parse(long), parse(long)], [{ text: long }, { text: long }]);
  assert.equal(parsed, 5);
  for (let index = 0; index < 10_000; index++) parse(`${index}`);
  assert.deepEqual(parse('a'), { text: 'a' });
  assert.equal(parsed, 5 + 10_000 + 1);
});
