import type { Style } from './style.ts';

// C0 and C1 controls, DEL, and what reorders or hides text on a screen (bidirectional controls, zero-width characters, line
// and paragraph separators, tags). Tab and line feed are text.
const controls =
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** Text of others, several lines, harmless on a terminal. */
export function safeText(text: string, style: Style): string {
  return style.controls === 'keep' ? text : text.replace(controls, escapeCharacter);
}

/** Text of others on one line, at most `lengthMax` characters. */
export function safeLine(text: string, style: Style, lengthMax = Infinity): string {
  const line = text
    .slice(0, lengthMax === Infinity ? undefined : lengthMax * 4)
    .replace(/\s+/g, ' ')
    .trim();
  const characters = lengthMax === Infinity ? undefined : [...line];
  const short =
    characters === undefined || characters.length <= lengthMax
      ? line
      : `${characters.slice(0, lengthMax - 1).join('')}…`;
  return short.replace(controls, escapeCharacter);
}

/** A path, one line whatever is in it. */
export function safePath(path: string, style: Style): string {
  return safeText(path, style).replace(/[\n\t]/g, escapeCharacter);
}

/** As git writes paths in diffs: quoted, with C escapes, when something in it needs that. */
export function gitPath(prefix: 'a/' | 'b/', path: string): string {
  const full = prefix + path;
  // eslint-disable-next-line no-control-regex -- these are what git quotes
  if (!/[\u0000-\u001f\u007f"\\]/.test(full) && full === full.replace(controls, '')) return full;
  const bytes = [...Buffer.from(full)];
  return `"${bytes.map((byte) => cEscapes[byte] ?? (byte < 0x20 || byte >= 0x7f ? octal(byte) : String.fromCharCode(byte))).join('')}"`;
}

/** `1.2 kB`; powers of ten, as disks are sold. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1_000;
  let index = 0;
  while (value >= 999.95 && index < units.length - 1) {
    value /= 1_000;
    index += 1;
  }
  return `${value.toFixed(1)} ${units[index] ?? ''}`;
}

/** `2026-11-21 05:32:18.123Z`: as a person reads it, and as `--at` does. */
export function formatTimeMs(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ');
}

export function indent(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : by + line))
    .join('\n');
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, '0')}`;
}

const cEscapes: Readonly<Record<number, string>> = {
  0x07: '\\a',
  0x08: '\\b',
  0x09: '\\t',
  0x0a: '\\n',
  0x0b: '\\v',
  0x0c: '\\f',
  0x0d: '\\r',
  0x22: '\\"',
  0x5c: '\\\\',
};
