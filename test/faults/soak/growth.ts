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
  readonly typical: (values: readonly number[]) => number | undefined;
  readonly read: (sample: Sample) => number | undefined;
  readonly allow: (early: number) => number;
}

const measures: readonly Measure[] = [
  ...partNames.flatMap((name): readonly Measure[] => [
    {
      name: `memory of ${name}, bytes`,
      typical: median,
      read: ({ parts }) => parts[name]?.bytes,
      allow: (early) => early * memoryFactorMax + memoryBytesFree,
    },
    {
      name: `file handles of ${name}`,
      // A process that a fault ended begins with few again: where its number comes to rest is what may not grow.
      typical: high,
      read: ({ parts }) => parts[name]?.handles,
      allow: (early) => early + handlesFree,
    },
  ]),
  {
    name: 'disk of the streams, bytes',
    typical: median,
    read: ({ disk }) => disk.nats,
    allow: (early) => early * 2 + bufferBytesFree,
  },
  {
    name: 'disk of the outbox, bytes',
    typical: median,
    read: ({ disk }) => disk.edge,
    allow: (early) => early * 2 + bufferBytesFree,
  },
  {
    name: 'what is on its way',
    typical: median,
    read: ({ waiting }) => waiting,
    allow: (early) => early * 1.5 + backlogFree,
  },
];

/**
 * Compares the second half of a warm run with the first: what a fault does for a while is no growth. The ledger and ClickHouse keep
 * every event: their disk is not looked at.
 */
export function findGrowth(samples: readonly Sample[]): readonly Growth[] {
  const settled = samples.slice(Math.floor(samples.length * warmUpShare));
  const half = Math.floor(settled.length / 2);
  return measures.flatMap(({ name, typical, read, allow }) => {
    const readAll = (part: readonly Sample[]): readonly number[] =>
      part.map(read).filter((value) => value !== undefined);
    const early = typical(readAll(settled.slice(0, half)));
    const late = typical(readAll(settled.slice(half)));
    if (early === undefined || late === undefined || late <= allow(early)) return [];
    return [`${name} grew from ${Math.round(early)} to ${Math.round(late)}`];
  });
}

function median(values: readonly number[]): number | undefined {
  return quantile(values, 0.5);
}

function high(values: readonly number[]): number | undefined {
  return quantile(values, 0.95);
}

function quantile(values: readonly number[], share: number): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)];
}
