import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransientError } from '@swarmledger/runtime';
import { Gate } from './gate.ts';

test('calls enter in their order, none overtakes one that waits', async () => {
  let room = 1;
  const entered: number[] = [];
  const gate = new Gate(() => room > 0, { callsMax: 10, bytesMax: 1_000 });
  const enter = (call: number): Promise<void> =>
    gate.enter(1, () => {
      room -= 1;
      entered.push(call);
    });
  const calls = [1, 2, 3].map(enter);
  assert.deepEqual(entered, [1]);
  room = 1;
  calls.push(enter(4));
  assert.deepEqual(entered, [1]);
  gate.open();
  assert.deepEqual(entered, [1, 2]);
  room = 5;
  gate.open();
  await Promise.all(calls);
  assert.deepEqual(entered, [1, 2, 3, 4]);
});

test('what waits is bounded in calls and in bytes, and refused loudly', async () => {
  const byCalls = new Gate(() => false, { callsMax: 1, bytesMax: 1_000 });
  const byBytes = new Gate(() => false, { callsMax: 100, bytesMax: 10 });
  const nothing = (): void => undefined;
  const waiting = [byCalls.enter(1, nothing), byBytes.enter(10, nothing)];
  assert.throws(() => byCalls.enter(1, nothing), TransientError);
  assert.throws(() => byBytes.enter(1, nothing), { code: 'buffer_full' });
  byCalls.refuseAll(new Error('closed'));
  byBytes.refuseAll(new Error('closed'));
  for (const call of waiting) await assert.rejects(call, /closed/);
});
