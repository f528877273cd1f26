import { applyPatch, parsePatch } from 'diff';

/** A base above this is not patched: base and result are in memory and in one transaction. Bytes. */
export const diffBaseBytesMax = 1024 * 1024;

// `ignoreBOM` keeps a byte order mark as a character: the result has the bytes that the file had.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The base with one unified diff applied, every context line matching; undefined: it does not apply. */
export function applyUnifiedDiff(base: Uint8Array, diff: string): Buffer | undefined {
  if (base.length > diffBaseBytesMax) return undefined;
  try {
    const [patch, ...others] = parsePatch(diff);
    if (patch === undefined || patch.hunks.length === 0 || others.length > 0) return undefined;
    const result = applyPatch(utf8.decode(base), patch, { fuzzFactor: 0, autoConvertLineEndings: false });
    return result === false ? undefined : Buffer.from(result);
  } catch {
    // Not UTF-8, or not a diff: the library throws plain errors for what it cannot parse. An agent's input, not a bug.
    return undefined;
  }
}
