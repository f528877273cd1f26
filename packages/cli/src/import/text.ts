/**
 * At most `bytesMax` UTF-8 bytes of `text`, cut between characters, with a note of how long it was. Lone surrogates, which no
 * UTF-8 can carry, become U+FFFD.
 */
export function cutText(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= bytesMax) return bytes.toString('utf8');
  const note = `… [cut, ${bytes.length} bytes in all]`;
  let end = Math.max(0, bytesMax - Buffer.byteLength(note));
  // A continuation byte is 10xxxxxx: step back to the start of its character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString('utf8', 0, end)}${note}`;
}

/** The first line that is not blank, trimmed, at most `bytesMax` bytes; empty when there is none. */
export function firstLine(text: string, bytesMax: number): string {
  const line = /\S[^\r\n]*/.exec(text)?.[0] ?? '';
  return cutText(line.trimEnd(), bytesMax);
}
