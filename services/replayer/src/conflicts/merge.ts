import { diff3Merge } from 'node-diff3';

/** The library holds a side's lines and their matches in memory at once. Lines of one side, without what all have in common. */
const linesMax = 20_000;
/** For each pair of equal lines, such as empty ones, the library walks along the chain so far: about two seconds. */
const stepsMax = 4_000_000_000;

/** Three contents of one path. */
export interface MergeInput {
  /** What both sides began with; empty when they began with nothing. */
  readonly base: Buffer;
  readonly current: Buffer;
  readonly other: Buffer;
}

/** What the sides are called in the markers; one line each. */
export interface MergeLabels {
  readonly base: string;
  readonly current: string;
  readonly other: string;
}

export type Merge =
  /** Every line of the result comes from one side that alone changed it, or from both. */
  | { readonly kind: 'clean'; readonly content: Buffer }
  /** Both changed the same lines: they are marked as git marks them, with the base between. */
  | { readonly kind: 'marked'; readonly content: Buffer; readonly places: number }
  | { readonly kind: 'binary' }
  | { readonly kind: 'large' };

/** Merges two contents line by line on the one that both were made of. Bytes are kept, whatever their encoding and line ends. */
export function mergeContents(input: MergeInput, labels: MergeLabels): Merge {
  const { base, current, other } = input;
  if ([base, current, other].some(isBinary)) return { kind: 'binary' };
  const sides = [splitLines(base), splitLines(current), splitLines(other)] as const;
  const [before, after] = countShared(sides);
  const [o, a, b] = sides.map((lines) => lines.slice(before, lines.length - after)) as [string[], string[], string[]];
  if (Math.max(o.length, a.length, b.length) > linesMax) return { kind: 'large' };
  if (estimateSteps(o, a) + estimateSteps(o, b) > stepsMax) return { kind: 'large' };
  const merged: string[] = sides[0].slice(0, before);
  let places = 0;
  for (const { ok, conflict } of diff3Merge(a, o, b, { excludeFalseConflicts: true })) {
    for (const line of ok ?? []) merged.push(line);
    if (conflict === undefined) continue;
    places += 1;
    merged.push(
      ...mark(`<<<<<<< ${labels.current}`, conflict.a),
      ...mark(`||||||| ${labels.base}`, conflict.o),
      ...mark('=======', conflict.b),
      `>>>>>>> ${labels.other}\n`,
    );
  }
  for (const line of sides[0].slice(sides[0].length - after)) merged.push(line);
  const content = Buffer.from(merged.join(''), 'latin1');
  return places === 0 ? { kind: 'clean', content } : { kind: 'marked', content, places };
}

/** Git's rule. */
function isBinary(content: Buffer): boolean {
  return content.subarray(0, 8_000).includes(0);
}

/** With their line ends, each byte one character: so any encoding comes out as it went in. */
function splitLines(content: Buffer): string[] {
  return content.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Lines that all sides have in common at the beginning and at the end: there is nothing to compare. */
function countShared(sides: readonly (readonly string[])[]): readonly [before: number, after: number] {
  const [first = [], ...others] = sides;
  const shortest = Math.min(...sides.map((lines) => lines.length));
  let before = 0;
  while (before < shortest && others.every((lines) => lines[before] === first[before])) before += 1;
  let after = 0;
  while (after < shortest - before && others.every((lines) => lines.at(-1 - after) === first.at(-1 - after))) {
    after += 1;
  }
  return [before, after];
}

function estimateSteps(left: readonly string[], right: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const line of left) counts.set(line, (counts.get(line) ?? 0) + 1);
  const pairs = right.reduce((sum, line) => sum + (counts.get(line) ?? 0), 0);
  return pairs * Math.min(left.length, right.length);
}

/** A marker and the lines below it; the last one of a file may lack its line end. */
function mark(marker: string, lines: readonly string[]): readonly string[] {
  return [
    `${Buffer.from(marker).toString('latin1')}\n`,
    ...lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`)),
  ];
}
