/**
 * The words of a simple shell command, quotes and backslashes resolved as a POSIX shell does. Undefined for anything that takes more
 * than splitting: variables, substitutions, pipes, redirections, several commands, an open quote.
 */
export function splitWords(command: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let index = 0;
  while (index < command.length) {
    const character = command[index] ?? '';
    if (character === "'") {
      const end = command.indexOf("'", index + 1);
      if (end < 0) return undefined;
      word = (word ?? '') + command.slice(index + 1, end);
      index = end + 1;
    } else if (character === '"') {
      const quoted = readDoubleQuoted(command, index + 1);
      if (quoted === undefined) return undefined;
      word = (word ?? '') + quoted.text;
      index = quoted.end;
    } else if (character === '\\') {
      const next = command[index + 1];
      if (next === undefined) return undefined;
      // A backslash before a newline joins the lines.
      word = next === '\n' ? word : (word ?? '') + next;
      index += 2;
    } else if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
      index += 1;
    } else {
      if (/[\n;&|<>()$`#]/.test(character)) return undefined;
      word = (word ?? '') + character;
      index += 1;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function readDoubleQuoted(command: string, start: number): { readonly text: string; readonly end: number } | undefined {
  let text = '';
  for (let index = start; index < command.length; index += 1) {
    const character = command[index] ?? '';
    if (character === '"') return { text, end: index + 1 };
    if (character === '$' || character === '`') return undefined;
    if (character === '\\' && /["\\$`\n]/.test(command[index + 1] ?? '')) {
      index += 1;
      text += command[index] === '\n' ? '' : (command[index] ?? '');
    } else {
      text += character;
    }
  }
  return undefined;
}
