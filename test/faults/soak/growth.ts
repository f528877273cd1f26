import { partNames } from '../schedule.ts';
import type { Sample } from './sample.ts';

/** What grew although nothing should: one line each. */
export type Growth = string;

/** A young process still fills its caches, so the first quarter is not looked at. */
const warmUpShare = 0.25;
/** More than what a garbage collector's phase, a fault and its repair change. */
const memoryFactorMax = 1.35;
const memoryBytesFree = 40_000_000;
const handlesFree = 25;
const backlogFree = 5_000;
/** What is on its way when it is looked at lies in files of some size. */
const bufferBytesFree = 64_000_000;

interface Measure {
  readonly name: string;
  readonly read: (sample: Sample) => number | undefined;
  readonly allow: (early: number) => number;
}

const measures: readonly Measure[] = [
  ...partNames.flatMap((name): readonly Measure[] => [
    {
      name: `memory of ${name}, bytes`,
      read: ({ parts }) => parts[name]?.bytes,
      allow: (early) => early * memoryFactorMax + memoryBytesFree,
    },
    {
      name: `file handles of ${name}`,
      read: ({ parts }) => parts[name]?.handles,
      allow: (early) => early + handlesFree,
    },
  ]),
  { name: 'disk of the streams, bytes', read: ({ disk }) => disk.nats, allow: (early) => early * 2 + bufferBytesFree },
  { name: 'disk of the outbox, bytes', read: ({ disk }) => disk.edge, allow: (early) => early * 2 + bufferBytesFree },
  { name: 'what is on its way', read: ({ waiting }) => waiting, allow: (early) => early * 1.5 + backlogFree },
];

/**
 * Compares the second half of a warm run with the first, medians of each: what a fault does for a while is no growth. The ledger
 * and ClickHouse keep every event: their disk is not looked at.
 */
export function findGrowth(samples: readonly Sample[]): readonly Growth[] {
  const settled = samples.slice(Math.floor(samples.length * warmUpShare));
  const half = Math.floor(settled.length / 2);
  return measures.flatMap(({ name, read, allow }) => {
    const early = median(settled.slice(0, half).map(read));
    const late = median(settled.slice(half).map(read));
    if (early === undefined || late === undefined || late <= allow(early)) return [];
    return [`${name} grew from ${Math.round(early)} to ${Math.round(late)}`];
  });
}

function median(values: readonly (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
