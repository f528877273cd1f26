/** One file of a `git diff`: what a run submitted. */
export interface PatchedFile {
  readonly path: string;
  readonly kind: 'added' | 'deleted' | 'modified';
  /** 0 when the patch does not say. */
  readonly mode: number;
  /** The start of the blob id afterwards; empty when the patch does not say. */
  readonly blobPrefix: string;
  /** The whole text, of an added file only. */
  readonly text?: string;
  readonly diff: string;
}

/** Seven hex digits, as Git abbreviates, leave one chance in 268 million. */
const blobPrefixDigitsMin = 7;
/** Two paths and some words. */
const headingCharactersMax = 4_096;

/** The files of a patch; those whose names Git had to quote are left out, as are renames and copies. */
export function parsePatch(patch: string): readonly PatchedFile[] {
  const sections = patch.split(/^(?=diff --git )/m).filter((section) => section.startsWith('diff --git '));
  return sections.flatMap((section) => {
    const file = parseSection(section);
    return file === undefined ? [] : [file];
  });
}

function parseSection(diff: string): PatchedFile | undefined {
  const [heading = '', ...rows] = diff.split('\n');
  const path = /^diff --git a\/(.+) b\/\1$/.exec(heading.slice(0, headingCharactersMax))?.[1];
  const hunkAt = rows.findIndex((row) => row.startsWith('@@ '));
  const header = hunkAt < 0 ? rows : rows.slice(0, hunkAt);
  if (path === undefined || header.some((row) => /^(?:rename|copy) /.test(row))) return undefined;
  const find = (pattern: RegExp): string | undefined =>
    header.map((row) => pattern.exec(row)?.[1]).find((found) => found !== undefined);
  const added = find(/^new file mode (\d{6})$/);
  const deleted = header.some((row) => row.startsWith('deleted file mode '));
  const mode = added ?? find(/^new mode (\d{6})$/) ?? find(/^index [0-9a-f]+\.\.[0-9a-f]+ (\d{6})$/);
  const blobPrefix = find(/^index [0-9a-f]+\.\.([0-9a-f]+)/) ?? '';
  const text = added === undefined ? undefined : readAddedText(rows, hunkAt);
  return {
    path,
    kind: deleted ? 'deleted' : added === undefined ? 'modified' : 'added',
    mode: mode === undefined ? 0 : parseInt(mode, 8),
    blobPrefix: blobPrefix.length >= blobPrefixDigitsMin ? blobPrefix : '',
    ...(text === undefined ? {} : { text }),
    diff,
  };
}

// An added file is one hunk of added lines, and says so when its last line has no newline.
function readAddedText(rows: readonly string[], hunkAt: number): string | undefined {
  if (hunkAt < 0) return '';
  const count = /^@@ -0,0 \+1(?:,(\d+))? @@/.exec(rows[hunkAt] ?? '');
  if (count === null) return undefined;
  const lines = rows.slice(hunkAt + 1, hunkAt + 1 + Number(count[1] ?? '1'));
  if (!lines.every((line) => line.startsWith('+'))) return undefined;
  const text = lines.map((line) => line.slice(1)).join('\n');
  return rows[hunkAt + 1 + lines.length]?.startsWith('\\') === true ? text : `${text}\n`;
}
