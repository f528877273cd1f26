import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAction } from './action.ts';
import { splitWords } from './shell-words.ts';
import { quote } from './simulated-tools.ts';

test("what Python's shlex quotes is read back, any text at all", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
      assert.deepEqual(splitWords(words.map(quote).join('  ')), words);
    }),
  );
});

test('words are split as a shell splits them, or not at all', () => {
  assert.deepEqual(splitWords('create "my file.py"'), ['create', 'my file.py']);
  assert.deepEqual(splitWords('a\\ b "c\\"d" e\\\\f \'g\\h\' ""'), ['a b', 'c"d', 'e\\f', 'g\\h', '']);
  for (const command of [
    'a; b',
    'a | b',
    'a > b',
    'echo $HOME',
    'echo "$HOME"',
    '`a`',
    'a && b',
    "'open",
    '"open',
    'a\nb',
    'a\\',
  ]) {
    assert.equal(splitWords(command), undefined, command);
  }
});

test('a shell command that may rewrite files is told from one that reads', () => {
  const rewrites = [
    'sed -i s/a/b/ x',
    'sed -n -i.bak p x',
    'cd a && mv b c',
    'echo x > a',
    'echo x>>a',
    'git checkout -- a',
    'cat <<E > a\nE',
    'rm -r *',
    "python -c \"open('a', 'w')\"",
    'black .',
    'git -C x apply p',
  ];
  const reads = [
    'ls -F',
    'python a.py',
    'grep -r x .',
    'sed -n 1,5p a',
    'python a.py 2>&1',
    'make-believe',
    'git diff',
    'ls 2>/dev/null',
    'a > /dev/null',
    'echo "a -> b"',
  ];
  const mayRewrite = (command: string): boolean => {
    const action = parseAction(command);
    return action.kind === 'shell' && action.mayRewrite;
  };
  assert.deepEqual(
    rewrites.filter((command) => !mayRewrite(command)),
    [],
  );
  assert.deepEqual(reads.filter(mayRewrite), []);
});
