import { setFlagsFromString } from 'node:v8';
import { countCharacters, Coverage } from './coverage.ts';
import { fuzz, type FuzzTarget } from './target.ts';
import { findWords } from './words.ts';

const inputsMax = 4_000;
const roundMs = 4_000;

/** One line: how much of our code as many inputs reach without and with the words of the code. */
export async function compareReach(target: FuzzTarget, seed: number): Promise<string> {
  // Optimized code is not counted.
  setFlagsFromString('--no-opt');
  const words = await findWords(target);
  const blind = await reach(target, { seed, words: [], inputsMax });
  const told = await reach(target, { seed, words, inputsMax: blind.inputs });
  const gain = (100 * (told.characters / blind.characters - 1)).toFixed(1);
  return `${target.name}: inputs=${blind.inputs} words=${words.length} reached=${blind.characters} with_words=${told.characters} (${gain} %) finds=${blind.finds + told.finds}`;
}

interface Reach {
  readonly inputs: number;
  readonly finds: number;
  readonly characters: number;
}

async function reach(
  target: FuzzTarget,
  given: { readonly seed: number; readonly words: readonly string[]; readonly inputsMax: number },
): Promise<Reach> {
  const coverage = new Coverage();
  try {
    coverage.take();
    const { inputs, finds } = await fuzz(target, { ...given, untilMs: performance.now() + roundMs });
    return { inputs, finds: finds.length, characters: countCharacters(coverage.take()) };
  } finally {
    coverage.close();
  }
}
