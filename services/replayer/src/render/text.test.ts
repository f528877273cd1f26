import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paint, patchStyle, plainStyle, terminalStyle } from './style.ts';
import { formatBytes, formatTimeMs, gitPath, safeLine, safePath, safeText } from './text.ts';

test('no control character of an event reaches a terminal', () => {
  const hostile = '\x1b]0;owned\x07\x1b[2J\x9b31m\r\b\x7f\u202e\u2066\u200b\ufeff\ud800';
  const shown = safeText(hostile, terminalStyle);
  // eslint-disable-next-line no-control-regex -- the very characters
  assert.doesNotMatch(shown, /[\u0000-\u001f\u007f-\u009f\u200b\u202e\u2066\ufeff\ud800]/);
  assert.match(shown, /^\\x1b\]0;owned\\x07/);
});

test('text keeps its lines, tabs and letters', () => {
  assert.equal(safeText('a\tb\nçé 😀 👩‍💻', plainStyle), 'a\tb\nçé 😀 👩‍💻');
});

test('a line is one line, cut with an ellipsis', () => {
  assert.equal(safeLine('  a\r\n b\t\tc ', plainStyle), 'a b c');
  assert.equal(safeLine('abcdef', plainStyle, 4), 'abc…');
  assert.equal(safeLine('😀😀😀', plainStyle, 3), '😀😀😀');
  assert.equal(safeLine('😀😀😀😀', plainStyle, 3), '😀😀…');
});

test('a path with a line feed stays on its line', () => {
  assert.equal(safePath('a\nb\x1b[0m', plainStyle), 'a\\nb\\x1b[0m');
});

test('git quotes odd paths, also in a patch', () => {
  assert.equal(gitPath('a/', 'dir/ünï code.txt'), 'a/dir/ünï code.txt');
  assert.equal(gitPath('b/', 'a"b\n\x1b'), '"b/a\\"b\\n\\033"');
  assert.equal(safeText('\x1b', patchStyle), '\x1b');
});

test('colours only when asked', () => {
  assert.equal(paint('x', 'red', plainStyle), 'x');
  assert.equal(paint('x', 'red', terminalStyle), '\x1b[31mx\x1b[0m');
});

test('lengths and times as people read them', () => {
  assert.deepEqual([0, 999, 1_000, 1_234_567, 999_999].map(formatBytes), [
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 MB',
    '1.0 MB',
  ]);
  assert.equal(formatTimeMs(0), '1970-01-01 00:00:00.000Z');
});
