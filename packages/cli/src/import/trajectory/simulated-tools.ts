import type { TrajectoryStep } from './parse-trajectory.ts';

/** Lines in a window. Small, so that tests also meet files that do not fit. */
const windowLines = 8;

/** Stands for a byte that is not UTF-8: the tools print something else for it. */
export const rawByte = '\ue09f';

/**
 * For tests: SWE-agent's editing tools as its sources have them, working on texts in memory. `bash` is `defaults.sh` and `edit_linting.sh`
 * of 0.7; `python` is `windowed_file.py` of 1.0 behind a terminal, and `str_replace_editor`.
 */
export class SimulatedTools {
  readonly files = new Map<string, string>();
  readonly #root: string;
  readonly #undo = new Map<string, string[]>();

  constructor(root: string) {
    this.#root = root;
  }

  bashCreate(path: string): TrajectoryStep {
    const exists = this.files.has(path);
    if (!exists) this.files.set(path, '\n');
    return this.#step(
      `create ${path}\n`,
      `${exists ? `Error: File '${path}' already exists.\n` : ''}${this.#bashWindow(path, 1)}`,
    );
  }

  bashOpen(path: string): TrajectoryStep {
    return this.#step(`open ${path}\n`, this.#bashWindow(path, 1));
  }

  bashEdit(path: string, start: number, end: number, lines: readonly string[]): TrajectoryStep {
    const text = this.files.get(path) ?? '';
    const old = text.split('\n');
    if (old.at(-1) === '') old.pop();
    const all = [...old.slice(0, start - 1), ...lines, ...old.slice(end)];
    this.files.set(path, all.length === 0 ? '\n' : all.map((line) => `${line}\n`).join(''));
    const said = 'File updated. Please review the changes and make sure they are correct.\n';
    return this.#step(editBlock(start, end, lines), `${this.#bashWindow(path, start)}${said}`);
  }

  pythonCreate(path: string, trimmed: boolean): TrajectoryStep {
    if (this.files.has(path)) return this.#step(`create ${path}`, `Warning: File '${path}' already exists.`);
    this.files.set(path, '\n');
    return this.#terminal(`create ${path}`, this.#pythonWindow(path, 0), trimmed);
  }

  pythonOpen(path: string, trimmed: boolean): TrajectoryStep {
    return this.#terminal(`open "${path}"`, this.#pythonWindow(path, 0), trimmed);
  }

  pythonEdit(path: string, start: number, end: number, lines: readonly string[], trimmed: boolean): TrajectoryStep {
    const all = this.#readPython(path).split('\n');
    const replacement = lines.join('\n');
    all.splice(start - 1, end - start + 1, ...(replacement === '' ? [] : replacement.split('\n')));
    this.files.set(path, all.join('\n'));
    const said = 'File updated. Please review the changes and make sure they are correct\n(and so on).\n';
    return this.#terminal(editBlock(start, end, lines), `${said}${this.#pythonWindow(path, start - 1)}`, trimmed);
  }

  pythonReplace(path: string, search: string, replacement: string, trimmed: boolean): TrajectoryStep | undefined {
    const all = this.#readPython(path).split('\n');
    // Only what the window shows is searched.
    const shown = all.slice(0, windowLines).join('\n');
    if (search === '' || search === replacement || shown.split(search).length !== 2) return undefined;
    const replaced = shown.split(search).join(replacement).split('\n');
    this.files.set(path, [...replaced, ...all.slice(windowLines)].join('\n'));
    const said = 'Text replaced. Please review the changes and make sure they are correct:\n';
    return this.#terminal(
      `edit ${quote(search)} ${quote(replacement)}`,
      `${said}${this.#pythonWindow(path, 0)}`,
      trimmed,
    );
  }

  editorCreate(path: string, text: string): TrajectoryStep {
    const action = `str_replace_editor create ${this.#root}/${path} --file_text ${quote(text)}`;
    if (this.files.has(path)) return this.#step(action, `File already exists at: ${this.#root}/${path}.`);
    this.files.set(path, text);
    this.#history(path).push(text);
    return this.#step(action, `File created successfully at: ${this.#root}/${path}`);
  }

  editorReplace(path: string, search: string, replacement: string): TrajectoryStep {
    const text = expandTabs(this.#readPython(path));
    const action = `str_replace_editor str_replace ${this.#root}/${path} --old_str ${quote(search)} --new_str ${quote(replacement)}`;
    const [from, to] = [expandTabs(search), expandTabs(replacement)];
    if (from === '' || from === to || text.split(from).length !== 2)
      return this.#step(action, 'No replacement was performed');
    this.files.set(path, text.split(from).join(to));
    this.#history(path).push(text);
    return this.#step(action, `The file ${this.#root}/${path} has been edited. Here's the result of running`);
  }

  editorInsert(path: string, at: number, text: string): TrajectoryStep {
    const old = expandTabs(this.#readPython(path));
    const lines = old.split('\n');
    const action = `str_replace_editor insert ${this.#root}/${path} --insert_line ${at} --new_str ${quote(text)}`;
    if (at > lines.length) return this.#step(action, 'Invalid `insert_line` parameter');
    lines.splice(at, 0, ...expandTabs(text).split('\n'));
    this.files.set(path, lines.join('\n'));
    this.#history(path).push(old);
    return this.#step(action, `The file ${this.#root}/${path} has been edited. Here's the result of running`);
  }

  editorUndo(path: string): TrajectoryStep {
    const text = this.#history(path).pop();
    const action = `str_replace_editor undo_edit ${this.#root}/${path}`;
    if (text === undefined) return this.#step(action, `No edit history found for ${path}.`);
    this.files.set(path, text);
    return this.#step(action, `Last edit to ${this.#root}/${path} undone successfully. Here's the result`);
  }

  editorView(path: string): TrajectoryStep {
    const rows = expandTabs(this.#readPython(path)).split('\n');
    const shown = rows.map((row, index) => `${String(index + 1).padStart(6)}\t${row}`).join('\n');
    const heading = `Here's the result of running \`cat -n\` on ${this.#root}/${path}:\n`;
    return this.#terminal(`str_replace_editor view ${this.#root}/${path}`, `${heading}${shown}\n`, true);
  }

  /** A change behind the editor's back. */
  shell(action: string, path: string, text: string): TrajectoryStep {
    this.files.set(path, text);
    return this.#step(action, '');
  }

  remove(path: string): TrajectoryStep {
    this.files.delete(path);
    return this.#step(`rm -f ${quote(path)}`, '');
  }

  #bashWindow(path: string, line: number): string {
    const text = this.files.get(path) ?? '';
    const lines = text.replaceAll(rawByte, '\\x9f').split('\n');
    if (lines.at(-1) === '') lines.pop();
    return `${this.#window(path, lines, Math.max(0, Math.min(line - 3, lines.length - windowLines)), lines.length)}\n`;
  }

  #pythonWindow(path: string, line: number): string {
    const text = this.#readPython(path);
    const rows = text.split(pythonLineEnd);
    const total = rows.at(-1) === '' ? rows.length - 1 : rows.length;
    return `${this.#window(path, text.split('\n'), Math.max(0, Math.min(line, total - windowLines)), total)}\n`;
  }

  // Python's read_text(): every line end becomes a newline.
  #readPython(path: string): string {
    return (this.files.get(path) ?? '').replace(/\r\n?/g, '\n');
  }

  #window(path: string, lines: readonly string[], first: number, total: number): string {
    const end = Math.min(first + windowLines, total);
    const rows = lines.slice(first, end).map((line, index) => `${first + index + 1}:${line}`);
    return [
      `[File: ${this.#root}/${path} (${total} lines total)]`,
      ...(first > 0 ? [`(${first} more lines above)`] : []),
      ...rows,
      ...(end < total ? [`(${total - end} more lines below)`] : []),
    ].join('\n');
  }

  #terminal(action: string, output: string, trimmed: boolean): TrajectoryStep {
    const printed = output.replaceAll(rawByte, '\ufffd').replaceAll('\n', '\r\n');
    return this.#step(action, trimmed ? printed.trim() : printed);
  }

  #step(action: string, observation: string): TrajectoryStep {
    return { thought: '', action, observation, workingDir: this.#root };
  }

  #history(path: string): string[] {
    const history = this.#undo.get(path) ?? [];
    this.#undo.set(path, history);
    return history;
  }
}

/** Python's splitlines() knows more line ends than split('\n') does. */
// eslint-disable-next-line no-control-regex -- control characters are some of them
const pythonLineEnd = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;

function editBlock(start: number, end: number, lines: readonly string[]): string {
  return [`edit ${start}:${end}`, ...lines, 'end_of_edit'].join('\n');
}

/** Python's shlex.quote. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** Python's str.expandtabs. */
function expandTabs(text: string): string {
  let column = 0;
  let expanded = '';
  for (const character of text) {
    const width = character === '\t' ? 8 - (column % 8) : 1;
    expanded += character === '\t' ? ' '.repeat(width) : character;
    column = character === '\n' || character === '\r' ? 0 : column + width;
  }
  return expanded;
}
