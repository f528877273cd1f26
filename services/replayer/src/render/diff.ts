import type { TreeEntry } from '@swarmledger/ledger';
import type { DiffHunk, PathDiff } from '../diff.ts';
import { formatMode } from '../git-modes.ts';
import { paint, type Paint, type Style } from './style.ts';
import { gitPath, safePath, safeText } from './text.ts';

const linePaints: Readonly<Record<string, Paint>> = { '+': 'green', '-': 'red', '\\': 'dim' };
/** Columns of the picture of plus and minus. */
const statWidth = 40;

/** One path's difference, as `git diff` shows it; with `patchStyle`, `git apply` takes the text ones. Ends with a newline. */
export function renderDiff(diff: PathDiff, style: Style): string {
  const [oldPath, newPath] = [gitPath('a/', diff.path), gitPath('b/', diff.path)];
  const header = [`diff --git ${oldPath} ${newPath}`, ...renderModes(diff)];
  const oldName = diff.before === undefined ? '/dev/null' : markSpaces(oldPath);
  const newName = diff.after === undefined ? '/dev/null' : markSpaces(newPath);
  const body: string[] = [];
  switch (diff.body.kind) {
    case 'same':
      break;
    case 'binary':
      header.push(`Binary files ${oldName.trimEnd()} and ${newName.trimEnd()} differ`);
      break;
    case 'large':
      header.push(`Files ${oldName.trimEnd()} and ${newName.trimEnd()} differ; they are too large to compare`);
      break;
    case 'text':
      if (diff.body.hunks.length === 0) break;
      header.push(`--- ${oldName}`, `+++ ${newName}`);
      for (const line of renderHunks(diff.body.hunks, style)) body.push(line);
      break;
    default:
      diff.body satisfies never;
  }
  return `${[...header.map((line) => paint(line, 'bold', style)), ...body].join('\n')}\n`;
}

/** Lines of a diff, with the places that they belong to. */
export function renderHunks(hunks: readonly DiffHunk[], style: Style): readonly string[] {
  return hunks.flatMap((hunk) => {
    const ranges = `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`;
    return [paint(ranges, 'cyan', style), ...hunk.lines.map((line) => renderLine(line, style))];
  });
}

/** A difference without its lines: what a sum needs, in little memory. */
export interface DiffStat {
  readonly path: string;
  readonly added: number;
  readonly removed: number;
  /** What stands where the lines are counted. */
  readonly note: string;
}

export function toDiffStat(diff: PathDiff): DiffStat {
  const { added, removed } = countLines(diff);
  return { path: diff.path, added, removed, note: describe(diff, added + removed) };
}

/** What `git diff --stat` shows: a line for each path, and a sum. */
export function renderDiffStat(stats: Iterable<DiffStat>, style: Style): string {
  const rows = [...stats].map((stat) => ({ ...stat, path: safePath(stat.path, style) }));
  const largest = (values: readonly number[], atLeast: number): number =>
    values.reduce((most, value) => Math.max(most, value), atLeast);
  const pathWidth = largest(
    rows.map((row) => row.path.length),
    0,
  );
  const changesMax = largest(
    rows.map((row) => row.added + row.removed),
    1,
  );
  const scale = Math.min(1, statWidth / changesMax);
  const lines = rows.map((row) => {
    const bar = (count: number, sign: string, colour: Paint): string =>
      paint(sign.repeat(count === 0 ? 0 : Math.max(1, Math.round(count * scale))), colour, style);
    const picture = `${bar(row.added, '+', 'green')}${bar(row.removed, '-', 'red')}`;
    return ` ${row.path.padEnd(pathWidth)} | ${row.note} ${picture}`.trimEnd();
  });
  const [added, removed] = [sum(rows.map((row) => row.added)), sum(rows.map((row) => row.removed))];
  return [...lines, ` ${plural(rows.length, 'path')} changed, ${plural(added, 'line')} added, ${removed} removed`].join(
    '\n',
  );
}

/** A difference as data, without its lines. */
export function diffToJson(diff: PathDiff): Readonly<Record<string, unknown>> {
  const side = (entry: TreeEntry | undefined): unknown =>
    entry === undefined
      ? null
      : {
          mode: formatMode(entry.mode),
          bytes: entry.bytes,
          sha256: entry.sha256.toString('hex'),
          version: entry.version,
        };
  const { added, removed } = countLines(diff);
  return {
    path: diff.path,
    before: side(diff.before),
    after: side(diff.after),
    kind: diff.body.kind,
    lines_added: added,
    lines_removed: removed,
  };
}

function renderModes(diff: PathDiff): readonly string[] {
  const { before, after } = diff;
  if (before === undefined) return after === undefined ? [] : [`new file mode ${formatMode(after.mode)}`];
  if (after === undefined) return [`deleted file mode ${formatMode(before.mode)}`];
  if (before.mode === after.mode) return [];
  return [`old mode ${formatMode(before.mode)}`, `new mode ${formatMode(after.mode)}`];
}

function renderLine(line: string, style: Style): string {
  const colour = linePaints[line.charAt(0)];
  const text = line.charAt(0) + safeText(line.slice(1), style);
  return colour === undefined ? text : paint(text, colour, style);
}

/** A side without lines is named by the line before it. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

/** Git ends a name with a tab when it has spaces, so that it can be told from a time stamp. */
function markSpaces(name: string): string {
  return name.includes(' ') && !name.startsWith('"') ? `${name}\t` : name;
}

function countLines(diff: PathDiff): { readonly added: number; readonly removed: number } {
  return diff.body.kind === 'text' ? diff.body : { added: 0, removed: 0 };
}

function describe(diff: PathDiff, lines: number): string {
  switch (diff.body.kind) {
    case 'text':
      return String(lines);
    case 'same':
      return `mode ${formatMode(diff.before?.mode ?? 0)} -> ${formatMode(diff.after?.mode ?? 0)}`;
    case 'binary':
    case 'large':
      return `${diff.body.kind} ${diff.before?.bytes ?? 0} -> ${diff.after?.bytes ?? 0} bytes`;
    default:
      return diff.body satisfies never;
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
