import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJobsSubject } from '@swarmledger/protocol';
import { withScope } from '@swarmledger/runtime';
import { fuzz, type FuzzTarget } from './target.ts';
import { targets } from './targets.ts';
import { findWords } from './words.ts';

/** A little of each, every time another; `npm run test:fuzz` goes on for as long as it is told to. */
const budgetMs = 1_200;
const inputsMax = 3_000;

test('whatever strangers write, and whatever a broken disk gives back, ends in an answer or a clear error', async (t) => {
  for (const open of targets) {
    await withScope(async (scope) => {
      const target = await open(scope);
      await t.test(target.name, async () => {
        const words = await findWords(target);
        const seed = Date.now() % 2 ** 31;
        const { inputs, finds } = await fuzz(target, { seed, inputsMax, untilMs: performance.now() + budgetMs, words });
        assert.deepEqual(
          finds.slice(0, 3).map(({ error }) => error),
          [],
          `seed ${seed}, ${inputs} inputs`,
        );
      });
    });
  }
});

test('a parser that throws something else than a refusal is found, with its input', async () => {
  const target: FuzzTarget = {
    name: 'broken',
    samples: [Buffer.from('sample')],
    run: (input) => {
      if (input.length % 2 === 1) throw new RangeError('odd');
    },
  };
  const { finds } = await fuzz(target, { seed: 1, inputsMax: 50, untilMs: Infinity });
  const [find] = finds;
  assert.match(find?.error ?? '', /RangeError: odd/);
  assert.equal(Buffer.from(find?.input ?? '', 'base64').length % 2, 1);
});

test('the words of the code that good input runs through are put into what is tried', async () => {
  const target: FuzzTarget = {
    name: 'a kind of signal',
    samples: [Buffer.from('swarm.acme.jobs')],
    run: (input) => {
      parseJobsSubject('swarm.acme.jobs');
      if (input.toString() === 'swarm.acme.events') throw new RangeError('reached');
    },
  };
  const words = await findWords(target);
  assert.ok(words.includes('events'), words.join(' '));
  const budget = { seed: 1, inputsMax: 5_000, untilMs: Infinity };
  assert.deepEqual((await fuzz(target, budget)).finds, []);
  const { finds } = await fuzz(target, { ...budget, words });
  assert.match(finds[0]?.error ?? '', /RangeError: reached/);
});
