import { applyPatch, parsePatch, type StructuredPatchHunk } from 'diff';

/**
 * A base above this is not patched: base and result are in memory, and the result is written in the append's own transaction,
 * of which FoundationDB takes 10 MB. Bytes.
 */
export const diffBaseBytesMax = 4 * 1024 * 1024;
/** Lines compared to place hunks, and again to apply them: a diff made to be slow ends here, within a fraction of FoundationDB's 5 s. */
const comparisonsMax = 20_000_000;

// `ignoreBOM` keeps a byte order mark as a character: the result has the bytes that the file had.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `same`: the diff's author named this very content. `unsaid`: only the diff's own lines say where it belongs. */
export type BaseKnowledge = 'same' | 'unsaid';

/**
 * The base with one unified diff applied; undefined: it does not apply. Nothing is guessed: every old line has to be there, at
 * the line that the hunk names, or else at exactly one place; and lines that are only added need a neighbour, or a base that
 * their author named.
 */
export function applyUnifiedDiff(base: Uint8Array, diff: string, knowledge: BaseKnowledge): Buffer | undefined {
  try {
    const [patch, ...others] = parsePatch(diff);
    if (patch === undefined || patch.hunks.length === 0 || others.length > 0) return undefined;
    const text = utf8.decode(base);
    const hunks = placeHunks(text.split('\n'), patch.hunks, knowledge);
    if (hunks === undefined) return undefined;
    const isEqual = createCompare();
    const result = applyPatch(
      text,
      { ...patch, hunks },
      {
        fuzzFactor: 0,
        autoConvertLineEndings: false,
        compareLine: (_, line, __, old) => isEqual(line, old),
      },
    );
    return result === false ? undefined : Buffer.from(result);
  } catch {
    // Not UTF-8, not a diff (the library throws plain errors for what it cannot parse), or too slow. An agent's input, not a bug.
    return undefined;
  }
}

/**
 * The hunks with the line where each of them stands; undefined: one has no place, or several. The library would take the nearest
 * place, a guess, and would walk there line by line from the one that the hunk names, however far out that is.
 */
function placeHunks(
  lines: readonly string[],
  hunks: readonly StructuredPatchHunk[],
  knowledge: BaseKnowledge,
): StructuredPatchHunk[] | undefined {
  const isEqual = createCompare();
  const isEmpty = lines.length === 1 && lines[0] === '';
  const placed: StructuredPatchHunk[] = [];
  let first = 0;
  let shift = 0;
  for (const hunk of hunks) {
    const old = hunk.lines.filter((line) => line[0] !== '+' && line[0] !== '\\').map((line) => line.slice(1));
    const isAt = (at: number): boolean => old.every((line, index) => isEqual(lines[at + index], line));
    const named = hunk.oldStart - 1 + shift;
    const isInside = named >= first && named < lines.length;
    // Lines that are only added fit anywhere: they go where they say, if that can be believed, or nowhere.
    if (old.length === 0 && !(isInside && (knowledge === 'same' || isEmpty))) return undefined;
    const place = isInside && isAt(named) ? named : findOnly(isAt, first, lines.length - old.length);
    if (place === undefined) return undefined;
    placed.push({ ...hunk, oldStart: place + 1 });
    shift = place - (hunk.oldStart - 1);
    first = place + old.length;
  }
  return placed;
}

/** The index from `first` to `last`, both included, of which it holds; undefined: of none, or of several. */
function findOnly(holds: (index: number) => boolean, first: number, last: number): number | undefined {
  let found: number | undefined;
  for (let index = first; index <= last; index++) {
    if (!holds(index)) continue;
    if (found !== undefined) return undefined;
    found = index;
  }
  return found;
}

/** @throws RangeError after too many comparisons */
function createCompare(): (line: string | undefined, old: string) => boolean {
  let comparisons = 0;
  return (line, old) => {
    comparisons += 1;
    if (comparisons > comparisonsMax) throw new RangeError('too many lines to compare');
    return line === old;
  };
}
