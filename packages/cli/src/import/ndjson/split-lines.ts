const newline = 0x0a;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its newline; undefined when it is longer than allowed. */
  readonly bytes: Buffer | undefined;
}

/** The lines of a stream, in bounded memory: of a line above `bytesMax` nothing is kept but its number. */
export async function* splitLines(input: AsyncIterable<Uint8Array | string>, bytesMax: number): AsyncGenerator<Line> {
  let number = 1;
  let parts: Buffer[] = [];
  let bytes = 0;
  const line = (): Line => ({ number, bytes: bytes > bytesMax ? undefined : Buffer.concat(parts) });
  const add = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > bytesMax) parts = [];
    else parts.push(part);
  };
  for await (const piece of input) {
    const chunk =
      typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      add(chunk.subarray(start, end));
      yield line();
      number += 1;
      parts = [];
      bytes = 0;
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (bytes > 0) yield line();
}
