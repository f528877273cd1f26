import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { checkout } from '../support/cli.ts';
import { readDeployFile } from './render.ts';

interface Panel {
  readonly title: string;
  readonly gridPos: object;
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly targets: readonly { readonly expr: string }[];
}

interface Recording {
  readonly title: string;
  readonly panels: readonly {
    readonly title: string;
    readonly unit: string;
    readonly gridPos: object;
    readonly expressions: readonly string[];
    readonly series: readonly { readonly points: readonly (readonly [number, number | null])[] }[];
  }[];
}

interface Trace {
  readonly spans: readonly { readonly name: string; readonly service: string }[];
}

const pictures = join(checkout, 'docs/pictures');
/** A page of documentation opens at once. */
const pictureBytesMax = 300_000;
const dashboards = readdirSync(join(checkout, 'deploy/observability/dashboards')).map((file) =>
  basename(file, '.json'),
);
const readRecording = (name: string): unknown =>
  JSON.parse(readFileSync(join(pictures, 'recorded', `${name}.json`), 'utf8'));
const importDrawing = async (file: string): Promise<unknown> =>
  import(pathToFileURL(join(checkout, 'bench/pictures', file)).href);

const { drawDashboard } = (await importDrawing('draw-dashboard.mjs')) as {
  readonly drawDashboard: (recording: Recording) => string;
};
const { drawTrace } = (await importDrawing('draw-trace.mjs')) as { readonly drawTrace: (recording: Trace) => string };

for (const name of dashboards) {
  test(`the picture of dashboard ${name} is of the dashboard as it is, and has something to see in every panel`, () => {
    const { title, panels } = JSON.parse(readDeployFile(`observability/dashboards/${name}.json`)) as {
      readonly title: string;
      readonly panels: readonly Panel[];
    };
    const recording = readRecording(name) as Recording;
    assert.equal(recording.title, title);
    assert.deepEqual(
      recording.panels.map(({ title, unit, gridPos, expressions }) => ({ title, unit, gridPos, expressions })),
      panels.map(({ title, gridPos, fieldConfig, targets }) => ({
        title,
        unit: fieldConfig.defaults.unit,
        gridPos,
        expressions: targets.map(({ expr }) => expr),
      })),
      'record it again: bench/pictures/record.mjs',
    );
    for (const { title, series } of recording.panels) {
      assert.ok(
        series.some(({ points }) => points.some(([, value]) => value !== null)),
        `${title} is empty`,
      );
    }
  });
}

test('the recorded trace is of one event through every part', () => {
  const { spans } = readRecording('trace') as Trace;
  for (const part of [/^publish /, /^receipt/, /^commit$/, /^feed$/])
    assert.ok(
      spans.some(({ name }) => part.test(name)),
      String(part),
    );
  assert.deepEqual(
    new Set(spans.map(({ service }) => service)),
    new Set(['swarmledger-agent', 'swarmledger-ingestor']),
  );
});

test('each picture is what its recording draws, small, and shown in docs', () => {
  const docs = ['telemetry.md', 'operations.md']
    .map((file) => readFileSync(join(checkout, 'docs', file), 'utf8'))
    .join();
  for (const name of [...dashboards, 'trace']) {
    const file = join(pictures, `${name}.svg`);
    const recording = readRecording(name);
    const drawn = name === 'trace' ? drawTrace(recording as Trace) : drawDashboard(recording as Recording);
    assert.equal(readFileSync(file, 'utf8'), drawn, `draw it again: bench/pictures/draw.mjs`);
    assert.ok(statSync(file).size < pictureBytesMax, name);
    assert.ok(docs.includes(`pictures/${name}.svg`), `${name} is shown nowhere`);
  }
});
