import { safeLine, type Style } from '@swarmledger/replayer';

/** Longer cells are cut: a table is for eyes, `--json` for everything else. */
const cellLengthMax = 60;

/** Columns of text under their names, as wide as their content. Control characters in cells are made visible. */
export function renderTable(columns: readonly string[], rows: readonly (readonly unknown[])[], style: Style): string {
  const cells = rows.map((row) => row.map((value) => safeLine(toText(value), style, cellLengthMax)));
  const widths = columns.map((name, index) => Math.max(name.length, ...cells.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(columns), line(widths.map((width) => '─'.repeat(width))), ...cells.map(line)].join('\n');
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
