import { applyPatch, parsePatch, type StructuredPatchHunk } from 'diff';

/**
 * A base above this is not patched: base and result are in memory, and the result is written in the append's own transaction,
 * of which FoundationDB takes 10 MB. Bytes.
 */
export const diffBaseBytesMax = 4 * 1024 * 1024;
/** Lines compared in search of moved hunks: a diff made to be slow ends here, within a fraction of FoundationDB's 5 s. */
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
    if (!hasOnePlaceEach(text.split('\n'), patch.hunks, knowledge)) return undefined;
    const result = applyPatch(text, patch, { fuzzFactor: 0, autoConvertLineEndings: false });
    return result === false ? undefined : Buffer.from(result);
  } catch {
    // Not UTF-8, or not a diff: the library throws plain errors for what it cannot parse. An agent's input, not a bug.
    return undefined;
  }
}

/** The library takes the nearest place where a hunk's old lines stand; several of them would be a guess. */
function hasOnePlaceEach(
  lines: readonly string[],
  hunks: readonly StructuredPatchHunk[],
  knowledge: BaseKnowledge,
): boolean {
  let comparisons = 0;
  let first = 0;
  let shift = 0;
  for (const hunk of hunks) {
    const old = hunk.lines.filter((line) => line[0] !== '+' && line[0] !== '\\').map((line) => line.slice(1));
    if (old.length === 0) {
      const isEmpty = lines.length === 1 && lines[0] === '';
      if (knowledge === 'unsaid' && !isEmpty) return false;
      continue;
    }
    const matchesAt = (at: number): boolean => {
      for (let index = 0; index < old.length; index++) {
        comparisons += 1;
        if (lines[at + index] !== old[index]) return false;
      }
      return true;
    };
    const named = hunk.oldStart - 1 + shift;
    let place = named >= first && matchesAt(named) ? named : undefined;
    if (place === undefined) {
      for (let at = first; at + old.length <= lines.length; at++) {
        if (comparisons > comparisonsMax) return false;
        if (!matchesAt(at)) continue;
        if (place !== undefined) return false;
        place = at;
      }
    }
    if (place === undefined) return false;
    shift = place - (hunk.oldStart - 1);
    first = place + old.length;
  }
  return true;
}
