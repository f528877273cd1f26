import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InFlightGate } from './in-flight-gate.ts';

/** Lets every promise that is settled by now tell. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('no more than the bounds are in flight, and those who wait enter in their order', async () => {
  const gate = new InFlightGate({ countMax: 2, bytesMax: 10 });
  const entered: string[] = [];
  const enter = async (name: string, bytes: number): Promise<void> => {
    await gate.enter(bytes);
    entered.push(name);
  };
  const all = [enter('a', 4), enter('b', 4), enter('c', 1), enter('d', 9), enter('e', 1)];
  await turn();
  assert.deepEqual(entered, ['a', 'b']);
  gate.leave(4);
  await turn();
  assert.deepEqual(entered, ['a', 'b', 'c']);
  gate.leave(4);
  await turn();
  // d fits beside c; e would too in bytes, but not in count.
  assert.deepEqual(entered, ['a', 'b', 'c', 'd']);
  gate.leave(1);
  await Promise.all(all);
  assert.deepEqual(entered, ['a', 'b', 'c', 'd', 'e']);
});

test('a small one does not overtake a large one that waits', async () => {
  const gate = new InFlightGate({ countMax: 10, bytesMax: 10 });
  await gate.enter(6);
  const entered: string[] = [];
  void gate.enter(8).then(() => entered.push('large'));
  void gate.enter(1).then(() => entered.push('small'));
  await turn();
  assert.deepEqual(entered, []);
  gate.leave(6);
  await turn();
  assert.deepEqual(entered, ['large', 'small']);
});

test('what is larger than the bound goes alone, and idle means that nothing is left', async () => {
  const gate = new InFlightGate({ countMax: 10, bytesMax: 10 });
  await gate.whenIdle();
  await gate.enter(100);
  let isIdle = false;
  const idle = gate.whenIdle().then(() => (isIdle = true));
  const second = gate.enter(1);
  await turn();
  assert.equal(isIdle, false);
  gate.leave(100);
  await second;
  assert.equal(isIdle, false);
  gate.leave(1);
  await idle;
});
