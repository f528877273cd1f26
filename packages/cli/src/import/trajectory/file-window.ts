/** A part of a file as SWE-agent's editor or `cat -n` prints it. */
export interface FileWindow {
  /** As printed: absolute, except in some versions' answer to `create`. */
  readonly path: string;
  /** Line number of `lines[0]`, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
  /** As the tool counted them: a last line without newline counts, the nothing after a last newline does not. */
  readonly total: number;
  /** Something was printed after it: its last line was not trimmed. */
  readonly closed: boolean;
  /** The tool said that it had updated the file, and then showed it (1.0), or the other way round (before). */
  readonly updated: 'no' | 'said_first' | 'said_last';
}

const headerPattern = /^\[File: (.*) \((\d+) lines total\)\]$/;
const updatedPattern = /^(?:File updated\.|Text replaced\.|Replaced \d+ occurrences\.)/m;
const cursorPattern = /^<<<<< (?:START|END) CURSOR >>>>>$/;

/** Output of a terminal has `\r\n` throughout; output of a pipe has none of its own. */
export function normalizeNewlines(text: string): string {
  return /(?<!\r)\n/.test(text) ? text : text.replaceAll('\r\n', '\n');
}

/** The one window of an observation; undefined when there is none, or several, as in the refusal of an edit. */
export function readWindow(observation: string): FileWindow | undefined {
  const rows = observation.split('\n');
  const headers = rows.flatMap((row, index) => (headerPattern.test(row) ? [index] : []));
  const [at] = headers;
  if (at === undefined || headers.length !== 1) return undefined;
  const [, path = '', total = ''] = headerPattern.exec(rows[at] ?? '') ?? [];
  const lines: string[] = [];
  let first = 0;
  let row = at + 1;
  for (; row < rows.length; row += 1) {
    const text = rows[row] ?? '';
    if (cursorPattern.test(text) || (lines.length === 0 && /^\(\d+ more lines above\)$/.test(text))) continue;
    const line = /^(\d+):([^]*)$/.exec(text);
    if (line === null || (lines.length > 0 && Number(line[1]) !== first + lines.length)) break;
    if (lines.length === 0) first = Number(line[1]);
    lines.push(line[2] ?? '');
  }
  const before = updatedPattern.test(rows.slice(0, at).join('\n'));
  const after = updatedPattern.test(rows.slice(row).join('\n'));
  return {
    path,
    first,
    lines,
    total: Number(total),
    closed: row < rows.length,
    updated: before ? 'said_first' : after ? 'said_last' : 'no',
  };
}

/** All of a file's lines are in the window. */
export function isWhole(window: FileWindow): boolean {
  return window.lines.length === window.total && (window.total === 0 || window.first === 1);
}

/** Whether a text agrees with what was printed of it. */
export function agrees(window: FileWindow, text: string): boolean {
  const lines = linesOf(text);
  if (lines.length !== window.total) return false;
  return window.lines.every((printed, index) => {
    const line = lines[window.first - 1 + index];
    const trimmed = !window.closed && index === window.lines.length - 1;
    return line !== undefined && (trimmed ? line.trimEnd() === printed.trimEnd() : line === printed);
  });
}

/** A text's lines without their newlines; nothing follows a last newline. */
export function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** The text of `str_replace_editor view` without a range: `cat -n`, a last empty line for a last newline. */
export function readNumberedText(observation: string): string | undefined {
  const [heading = '', ...rows] = observation.split('\n');
  if (!/^Here's the result of running `cat -n` on .*:$/.test(heading)) return undefined;
  const lines: string[] = [];
  for (const row of rows) {
    const line = /^ *(\d+)(?:\t(.*))?$/.exec(row);
    if (line === null) return row === '' && lines.length > 0 ? lines.join('\n') : undefined;
    if (Number(line[1]) !== lines.length + 1) return undefined;
    lines.push(line[2] ?? '');
  }
  return lines.length > 0 ? lines.join('\n') : undefined;
}
