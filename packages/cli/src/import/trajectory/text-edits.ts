import { linesOf } from './file-window.ts';
import type { EditorOptions } from './action.ts';

/**
 * What SWE-agent's tools make of a text, after their sources: `edit_linting.sh` before 1.0, `windowed_file.py` and
 * `str_replace_editor` since. Undefined wherever they refuse, or where the result is not certain.
 */

/** `edit N:M` before 1.0: bash reads the lines and writes each with a newline. */
export function replaceLinesAsBash(
  text: string,
  start: number,
  end: number,
  lines: readonly string[],
): string | undefined {
  if (start < 1) return undefined;
  const old = linesOf(text);
  const all = [...old.slice(0, start - 1), ...lines, ...old.slice(end)];
  return all.length === 0 ? '\n' : all.map((line) => `${line}\n`).join('');
}

/** `edit N:M` since 1.0: Python's split, slice and join. */
export function replaceLinesAsPython(
  text: string,
  start: number,
  end: number,
  lines: readonly string[],
): string | undefined {
  if (start < 1 || end < start) return undefined;
  const old = text.split('\n');
  const isDeletion = lines.join('\n') === '';
  return [...old.slice(0, start - 1), ...(isDeletion ? [] : lines), ...old.slice(end)].join('\n');
}

/** Search and replace; certain only where the search text is in the file once, or everywhere is meant. */
export function replaceText(
  text: string,
  search: string,
  replacement: string,
  everywhere: boolean,
): string | undefined {
  if (search === '') return undefined;
  const parts = text.split(search);
  if (parts.length < 2 || (parts.length > 2 && !everywhere)) return undefined;
  return parts.join(replacement);
}

/** `str_replace_editor`'s str_replace and insert. It expands tabs, all of them; we leave texts with tabs alone. */
export function applyEditor(text: string, command: string, options: EditorOptions): string | undefined {
  const replacement = options.get('new_str') ?? '';
  if (`${text}${replacement}${options.get('old_str') ?? ''}`.includes('\t')) return undefined;
  if (command === 'str_replace') return replaceText(text, options.get('old_str') ?? '', replacement, false);
  if (command !== 'insert' || !/^\d+$/.test(options.get('insert_line') ?? '')) return undefined;
  const at = Number(options.get('insert_line'));
  const lines = text.split('\n');
  if (at > lines.length) return undefined;
  return [...lines.slice(0, at), ...replacement.split('\n'), ...lines.slice(at)].join('\n');
}

/**
 * Whether printed text can be taken for the file's bytes: no carriage returns, which terminals add; no replaced or escaped bytes, which
 * stand for others; none of the separators at which Python splits lines and bash does not.
 */
export function isFaithful(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what makes a text unfaithful
  return !/[\r\u000b\u000c\u001c-\u001e\u0085\u2028\u2029\ufffd\u0000]|\\x[89a-f][0-9a-f]/.test(text);
}
