import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout } from '../../support/cli.ts';
import { partNames } from '../schedule.ts';
import { diskUses, type Sample } from './sample.ts';

interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly scale: 'linear';
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

/** More marks than this on a line are a smear. */
const pointsMax = 60;
const services = ['ingestor-0', 'ingestor-1', 'syncer'] as const;
const megabyte = 1_000_000;

/** SVG with memory, handles, disk, backlog and pace over the minutes. */
export async function drawSoak(samples: readonly Sample[]): Promise<string> {
  const { drawCharts } = (await import(pathToFileURL(join(checkout, 'bench/chart.mjs')).href)) as {
    readonly drawCharts: (charts: readonly Chart[]) => string;
  };
  const every = Math.ceil(samples.length / pointsMax);
  const shown = samples.filter((_, index) => index % every === 0);
  const chart = (title: string, yLabel: string, series: Readonly<Record<string, Reader>>): Chart => ({
    title,
    xLabel: 'minutes',
    yLabel,
    scale: 'linear',
    series: Object.entries(series).map(([name, read]) => ({ name, points: toPoints(shown, read) })),
  });
  const memory = (names: readonly (typeof partNames)[number][]): Record<string, Reader> =>
    Object.fromEntries(names.map((name) => [name, ({ parts }) => divide(parts[name]?.bytes, megabyte)]));
  return drawCharts([
    chart('Memory of the services', 'MB', memory(services)),
    chart('Memory of the servers', 'MB', memory(['nats', 'engine'])),
    chart(
      'Open file handles',
      'count',
      Object.fromEntries(services.map((name) => [name, ({ parts }: Sample) => parts[name]?.handles])),
    ),
    chart(
      'Disk',
      'MB',
      Object.fromEntries(diskUses.map((use) => [use, ({ disk }: Sample) => divide(disk[use], megabyte)])),
    ),
    chart('On its way', 'messages, events, commits', { waiting: ({ waiting }) => waiting }),
    chart('Recorded', 'thousand events', { acked: ({ acked }) => divide(acked, 1_000) }),
  ]);
}

type Reader = (sample: Sample) => number | undefined;

function toPoints(samples: readonly Sample[], read: Reader): readonly (readonly [number, number])[] {
  return samples.flatMap((sample) => {
    const value = read(sample);
    return value === undefined ? [] : [[Math.round((sample.atSeconds / 60) * 100) / 100, value] as const];
  });
}

function divide(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : Math.round((value / by) * 10) / 10;
}
