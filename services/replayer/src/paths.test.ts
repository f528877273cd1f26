import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPathFilter } from './path-filter.ts';
import { comparePaths } from './path-order.ts';
import { findUnportable } from './portable-path.ts';
import { checkSymlink } from './symlink-target.ts';
import { TreeCheck } from './tree-check.ts';

const collision = { name: 'PermanentError', code: 'path_collision' };

test('orders paths by their UTF-8 bytes, also above U+FFFF', () => {
  const paths = ['a', 'a-b', 'a/b', 'a0', 'b', 'é', '\uffee', '😀'];
  assert.deepEqual([...paths].reverse().sort(comparePaths), paths);
  assert.ok('\uffee' > '😀', 'which is not how JavaScript compares them');
});

test('a plain path means itself and everything below it', () => {
  const matches = createPathFilter(['src/', 'app/[id]/page.tsx']);
  assert.ok(['src', 'src/a.ts', 'src/b/c.ts', 'app/[id]/page.tsx'].every(matches));
  assert.ok(!['srcs/a.ts', 'lib/src/a.ts', 'app/x/page.tsx'].some(matches));
});

test('a glob without a slash matches names in every folder, one with a slash from the root', () => {
  const names = createPathFilter(['*.ts']);
  assert.ok(['a.ts', 'x/y/.hidden.ts'].every(names));
  assert.ok(!names('a.tsx'));
  const rooted = createPathFilter(['docs/**/*.md']);
  assert.ok(['docs/a.md', 'docs/x/.y/b.md'].every(rooted));
  assert.ok(!['a.md', 'x/docs/a.md'].some(rooted));
});

test('an exclamation mark leaves paths out', () => {
  const matches = createPathFilter(['src', '!*.test.ts']);
  assert.ok(matches('src/a.ts'));
  assert.ok(!matches('src/a.test.ts'));
  assert.ok(createPathFilter(['!docs'])('src/a.ts'));
});

test('no glob and "." mean every path; empty and absolute ones are refused', () => {
  assert.ok(createPathFilter()('a'));
  assert.ok(createPathFilter(['.'])('a/b'));
  for (const glob of ['', '/', '/etc', '!']) {
    assert.throws(() => createPathFilter([glob]), { code: 'invalid_glob' }, glob);
  }
});

test('a file and something below it cannot both be restored, however far apart they are listed', () => {
  const check = new TreeCheck();
  for (const path of ['a', 'a!', 'a-b/c', 'a.txt']) check.check(path);
  assert.throws(() => check.check('a/b'), { ...collision, message: /"a" is a file and "a\/b" lies below it/ });
  const deep = new TreeCheck();
  for (const path of ['x/y', 'x/y.z/a']) deep.check(path);
  assert.throws(() => deep.check('x/y/z/w'), collision);
});

test('names that only begin alike are no collision', () => {
  const check = new TreeCheck();
  for (const path of ['a', 'a b', 'a.b/c', 'aa/b', 'ab', 'b/a', 'b/a.x', 'b/aa/c']) check.check(path);
});

test('paths are checked again at restore', () => {
  for (const path of ['../a', '/a', 'a/../b', 'a//b', 'C:\\a', '.git/hooks/x', 'a/.GIT/x', 'a\0b']) {
    assert.throws(() => new TreeCheck().check(path), { code: 'invalid_path' }, path);
  }
  assert.throws(() => new TreeCheck('win32').check('aux.txt'), { code: 'path_not_portable' });
});

test('Windows refuses devices, cut-off endings, its separators and other names of .git', () => {
  for (const path of [
    'con',
    'x/NUL.txt',
    'com1',
    'LPT¹.log',
    'a.',
    'b ',
    'a:b',
    'a\\b',
    'q?',
    'x\u0001',
    'GIT~1',
    'CONOUT$',
  ]) {
    assert.notEqual(findUnportable(path, 'win32'), undefined, path);
    assert.equal(findUnportable(path, 'linux'), undefined, path);
  }
  for (const path of ['console', 'com10', 'a.b', '.gitignore', 'nulls/x'])
    assert.equal(findUnportable(path, 'win32'), undefined);
});

test('macOS refuses names that it takes for .git', () => {
  assert.notEqual(findUnportable('a/.g\u200cit/config', 'darwin'), undefined);
  assert.equal(findUnportable('.gitignore', 'darwin'), undefined);
});

test('links that stay inside are made, others refused unless they are to be kept', () => {
  const check = (path: string, target: string): void => checkSymlink(path, Buffer.from(target), 'inside_only');
  for (const [path, target] of [
    ['l', 'a'],
    ['d/l', '../a/b'],
    ['d/e/l', '../..'],
    ['l', './a//b/.'],
    ['d/l', 'ünï'],
  ] as const) {
    check(path, target);
  }
  const escaping = ['/etc/passwd', '..', '../x', 'a/../../x', 'a/../b', 'C:/x', '\\\\host\\share', './..'];
  for (const target of escaping) {
    assert.throws(() => check('l', target), { code: 'symlink_escapes', message: /"l"/ }, target);
    checkSymlink('l', Buffer.from(target), 'keep');
  }
  assert.throws(() => check('d/l', '../../x'), { code: 'symlink_escapes' });
});

test('a link to nothing cannot be made', () => {
  for (const target of ['', 'a\0b']) {
    assert.throws(() => checkSymlink('l', Buffer.from(target), 'keep'), { code: 'invalid_symlink' });
  }
});

test('what a refusal quotes is harmless on a terminal', () => {
  const hostile = 'a\x9b2J\u202e/\x1b[0m';
  const check = new TreeCheck();
  check.check('a\x9b2J\u202e');
  assert.throws(
    () => check.check(hostile),
    // eslint-disable-next-line no-control-regex -- what must not reach a terminal
    (error: Error) => !/[\u0000-\u001f\u007f-\u009f\u202e]/.test(error.message) && error.message.includes('\\x9b2J'),
  );
});
