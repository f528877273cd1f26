import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findGrowth } from './growth.ts';
import type { Sample } from './sample.ts';

const megabyte = 1_000_000;

function sampleAt(index: number, change: Partial<Sample> = {}): Sample {
  return {
    atSeconds: index * 10,
    acked: index * 1_000,
    parts: { 'ingestor-0': { bytes: 200 * megabyte + (index % 5) * megabyte, handles: 40 + (index % 3) } },
    disk: { hub: index * megabyte, engine: index * megabyte, nats: 8 * megabyte, edge: megabyte },
    waiting: index % 7,
    ...change,
  };
}
const run = (change: (index: number) => Partial<Sample>): readonly Sample[] =>
  Array.from({ length: 80 }, (_, index) => sampleAt(index, change(index)));

test('a hub that keeps what it must and works off the rest does not grow', () => {
  assert.deepEqual(findGrowth(run(() => ({}))), []);
});

test('caches that fill at the start, and a backlog that a fault made for a while, are no growth', () => {
  const young = (index: number): Partial<Sample> =>
    index < 15 ? { parts: { 'ingestor-0': { bytes: index * 10 * megabyte, handles: 20 } } } : {};
  assert.deepEqual(findGrowth(run(young)), []);
  assert.deepEqual(findGrowth(run((index) => (index > 60 && index < 70 ? { waiting: 90_000 } : {}))), []);
});

test('handles that rise to their number again after every restart are no growth, wherever the restarts fall', () => {
  const sinceRestart = (index: number): number => (index < 30 ? index : index < 45 ? index - 30 : index - 45);
  const restarted = (index: number): Partial<Sample> => ({
    parts: { engine: { bytes: megabyte, handles: Math.min(470, 100 + 40 * sinceRestart(index)) } },
  });
  assert.deepEqual(findGrowth(run(restarted)), []);
});

test('memory, handles, buffers on the disk and a backlog that go on growing are each found', () => {
  const cases: readonly (readonly [(index: number) => Partial<Sample>, RegExp])[] = [
    [(index) => ({ parts: { syncer: { bytes: index * 5 * megabyte, handles: 9 } } }), /^memory of syncer/],
    [(index) => ({ parts: { nats: { bytes: megabyte, handles: 10 + index } } }), /^file handles of nats/],
    [(index) => ({ waiting: index * 1_000 }), /^what is on its way/],
    [(index) => ({ disk: { hub: 0, engine: 0, nats: index ** 2 * megabyte, edge: 0 } }), /^disk of the streams/],
  ];
  for (const [change, expected] of cases) {
    const [first = '', ...more] = findGrowth(run(change));
    assert.match(first, expected);
    assert.deepEqual(more, []);
  }
});
