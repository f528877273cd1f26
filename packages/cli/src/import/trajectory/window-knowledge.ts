import type { AgentAction } from './action.ts';
import { agrees, isWhole, type FileWindow } from './file-window.ts';
import { replaceLinesAsBash, replaceLinesAsPython, replaceText } from './text-edits.ts';

/** What we take a file's text to be. Uncertain texts are kept, for a later look to confirm, and never recorded. */
export interface Knowledge {
  readonly text: string;
  readonly certain: boolean;
}

/** Actions that are answered with a window of the file. */
export type WindowAction = Extract<
  AgentAction,
  { readonly kind: 'create' | 'show' | 'edit_lines' | 'edit_seen' | 'replace' }
>;

type EditAction = Exclude<WindowAction, { readonly kind: 'create' | 'show' }>;

/**
 * The text of a window that has the whole file. Whether the file ends with a newline is seen only when its last line is empty: an
 * empty line is a line by its newline alone.
 */
export function shownText(window: FileWindow): Knowledge | undefined {
  if (!isWhole(window)) return undefined;
  const text = window.lines.map((line) => `${line}\n`).join('');
  return { text, certain: window.closed && window.lines.at(-1) === '' };
}

/** The text after an edit that succeeded; undefined when it cannot be told. */
export function editedText(
  action: EditAction,
  before: Knowledge | undefined,
  window: FileWindow,
): Knowledge | undefined {
  // Before 1.0 an edit writes every line with a newline, and says more after showing the file: what it shows is what there is.
  if (window.updated === 'said_last' && action.kind !== 'replace' && isWhole(window)) {
    return { text: window.lines.map((line) => `${line}\n`).join(''), certain: true };
  }
  const text = before === undefined ? undefined : computeEdit(action, before.text, window);
  if (text !== undefined && agrees(window, text)) return { text, certain: before?.certain === true };
  const shown = shownText(window);
  return shown === undefined ? undefined : { ...shown, certain: false };
}

function computeEdit(action: EditAction, text: string, window: FileWindow): string | undefined {
  if (action.kind === 'replace') return replaceText(text, action.search, action.replacement, action.everywhere);
  if (action.kind === 'edit_seen') return undefined;
  const replaceLines = window.updated === 'said_last' ? replaceLinesAsBash : replaceLinesAsPython;
  return replaceLines(text, action.start, action.end, action.lines);
}
