import { isTerminal, type Io } from './io.ts';

/** One line that is written over and over on a terminal, and nothing at all when piped. */
export class ProgressLine {
  readonly #io: Io;
  readonly #isShown: boolean;
  #length = 0;

  constructor(io: Io) {
    this.#io = io;
    this.#isShown = isTerminal(io.stderr);
  }

  show(text: string): void {
    if (!this.#isShown) return;
    this.#io.stderr.write(`\r${text.padEnd(this.#length)}`);
    this.#length = text.length;
  }

  clear(): void {
    if (!this.#isShown || this.#length === 0) return;
    this.#io.stderr.write(`\r${' '.repeat(this.#length)}\r`);
    this.#length = 0;
  }
}
