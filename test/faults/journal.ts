import { sessionName, type Session } from './facts.ts';

/** How far a session has got, by its own words. Numbers count from 1; 0 is none. */
export interface Progress {
  /** About to be recorded, perhaps recorded. */
  offered: number;
  /** The hub's stream has all up to it, or the outbox has them on its disk: from here on nothing may be lost. */
  acked: number;
  /** The hub has said that they are in the ledger. */
  committed: number;
}

/** What agents say on their standard output: `offered 3 17` is session 3, number 17. */
export const words = ['offered', 'acked', 'committed'] as const;
export type Word = (typeof words)[number];

export function formatLine(word: Word, session: number, number: number): string {
  return `${word} ${session} ${number}\n`;
}

/** Everything that was said, by session. */
export class Journal {
  readonly #sessions: readonly Session[];
  readonly #progress: readonly Progress[];
  readonly #onCommitted: (session: Session, upTo: number) => void;

  constructor(sessions: readonly Session[], onCommitted: (session: Session, upTo: number) => void) {
    this.#sessions = sessions;
    this.#progress = sessions.map(() => ({ offered: 0, acked: 0, committed: 0 }));
    this.#onCommitted = onCommitted;
  }

  /** @throws RangeError for a line that is none of an agent's */
  read(line: string): void {
    const [word, index = '', number = ''] = line.split(' ');
    const session = this.#sessions[Number(index)];
    const progress = this.#progress[Number(index)];
    if (session === undefined || progress === undefined || !isWord(word)) throw new RangeError(`not a word: ${line}`);
    progress[word] = Math.max(progress[word], Number(number));
    if (word === 'committed') this.#onCommitted(session, progress.committed);
  }

  progressOf(index: number): Readonly<Progress> {
    return this.#progress[index] ?? { offered: 0, acked: 0, committed: 0 };
  }

  /** By the session's name. */
  all(): ReadonlyMap<string, Readonly<Progress>> {
    return new Map(this.#sessions.map((session, index) => [sessionName(session), this.progressOf(index)]));
  }
}

function isWord(text: string | undefined): text is Word {
  return words.some((word) => word === text);
}
