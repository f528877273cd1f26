import { parseArgs } from 'node:util';
import { withScope } from '@swarmledger/runtime';
import { fuzz } from './target.ts';
import { targets } from './targets.ts';

// npm run test:fuzz -- [--minutes M] [--seed N] [--only TEXT]: every target in turn, round after round, each round another seed.
const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const endMs = performance.now() + Number(values.minutes ?? 1) * 60_000;
const roundMs = 5_000;
const first = Number(values.seed ?? Date.now() % 1_000_000);
let inputs = 0;
let finds = 0;

await withScope(async (scope) => {
  const opened = [];
  for (const open of targets) opened.push(await open(scope));
  const chosen = opened.filter(({ name }) => name.includes(values.only ?? ''));
  for (let seed = first; seed === first || performance.now() < endMs; seed++) {
    for (const target of chosen) {
      const untilMs = performance.now() + roundMs;
      const result = await fuzz(target, { seed, inputsMax: Infinity, untilMs });
      inputs += result.inputs;
      finds += result.finds.length;
      for (const { error, input } of result.finds.slice(0, 3)) {
        process.stdout.write(
          `FOUND in ${target.name}, seed ${seed}: ${error}\n  input (base64): ${input.slice(0, 2_000)}\n`,
        );
      }
    }
  }
});
process.stdout.write(`targets=${targets.length} inputs=${inputs} finds=${finds}\n`);
process.exitCode = finds === 0 ? 0 : 1;
