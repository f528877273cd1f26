import { Session, type Profiler } from 'node:inspector';

/** For each function of ours that ran: 1 at each of its characters that ran. Functions inside it count for themselves. */
export type Ran = ReadonlyMap<string, Uint8Array>;

const ours = /^file:.*\/(?:packages|services)\/[^/]+\/dist\//;

/**
 * V8's own count of the blocks that ran, https://chromedevtools.github.io/devtools-protocol/tot/Profiler/. Whole only under `--no-opt`:
 * optimized code is not counted.
 */
export class Coverage {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** What ran since the last call. It takes milliseconds: V8 walks all functions. */
  take(): Ran {
    const ran = new Map<string, Uint8Array>();
    // A session with its own thread is answered before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      for (const { url, functions } of result) {
        if (!ours.test(url) || url.includes('/node_modules/')) continue;
        for (const { ranges } of functions) addFunction(ran, url, ranges);
      }
    });
    return ran;
  }

  close(): void {
    this.#session.post('Profiler.disable');
    this.#session.disconnect();
  }
}

/** The first range is the function, the others lie inside one another: the innermost says whether a character ran. */
function addFunction(ran: Map<string, Uint8Array>, url: string, ranges: readonly Profiler.CoverageRange[]): void {
  const [whole] = ranges;
  if (whole === undefined || whole.count === 0) return;
  const { startOffset, endOffset } = whole;
  const characters = new Uint8Array(endOffset - startOffset);
  for (const range of ranges) {
    characters.fill(range.count === 0 ? 0 : 1, range.startOffset - startOffset, range.endOffset - startOffset);
  }
  ran.set(`${url}#${startOffset}-${endOffset}`, characters);
}

/** How much of our code that is. */
export function countCharacters(ran: Ran): number {
  let count = 0;
  for (const characters of ran.values()) count += characters.reduce((sum, one) => sum + one, 0);
  return count;
}
