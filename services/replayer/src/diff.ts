import { structuredPatch } from 'diff';
import type { ProjectHistory, ReadOptions, TreeEntry } from '@swarmledger/ledger';
import type { ProjectPath } from '@swarmledger/protocol';
import { readWhole } from './content.ts';
import { fileKind } from './git-modes.ts';
import type { Moment } from './moment.ts';
import { comparePaths } from './path-order.ts';
import { decodeText } from './show.ts';
import { listTree, type TreeOptions } from './tree.ts';

/** Both sides are held in memory, and nobody reads a longer one. */
const diffBytesMax = 4 * 1024 * 1024;
/** The search for the smallest diff blocks the process; after this a whole replacement is shown, which is as true. */
const searchMsMax = 1_000;
const contextLines = 3;

export interface DiffHunk {
  /** The first line, from 1; of a side without lines, the one that would follow. */
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** Each begins with ' ', '+', '-' or '\'. */
  readonly lines: readonly string[];
}

export type DiffBody =
  /** Only the mode differs. */
  | { readonly kind: 'same' }
  | { readonly kind: 'text'; readonly hunks: readonly DiffHunk[]; readonly added: number; readonly removed: number }
  | { readonly kind: 'binary' }
  /** Text or binary, above 4 MiB. */
  | { readonly kind: 'large' };

/** What differs at one path. A side is absent when the path does not exist there; a file that becomes a link is two diffs. */
export interface PathDiff {
  readonly path: ProjectPath;
  readonly before?: TreeEntry;
  readonly after?: TreeEntry;
  readonly body: DiffBody;
}

/**
 * What differs between two moments, which may lie on different branches, in path order.
 *
 * @throws PermanentError invalid_glob, content_missing, content_corrupt
 */
export async function* diffMoments(
  history: ProjectHistory,
  moments: { readonly from: Moment; readonly to: Moment },
  options: TreeOptions = {},
): AsyncIterable<PathDiff> {
  const { from, to } = moments;
  for await (const pair of pairTrees(listTree(history, from, options), listTree(history, to, options))) {
    const { before, after } = pair;
    if (before !== undefined && after !== undefined && isSame(before, after)) continue;
    const changesKind = before !== undefined && after !== undefined && shape(before) !== shape(after);
    for (const sides of changesKind ? [{ before }, { after }] : [pair]) {
      const path = (sides.before ?? sides.after ?? pair.either).path;
      yield { path, ...sides, body: await diffContents(history, sides, options) };
    }
  }
}

interface Pair {
  readonly before?: TreeEntry;
  readonly after?: TreeEntry;
  readonly either: TreeEntry;
}

/** Walks two trees side by side: memory does not grow with them. */
async function* pairTrees(left: AsyncIterable<TreeEntry>, right: AsyncIterable<TreeEntry>): AsyncIterable<Pair> {
  const lefts = left[Symbol.asyncIterator]();
  const rights = right[Symbol.asyncIterator]();
  try {
    let [before, after] = [await take(lefts), await take(rights)];
    while (before !== undefined || after !== undefined) {
      const order = before === undefined ? 1 : after === undefined ? -1 : comparePaths(before.path, after.path);
      const pair: { before?: TreeEntry; after?: TreeEntry } = {};
      if (before !== undefined && order <= 0) pair.before = before;
      if (after !== undefined && order >= 0) pair.after = after;
      const either = pair.before ?? pair.after;
      if (either !== undefined) yield { ...pair, either };
      if (order <= 0) before = await take(lefts);
      if (order >= 0) after = await take(rights);
    }
  } finally {
    await lefts.return?.();
    await rights.return?.();
  }
}

async function take(iterator: AsyncIterator<TreeEntry>): Promise<TreeEntry | undefined> {
  const result = await iterator.next();
  return result.done === true ? undefined : result.value;
}

function isSame(before: TreeEntry, after: TreeEntry): boolean {
  return before.mode === after.mode && before.sha256.equals(after.sha256);
}

function shape(entry: TreeEntry): 'file' | 'symlink' | 'gitlink' {
  const kind = fileKind(entry.mode);
  return kind === 'regular' || kind === 'executable' ? 'file' : kind;
}

async function diffContents(
  history: ProjectHistory,
  sides: { readonly before?: TreeEntry; readonly after?: TreeEntry },
  options: ReadOptions,
): Promise<DiffBody> {
  const { before, after } = sides;
  if (before !== undefined && after !== undefined && before.sha256.equals(after.sha256)) return { kind: 'same' };
  if ((before?.bytes ?? 0) > diffBytesMax || (after?.bytes ?? 0) > diffBytesMax) return { kind: 'large' };
  const [oldText, newText] = [await readText(history, before, options), await readText(history, after, options)];
  if (oldText === undefined || newText === undefined) return { kind: 'binary' };
  return diffTexts(oldText, newText);
}

async function readText(
  history: ProjectHistory,
  entry: TreeEntry | undefined,
  options: ReadOptions,
): Promise<string | undefined> {
  if (entry === undefined) return '';
  const text = decodeText(await readWhole(history, entry, options));
  // As git shows it.
  return text !== undefined && fileKind(entry.mode) === 'gitlink' ? `Subproject commit ${text.trim()}\n` : text;
}

/** Hunks as `diff -u` has them, three lines of context. */
export function diffTexts(oldText: string, newText: string): DiffBody {
  const patch = structuredPatch('', '', oldText, newText, '', '', { context: contextLines, timeout: searchMsMax });
  const hunks: readonly DiffHunk[] = patch?.hunks ?? [replaceAll(oldText, newText)];
  const count = (sign: string): number =>
    hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.startsWith(sign)).length, 0);
  return { kind: 'text', hunks, added: count('+'), removed: count('-') };
}

function replaceAll(oldText: string, newText: string): DiffHunk {
  const [oldLines, newLines] = [splitLines(oldText), splitLines(newText)];
  const mark = (text: string, sign: string, lines: readonly string[]): string[] => [
    ...lines.map((line) => sign + line),
    ...(text === '' || text.endsWith('\n') ? [] : ['\\ No newline at end of file']),
  ];
  return {
    oldStart: 1,
    oldLines: oldLines.length,
    newStart: 1,
    newLines: newLines.length,
    lines: [...mark(oldText, '-', oldLines), ...mark(newText, '+', newLines)],
  };
}

function splitLines(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
