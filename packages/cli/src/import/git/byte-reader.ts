const newline = 0x0a;

/** Reads a stream piece by piece, never more of it than asked for: the stream's own buffer is the only read-ahead. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next byte, left in place; undefined at the end. */
  async peek(): Promise<number | undefined> {
    while (this.#chunk.length === 0) if (!(await this.#fill())) return undefined;
    return this.#chunk[0];
  }

  /**
   * The bytes before the next `delimiter`, which is consumed. Undefined when the stream ends first, or when there are more than
   * `bytesMax`.
   */
  async readUntil(delimiter: number, bytesMax: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let bytes = 0;
    for (;;) {
      const index = this.#chunk.indexOf(delimiter);
      const part = index < 0 ? this.#chunk : this.#chunk.subarray(0, index);
      bytes += part.length;
      if (bytes > bytesMax) return undefined;
      if (index >= 0) {
        this.#chunk = this.#chunk.subarray(index + 1);
        return parts.length === 0 ? part : Buffer.concat([...parts, part]);
      }
      parts.push(part);
      if (!(await this.#fill())) return undefined;
    }
  }

  /** A line without its newline. */
  async readLine(bytesMax: number): Promise<string | undefined> {
    return (await this.readUntil(newline, bytesMax))?.toString('utf8');
  }

  /** Exactly `count` bytes, a copy; undefined when the stream ends first. */
  async readExactly(count: number): Promise<Buffer | undefined> {
    const bytes = Buffer.allocUnsafe(count);
    let filled = 0;
    while (filled < count) {
      if (this.#chunk.length === 0 && !(await this.#fill())) return undefined;
      const copied = this.#chunk.copy(bytes, filled, 0, Math.min(this.#chunk.length, count - filled));
      filled += copied;
      this.#chunk = this.#chunk.subarray(copied);
    }
    return bytes;
  }

  async #fill(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done === true) return false;
    this.#chunk = next.value;
    return true;
  }
}
