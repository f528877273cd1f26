import { diffTexts, type DiffBody } from '../diff.ts';
import { decodeText } from '../show.ts';
import type { ConflictDetails } from './show-conflict.ts';
import type { Side } from './sides.ts';

/** Both texts are in memory and on a screen; the same bound as `diff` has. Bytes. */
const textBytesMax = 4 * 1024 * 1024;

export interface SideDiff {
  /** Such as `base -> first`. */
  readonly name: string;
  /** Absent when one side has no content to compare. */
  readonly body?: DiffBody;
}

/** What each change did to the base, or, without one, what tells the two apart. */
export async function diffSides({ sides }: ConflictDetails): Promise<readonly SideDiff[]> {
  const { base, first, second } = sides;
  const pairs: readonly (readonly [string, Side, Side])[] =
    base.kind === 'unknown'
      ? [['first -> second', first, second]]
      : [
          ['base -> first', base, first],
          ['base -> second', base, second],
        ];
  return Promise.all(
    pairs.map(async ([name, left, right]) => {
      const body = await diffPair(left, right);
      return body === undefined ? { name } : { name, body };
    }),
  );
}

async function diffPair(left: Side, right: Side): Promise<DiffBody | undefined> {
  const lengths = [left, right].map((side) => (side.kind === 'content' ? side.bytes : 0));
  if (lengths.some((bytes) => bytes > textBytesMax)) return { kind: 'large' };
  const [before, after] = [await readSide(left), await readSide(right)];
  if (before === undefined || after === undefined) return undefined;
  if (before.equals(after)) return { kind: 'same' };
  const [oldText, newText] = [decodeText(before), decodeText(after)];
  return oldText === undefined || newText === undefined ? { kind: 'binary' } : diffTexts(oldText, newText);
}

async function readSide(side: Side): Promise<Buffer | undefined> {
  if (side.kind === 'content') return side.read();
  return side.kind === 'absent' ? Buffer.alloc(0) : undefined;
}
