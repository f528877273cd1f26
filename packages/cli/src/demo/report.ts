import { paint } from '@swarmledger/replayer';
import { styleOf, writeLine, type Io } from '../output/io.ts';
import { ProgressLine } from '../output/progress.ts';

/** What the demo says to people; silent with `--json`. */
export interface Report {
  heading(text: string): void;
  line(text: string): void;
  progress(text: string): void;
  done(): void;
}

export function createReport(io: Io, mode: 'text' | 'json'): Report {
  const progress = new ProgressLine(io);
  const say = (text: string): void => {
    progress.clear();
    if (mode === 'text') writeLine(io, text);
  };
  return {
    heading: (text) => {
      say('');
      say(paint(text, 'bold', styleOf(io)));
    },
    line: say,
    progress: (text) => progress.show(text),
    done: () => progress.clear(),
  };
}
