import { splitWords } from './shell-words.ts';

/** What an agent's action was, as far as files are concerned. */
export type AgentAction =
  | { readonly kind: 'create'; readonly path: string }
  /** `edit N:M`: lines counted from 1, both included. */
  | { readonly kind: 'edit_lines'; readonly start: number; readonly end: number; readonly lines: readonly string[] }
  | { readonly kind: 'replace'; readonly search: string; readonly replacement: string; readonly everywhere: boolean }
  /** An editing command whose result follows from what it prints only. */
  | { readonly kind: 'edit_seen' }
  | { readonly kind: 'show' }
  | { readonly kind: 'editor'; readonly command: string; readonly path: string; readonly options: EditorOptions }
  | { readonly kind: 'remove'; readonly paths: readonly string[] }
  | { readonly kind: 'submit' }
  | { readonly kind: 'shell'; readonly mayRewrite: boolean };

/** `str_replace_editor`'s own options, as given. */
export type EditorOptions = ReadonlyMap<string, string>;

const blockEnd = 'end_of_edit';

/** Understands SWE-agent's editing commands, of every version, and simple `rm`; everything else is `shell`. */
export function parseAction(action: string): AgentAction {
  const text = action.trim();
  const name = /^[A-Za-z_]+/.exec(text)?.[0] ?? '';
  switch (name) {
    case 'edit':
      return parseEdit(text);
    case 'insert':
      return { kind: 'edit_seen' };
    case 'open':
    case 'goto':
    case 'scroll_up':
    case 'scroll_down':
    case 'set_cursors':
      return { kind: 'show' };
    case 'submit':
      return { kind: 'submit' };
    default:
      return parseWords(text, name);
  }
}

function parseEdit(text: string): AgentAction {
  const [heading = '', ...body] = text.split('\n');
  if (body.at(-1) === blockEnd) {
    const range = /^edit\s+(\d+):(\d+)\b/.exec(heading);
    if (range === null) return { kind: 'edit_seen' };
    return { kind: 'edit_lines', start: Number(range[1]), end: Number(range[2]), lines: body.slice(0, -1) };
  }
  const [, search, replacement, everywhere, ...rest] = splitWords(text) ?? [];
  if (search === undefined || replacement === undefined || rest.length > 0) return { kind: 'edit_seen' };
  // Python's bool() of any argument is true, "False" included.
  return { kind: 'replace', search, replacement, everywhere: everywhere !== undefined && everywhere !== '' };
}

function parseWords(text: string, name: string): AgentAction {
  const words = splitWords(text);
  const shell: AgentAction = { kind: 'shell', mayRewrite: mayRewrite(text) };
  if (words === undefined) return shell;
  const [, first, second] = words;
  if (name === 'create' && first !== undefined) return { kind: 'create', path: first };
  if (name === 'str_replace_editor' && first !== undefined && second !== undefined) {
    return { kind: 'editor', command: first, path: second, options: readOptions(words.slice(3)) };
  }
  if (name === 'rm') {
    const paths = words.slice(1).filter((word) => !word.startsWith('-'));
    const plain = paths.length > 0 && paths.every((path) => !/[*?[\]{}~]/.test(path));
    return plain ? { kind: 'remove', paths } : shell;
  }
  return shell;
}

function readOptions(words: readonly string[]): EditorOptions {
  const options = new Map<string, string>();
  let name = '';
  for (const word of words) {
    const option = /^--([a-z_]+)(?:=([\s\S]*))?$/.exec(word);
    if (option?.[1] !== undefined && (name === '' || options.has(name))) {
      name = option[1];
      if (option[2] !== undefined) options.set(name, option[2]);
    } else if (name !== '' && !options.has(name)) {
      options.set(name, word);
    }
  }
  return options;
}

const rewritingPrograms =
  /(?:^|[\s;&|(`])(?:mv|cp|rm|ln|dd|tee|patch|truncate|install|unzip|tar|make|ed|ex|vim?|nano|black|isort|autopep8|yapf|ruff|prettier|eslint|2to3|pip|npm|sed\s+(?:-\S+\s+)*-\S*i\S*|perl\s+(?:-\S+\s+)*-\S*i\S*|git\s+(?:-C\s+\S+\s+|-\S+\s+)*(?:checkout|stash|reset|apply|restore|clean|pull|merge|rebase|revert|am|cherry-pick|switch|mv|rm))(?=$|\s)/;
const redirection = /(?:^|[^<>&\d-])>{1,2}\s*(?!&|\/dev\/null)\S/;
const scriptedWrite = /write_text|write_bytes|open\([^)]*['"][wax]b?\+?['"]|writeFile/;

/** Longer scripts are not looked into: they may. It also bounds what the patterns above have to search. */
const scannedCharactersMax = 16_384;

/** Whether a shell command may have changed files that the agent has edited. A program that it runs is taken to leave them alone. */
function mayRewrite(command: string): boolean {
  if (command.length > scannedCharactersMax) return true;
  return rewritingPrograms.test(command) || redirection.test(command) || scriptedWrite.test(command);
}
