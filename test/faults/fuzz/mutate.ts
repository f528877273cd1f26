import type { Random } from '../random.ts';

const editsMax = 6;
const pieceMax = 64;
/** Of so many edits one replaces a word, where there are words. */
const wordOneIn = 3;
/** Values at the edges of what lengths, tags and characters are. */
const interesting = [0x00, 0x01, 0x0a, 0x0d, 0x22, 0x2e, 0x2f, 0x5c, 0x7b, 0x7f, 0x80, 0xc0, 0xe0, 0xf0, 0xff];

/** What inputs are made from. */
export interface Material {
  readonly samples: readonly Uint8Array[];
  /** Put in the place of words of the samples; none for formats that are not text. */
  readonly words: readonly string[];
}

/** A few bytes of a sample changed, added, taken out, repeated or replaced by another sample's: what a parser has not seen. */
export function mutate(random: Random, { samples, words }: Material): Buffer {
  let bytes = Buffer.from(random.pick(samples));
  const edits = 1 + random.below(editsMax);
  for (let edit = 0; edit < edits; edit++) {
    const isWord = words.length > 0 && random.below(wordOneIn) === 0;
    bytes = isWord ? replaceWord(random, bytes, random.pick(words)) : applyEdit(random, bytes, random.pick(samples));
  }
  return bytes;
}

/** The word at some place, or nothing where there is none, becomes another. */
function replaceWord(random: Random, bytes: Buffer, word: string): Buffer<ArrayBuffer> {
  const text = bytes.toString('latin1');
  const at = random.below(bytes.length + 1);
  const begin = at - (/\w*$/.exec(text.slice(0, at))?.[0].length ?? 0);
  const end = at + (/^\w*/.exec(text.slice(at))?.[0].length ?? 0);
  return Buffer.concat([bytes.subarray(0, begin), Buffer.from(word), bytes.subarray(end)]);
}

function applyEdit(random: Random, bytes: Buffer, other: Uint8Array): Buffer<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const length = random.below(pieceMax);
  const copy = Buffer.from(bytes);
  const around = (middle: Uint8Array, taken: number): Buffer<ArrayBuffer> =>
    Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(at + taken)]);
  switch (random.below(8)) {
    case 0:
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
      return copy;
    case 1:
      if (at < copy.length) copy[at] = random.pick(interesting);
      return copy;
    case 2:
      return around(Buffer.from(Array.from({ length }, () => random.below(256))), 0);
    case 3:
      return around(Buffer.alloc(0), length);
    case 4:
      return around(Buffer.concat([bytes.subarray(at, at + length), bytes.subarray(at, at + length)]), length);
    case 5:
      return Buffer.from(bytes.subarray(0, at));
    case 6: {
      const from = random.below(other.length + 1);
      return around(other.subarray(from, from + length), random.below(pieceMax));
    }
    default:
      return around(Buffer.from(random.pick(interestingTexts)), 0);
  }
}

const interestingTexts = [
  '../',
  '\\u0000',
  '\ud800',
  '😀',
  '-1',
  '1e309',
  '{"__proto__":1}',
  '9007199254740993',
  '\r\n\r\n',
];
