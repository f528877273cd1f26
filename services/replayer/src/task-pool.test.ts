import assert from 'node:assert/strict';
import { setImmediate as tick } from 'node:timers/promises';
import { test } from 'node:test';
import { TaskPool } from './task-pool.ts';

test('never runs more tasks at once than it may, and all of them in the end', async () => {
  const pool = new TaskPool(3);
  let running = 0;
  let done = 0;
  let peak = 0;
  for (let index = 0; index < 20; index++) {
    await pool.run(async () => {
      running += 1;
      peak = Math.max(peak, running);
      await tick();
      running -= 1;
      done += 1;
    });
  }
  await pool.drain();
  assert.deepEqual({ done, peak }, { done: 20, peak: 3 });
});

test('stops at the first failure, tells it once and waits for what runs', async () => {
  let told = 0;
  let finished = false;
  const pool = new TaskPool(2, () => (told += 1));
  await pool.run(async () => {
    await tick();
    throw new Error('first');
  });
  await pool.run(async () => {
    await tick();
    await tick();
    finished = true;
    throw new Error('second');
  });
  await assert.rejects(pool.drain(), /first/);
  assert.ok(finished);
  assert.equal(told, 1);
  await assert.rejects(
    pool.run(async () => assert.fail('started after a failure')),
    /first/,
  );
});
