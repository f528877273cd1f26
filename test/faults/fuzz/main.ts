import { parseArgs } from 'node:util';
import { withScope } from '@swarmledger/runtime';
import { compareReach } from './reach.ts';
import { fuzz, type FuzzTarget } from './target.ts';
import { targets } from './targets.ts';
import { findWords } from './words.ts';

// npm run test:fuzz -- [--minutes M] [--seed N] [--only TEXT] [--coverage]: every target in turn, round after round, each round
// another seed. With --coverage: what the words of the code are good for, instead.
const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    coverage: { type: 'boolean' },
  },
});
const endMs = performance.now() + Number(values.minutes ?? 1) * 60_000;
const roundMs = 5_000;
const first = Number(values.seed ?? Date.now() % 1_000_000);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

await withScope(async (scope) => {
  const opened: FuzzTarget[] = [];
  for (const open of targets) opened.push(await open(scope));
  const chosen = opened.filter(({ name }) => name.includes(values.only ?? ''));
  if (values.coverage === true) for (const target of chosen) print(await compareReach(target, first));
  else await fuzzInTurn(chosen);
});

async function fuzzInTurn(chosen: readonly FuzzTarget[]): Promise<void> {
  let inputs = 0;
  let finds = 0;
  for (let seed = first; seed === first || performance.now() < endMs; seed++) {
    for (const target of chosen) {
      // A parser that never ends is told by the last line.
      print(`${target.name}, seed ${seed}`);
      const words = await findWords(target);
      const result = await fuzz(target, { seed, inputsMax: Infinity, untilMs: performance.now() + roundMs, words });
      inputs += result.inputs;
      finds += result.finds.length;
      for (const { error, input } of result.finds.slice(0, 3)) {
        print(`FOUND in ${target.name}, seed ${seed}: ${error}\n  input (base64): ${input.slice(0, 2_000)}`);
      }
    }
  }
  print(`targets=${chosen.length} inputs=${inputs} finds=${finds}`);
  process.exitCode = finds === 0 ? 0 : 1;
}
